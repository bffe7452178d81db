#include "agent/config/config_texts.h"

#include <exception>
#include <nlohmann/json.hpp>

#include "agent/config/text_file.h"
#include "agent/config/yaml_reader.h"

namespace vitals {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

}  // namespace

ReadConfigFile ConfigFromDisk(ConfigTexts* taken) {
  return [taken](const std::string& path) {
    auto text = ReadTextFile(path, kMaxYamlBytes);
    if (text && taken != nullptr) (*taken)[path] = *text;
    return text;
  };
}

ReadConfigFile ConfigFrom(const ConfigTexts& texts) {
  return [&texts](const std::string& path) -> Result<std::string> {
    const auto at = texts.find(path);
    if (at == texts.end()) return Fail("is no part of the kept configuration", path);
    return at->second;
  };
}

std::string Encode(const ConfigTexts& texts) {
  return Json{{"version", kVersion}, {"files", texts}}.dump(-1, ' ', false,
                                                            Json::error_handler_t::replace);
}

Result<ConfigTexts> DecodeConfigTexts(std::string_view text) try {
  const Json json = Json::parse(text);
  if (json.at("version") != kVersion) return Fail("the kept configuration has another version");
  return json.at("files").get<ConfigTexts>();
} catch (const std::exception& broken) {
  return Fail(std::string("the kept configuration is broken: ") + broken.what());
}

}  // namespace vitals
