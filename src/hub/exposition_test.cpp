#include "hub/exposition.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace pigeon::hub {
namespace {

using namespace std::chrono_literals;
using enum Exposition::Type;

TEST(ExpositionTest, WritesFamiliesAsPrometheusReadsThem) {
  Exposition out;
  out.begin("up", "Whether it runs.", gauge);
  out.sample(1);
  out.begin("messages_total", "Messages.", counter);
  out.sample(7, {{"type", "offer"}, {"dir", "in"}});
  out.sample(std::numeric_limits<std::uint64_t>::max(), {{"type", "answer"}});
  out.begin("nothing_total", "None yet.", counter);

  EXPECT_EQ(out.take(),
            "# HELP up Whether it runs.\n"
            "# TYPE up gauge\n"
            "up 1\n"
            "# HELP messages_total Messages.\n"
            "# TYPE messages_total counter\n"
            "messages_total{type=\"offer\",dir=\"in\"} 7\n"
            "messages_total{type=\"answer\"} 18446744073709551615\n"
            "# HELP nothing_total None yet.\n"
            "# TYPE nothing_total counter\n");
}

TEST(ExpositionTest, WritesSeconds) {
  Exposition out;
  out.begin("t", "Time.", gauge);
  for (const Duration duration : {Duration(0s), Duration(5ms), Duration(1'050ms), Duration(26h)}) {
    out.sample(duration);
  }

  EXPECT_EQ(out.take(), "# HELP t Time.\n# TYPE t gauge\nt 0.000\nt 0.005\nt 1.050\nt 93600.000\n");
}

TEST(ExpositionTest, EscapesWhatWouldEndALabel) {
  Exposition out;
  out.begin("x", "X.", gauge);
  out.sample(1, {{"label", "a\\b\"c\nd}"}});

  EXPECT_EQ(out.take(), "# HELP x X.\n# TYPE x gauge\nx{label=\"a\\\\b\\\"c\\nd}\"} 1\n");
}

}  // namespace
}  // namespace pigeon::hub
