#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pigeon::net {

/// Decoded name and value, in the order of the query; a name without `=` has an empty value.
using Query = std::vector<std::pair<std::string, std::string>>;

/// What the target of a HTTP request asks for. The texts may hold any bytes, also zeros.
struct RequestTarget {
  /// Percent-decoded, starts with `/`.
  std::string path;
  /// Decoded as forms are: `+` is a space.
  Query query;
};

/// Reads a request target in origin form or absolute form (RFC 9112 section 3.2); `*` is the path
/// `*`. Nothing if it is neither.
std::optional<RequestTarget> parse_request_target(std::string_view target);

}  // namespace pigeon::net
