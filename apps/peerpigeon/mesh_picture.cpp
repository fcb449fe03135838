#include "apps/peerpigeon/mesh_picture.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <vector>

#include <fmt/format.h>

namespace peerpigeon {

namespace {

constexpr int columns = 66;
constexpr int rows = 19;

struct Point {
  int x = 0;
  int y = 0;
};

class Canvas {
 public:
  void put(int x, int y, char c) {
    if (x < 0 || x >= columns || y < 0 || y >= rows) return;
    lines_[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] = c;
  }
  void write(int x, int y, std::string_view text) {
    for (const char c : text) put(x++, y, c);
  }
  /// A line, in the character that is nearest to its slope; a cell is twice as high as wide.
  void connect(Point a, Point b) {
    const int dx = b.x - a.x;
    const int dy = b.y - a.y;
    const int steps = std::max({std::abs(dx), std::abs(dy), 1});
    const char c = stroke(dx, dy);
    for (int i = 0; i <= steps; ++i) {
      put(a.x + static_cast<int>(std::lround(static_cast<double>(dx) * i / steps)),
          a.y + static_cast<int>(std::lround(static_cast<double>(dy) * i / steps)), c);
    }
  }
  std::string text() const {
    std::string text;
    for (std::string line : lines_) {
      line.erase(line.find_last_not_of(' ') + 1);
      if (!line.empty()) text += (text.empty() ? "" : "\n") + line;
    }
    return text;
  }

 private:
  static char stroke(int dx, int dy) {
    if (dy == 0) return '-';
    if (std::abs(dx) <= std::abs(dy) / 2) return '|';
    if (std::abs(dx) >= 3 * std::abs(dy)) return '.';
    return (dx > 0) == (dy > 0) ? '\\' : '/';
  }

  std::vector<std::string> lines_ = std::vector<std::string>(rows, std::string(columns, ' '));
};

Point place_on_ring(std::size_t index, std::size_t count) {
  const double angle =
      2 * std::numbers::pi * static_cast<double>(index) / static_cast<double>(count) -
      std::numbers::pi / 2;
  const double x = (columns - 1) / 2.0 + std::cos(angle) * (columns / 2.0 - 6);
  const double y = (rows - 1) / 2.0 + std::sin(angle) * ((rows - 1) / 2.0);
  return {static_cast<int>(std::lround(x)), static_cast<int>(std::lround(y))};
}

std::string draw_ring(std::span<const std::string> names, std::span<const Link> links) {
  Canvas canvas;
  for (const auto& [a, b] : links) {
    canvas.connect(place_on_ring(a, names.size()), place_on_ring(b, names.size()));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Point place = place_on_ring(i, names.size());
    const std::string label = " " + names[i] + " ";
    canvas.write(place.x - static_cast<int>(label.size()) / 2, place.y, label);
  }
  return canvas.text();
}

std::string draw_table(std::span<const std::string> names, std::span<const Link> links) {
  std::vector<std::string> marks(names.size(), std::string(names.size(), '.'));
  for (std::size_t i = 0; i < names.size(); ++i) marks[i][i] = '\\';
  for (const auto& [a, b] : links) marks[a][b] = marks[b][a] = 'x';
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += fmt::format("{}{:>8}  {}  {} links", i == 0 ? "" : "\n", names[i], marks[i],
                        std::ranges::count(marks[i], 'x'));
  }
  return text;
}

}  // namespace

std::string draw_mesh(std::span<const std::string> names, std::span<const Link> links) {
  return names.size() <= ring_count_max ? draw_ring(names, links) : draw_table(names, links);
}

}  // namespace peerpigeon
