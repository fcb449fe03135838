#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace pigeon::bench {

/// A number is shown with `decimals` digits after the point; JSON gets all of them.
struct Cell {
  Cell(const char* text) : value(std::string(text)) {}
  Cell(std::string text) : value(std::move(text)) {}
  Cell(double number, int digits = 0) : value(number), decimals(digits) {}
  Cell(std::size_t number) : value(static_cast<double>(number)) {}

  std::variant<std::string, double> value;
  int decimals = 0;
};

struct Table {
  std::string title;
  /// How the figures came about, in a sentence or two.
  std::string method = {};
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows = {};
};

/// Collects what the measurements found, and says at the end whether it is good enough.
class Report {
 public:
  /// With `prints`, each table is printed as Markdown as soon as it is there.
  explicit Report(bool prints) : prints_(prints) {}

  void add(Table table);
  /// A figure that the project promises to keep within a limit.
  void at_most(std::string what, double value, double limit, int decimals = 0);
  void at_least(std::string what, double value, double limit, int decimals = 0);
  /// Something that must never happen, as a lost message; makes the run fail.
  void fail(std::string what);

  /// The limits and the failures as Markdown.
  void print_verdict() const;
  /// Everything as one JSON object.
  std::string json() const;
  bool failed() const { return !failures_.empty(); }
  bool limits_kept() const;

 private:
  struct Limit {
    std::string what;
    double value = 0;
    double limit = 0;
    bool upper = true;
    int decimals = 0;

    bool kept() const { return upper ? value <= limit : value >= limit; }
  };

  static void print(const Table& table);

  bool prints_;
  std::vector<Table> tables_;
  std::vector<Limit> limits_;
  std::vector<std::string> failures_;
};

}  // namespace pigeon::bench
