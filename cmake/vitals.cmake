# One library a folder, named after it: agent/judge becomes the target vitals_agent_judge. What a
# folder may include is what it links, so the dependency direction of docs/architecture.md is checked
# by the linker and by tests/structure.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(VITALS_WERROR)
  add_compile_options(-Werror)
endif()
# g++ 12 at -O3 sees overlapping copies in `"text" + string` (its bug 105651).
add_compile_options($<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict>)
if(VITALS_SANITIZE)
  add_compile_options(-fsanitize=${VITALS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # The vptr check opens a pipe to look at memory, and reports an error where there are no
  # descriptors left, which some tests bring about.
  add_compile_options(-fno-sanitize=vptr)
  # g++ 12 takes its own checks for uses of uninitialised members in <regex> and <functional>.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=${VITALS_SANITIZE})
endif()

# vitals_library(FOLDER LINK target...): every .cc of this folder, main.cc left out.
function(vitals_library)
  cmake_parse_arguments(ARG "" "" "LINK;PRIVATE" ${ARGN})
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  string(REPLACE "/" "_" name ${folder})
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(NOT sources)  # a room whose furniture comes later
    add_library(vitals_${name} INTERFACE)
    return()
  endif()
  add_library(vitals_${name} STATIC ${sources})
  target_include_directories(vitals_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(vitals_${name} PUBLIC ${ARG_LINK} PRIVATE ${ARG_PRIVATE})
endfunction()

# vitals_test(NAME FOLDER folder LINK target... [LABELS label...]): every .cc of a folder of
# tests/ as one program, and each of its tests as one ctest. COST: seconds that it takes, if many.
function(vitals_test name)
  cmake_parse_arguments(ARG "SERIAL" "TIMEOUT;COST" "LINK;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  add_executable(${name} ${sources})
  # A table of tests is hundreds of temporaries, which g++ optimises for half a minute.
  if("unit" IN_LIST ARG_LABELS OR "e2e" IN_LIST ARG_LABELS)
    target_compile_options(${name} PRIVATE -O0)
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_LINK} vitals_tests_support GTest::gmock GTest::gtest_main)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  if(NOT ARG_COST)
    set(ARG_COST 0)
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT} COST ${ARG_COST} RUN_SERIAL "${ARG_SERIAL}")
endfunction()
