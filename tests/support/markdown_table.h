// Reads the tables of a page under docs/, so that a test can compare them with the code.
#pragma once

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace vitals {

using MarkdownRow = std::vector<std::string>;

// The rows of the table whose head is `| HEAD |...`, without head and rule; backquotes are dropped.
inline std::vector<MarkdownRow> ReadTable(const std::string& page, std::string_view head) {
  std::ifstream file(std::string(VITALS_SOURCE_DIR) + "/docs/" + page);
  std::vector<MarkdownRow> rows;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (!inside) {
      inside = line.starts_with(head);
      continue;
    }
    if (!line.starts_with("|")) break;
    if (line.starts_with("|--")) continue;
    std::erase(line, '`');
    MarkdownRow row;
    for (std::size_t from = 1, to; (to = line.find('|', from)) != std::string::npos;
         from = to + 1) {
      auto cell = line.substr(from, to - from);
      cell.erase(0, cell.find_first_not_of(' '));
      cell.erase(cell.find_last_not_of(' ') + 1);
      row.push_back(cell);
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace vitals
