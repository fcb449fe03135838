#include "bench/load/report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include <boost/json.hpp>

namespace pigeon::bench {
namespace {

std::string number_text(double number, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, number);
  return text.data();
}

std::string text_of(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell.value)) return *text;
  return number_text(std::get<double>(cell.value), cell.decimals);
}

void print_line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line = "|";
  for (std::size_t at = 0; at < cells.size(); ++at) {
    const std::string blanks(widths[at] - cells[at].size(), ' ');
    line += ' ' + (at == 0 ? cells[at] + blanks : blanks + cells[at]) + " |";
  }
  std::puts(line.c_str());
}

boost::json::value json_of(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell.value)) return boost::json::string(*text);
  return std::get<double>(cell.value);
}

boost::json::object json_of(const Table& table) {
  boost::json::array rows;
  for (const auto& row : table.rows) {
    boost::json::object object;
    for (std::size_t at = 0; at < row.size(); ++at) object[table.columns[at]] = json_of(row[at]);
    rows.push_back(std::move(object));
  }
  return {{"title", table.title}, {"method", table.method}, {"rows", std::move(rows)}};
}

}  // namespace

void Report::add(Table table) {
  if (prints_) print(table);
  tables_.push_back(std::move(table));
}

void Report::at_most(std::string what, double value, double limit, int decimals) {
  limits_.push_back({std::move(what), value, limit, true, decimals});
}

void Report::at_least(std::string what, double value, double limit, int decimals) {
  limits_.push_back({std::move(what), value, limit, false, decimals});
}

void Report::fail(std::string what) { failures_.push_back(std::move(what)); }

bool Report::limits_kept() const {
  return std::ranges::all_of(limits_, [](const Limit& limit) { return limit.kept(); });
}

void Report::print(const Table& table) {
  std::vector<std::vector<std::string>> lines = {table.columns};
  for (const auto& row : table.rows) {
    auto& line = lines.emplace_back();
    for (const Cell& cell : row) line.push_back(text_of(cell));
  }
  std::vector<std::size_t> widths(table.columns.size(), 3);
  for (const auto& line : lines) {
    for (std::size_t at = 0; at < line.size(); ++at) {
      widths[at] = std::max(widths[at], line[at].size());
    }
  }
  std::vector<std::string> rule;
  for (std::size_t at = 0; at < widths.size(); ++at) {
    rule.push_back(at == 0 ? std::string(widths[at], '-') : std::string(widths[at] - 1, '-') + ':');
  }
  lines.insert(lines.begin() + 1, rule);
  std::printf("### %s\n\n", table.title.c_str());
  if (!table.method.empty()) std::printf("%s\n\n", table.method.c_str());
  for (const auto& line : lines) print_line(line, widths);
  std::puts("");
  std::fflush(stdout);
}

void Report::print_verdict() const {
  Table table{.title = "Limits", .columns = {"figure", "measured", "limit", "kept"}};
  for (const Limit& limit : limits_) {
    const std::string bound =
        (limit.upper ? "at most " : "at least ") + number_text(limit.limit, limit.decimals);
    table.rows.push_back(
        {limit.what, Cell(limit.value, limit.decimals), bound, limit.kept() ? "yes" : "NO"});
  }
  if (!table.rows.empty()) print(table);
  for (const std::string& failure : failures_) std::printf("FAILED: %s\n", failure.c_str());
}

std::string Report::json() const {
  boost::json::array tables;
  for (const Table& table : tables_) tables.push_back(json_of(table));
  boost::json::array limits;
  for (const Limit& limit : limits_) {
    limits.push_back(boost::json::object{{"figure", limit.what},
                                         {"measured", limit.value},
                                         {limit.upper ? "at_most" : "at_least", limit.limit},
                                         {"kept", limit.kept()}});
  }
  const boost::json::array failures(failures_.begin(), failures_.end());
  return boost::json::serialize(
      boost::json::object{{"tables", tables}, {"limits", limits}, {"failures", failures}});
}

}  // namespace pigeon::bench
