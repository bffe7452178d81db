# Writes OUTPUT: the text of each file of PROFILES as a raw string literal, in chunks that every
# compiler takes.
set(text "// Made from probes/profiles/*.yaml.\n#include \"probes/profiles/profiles.h\"\n\n")
string(APPEND text "namespace vitals {\n\nconst std::vector<ShippedProfile>& ShippedProfiles() {\n")
string(APPEND text "  static const std::vector<ShippedProfile> profiles = {\n")
foreach(profile ${PROFILES})
  get_filename_component(name ${profile} NAME_WE)
  file(READ ${profile} yaml HEX)
  string(LENGTH ${yaml} length)
  math(EXPR bytes "${length} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" yaml ${yaml})
  string(REGEX REPLACE "((\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..)(\\\\x..))"
         "\\1\"\n       \"" yaml ${yaml})
  string(APPEND text "      {\"${name}\",\n       std::string_view(\"${yaml}\", ${bytes})},\n")
endforeach()
string(APPEND text "  };\n  return profiles;\n}\n\n}  // namespace vitals\n")
file(WRITE ${OUTPUT} "${text}")
