#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "bench/load/report.hpp"

namespace pigeon::bench {

/// Words of a command line.
using Words = std::vector<std::string>;

/// A program that measures one implementation and prints what it found as a line of JSON.
struct Implementation {
  std::string name;
  Words command;
};

/// What the program printed, a line of JSON; nothing if it failed, which the report gets to know.
std::optional<boost::json::object> run(const Words& command, const Words& arguments,
                                       Report& report);

/// A number in an object, as in `number(result, "microseconds", "p50")`; NaN without it.
double number(const boost::json::object& result, std::string_view name,
              std::string_view inner = {});

}  // namespace pigeon::bench
