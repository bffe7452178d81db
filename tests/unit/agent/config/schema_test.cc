#include "agent/config/schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "agent/config/keys.h"

namespace vitals {
namespace {

using Json = nlohmann::json;

TEST(ConfigSchema, DescribesEveryKeyAndNoOther) {
  const Json schema = Json::parse(ConfigSchema());
  EXPECT_EQ(schema["additionalProperties"], false);
  std::size_t described = 0;
  for (const auto& [section, object] : schema["properties"].items()) {
    if (section == "endpoints") continue;
    EXPECT_EQ(object["additionalProperties"], false) << section;
    described += object["properties"].size();
  }
  EXPECT_EQ(described, ConfigKeys().size());
  for (const Key<Config>& key : ConfigKeys()) {
    const Json& property =
        schema["properties"][std::string(key.section)]["properties"][std::string(key.name)];
    EXPECT_EQ(property["description"], key.help) << key.Path();
    EXPECT_TRUE(property.contains("default")) << key.Path();
    EXPECT_TRUE(property.contains("type") || property.contains("enum") ||
                property.contains("anyOf"))
        << key.Path();
  }
  const Json& endpoint = schema["properties"]["endpoints"]["items"];
  EXPECT_EQ(endpoint["properties"].size(), EndpointKeys().size() + 1);
  EXPECT_EQ(endpoint["properties"]["tls"]["additionalProperties"], false);
  EXPECT_EQ(endpoint["properties"]["tls"]["properties"].size(), TlsKeys().size());
  EXPECT_EQ(endpoint["required"], Json({"url"}));
}

TEST(ConfigSchema, ItsDefaultsMatchItsOwnTypes) {
  const Json schema = Json::parse(ConfigSchema());
  for (const auto& [section, object] : schema["properties"].items()) {
    if (section == "endpoints") continue;
    for (const auto& [name, property] : object["properties"].items()) {
      const Json& value = property["default"];
      if (property.contains("pattern")) {
        EXPECT_TRUE(std::regex_match(value.get<std::string>(),
                                     std::regex(property["pattern"].get<std::string>())))
            << name;
      } else if (property.contains("enum")) {
        const auto& choices = property["enum"];
        EXPECT_NE(std::find(choices.begin(), choices.end(), value), choices.end()) << name;
      } else if (property.contains("type")) {
        const std::string type = property["type"];
        EXPECT_EQ(type == "integer" ? value.is_number_integer() : type == value.type_name(), true)
            << name;
      }
    }
  }
}

}  // namespace
}  // namespace vitals
