#pragma once

#include <span>
#include <string>
#include <vector>

namespace peerpigeon {

/// Arguments after those that only the JavaScript program has were written as they are here.
struct TranslatedArguments {
  std::vector<std::string> arguments;
  /// Sentences: what was given and has no effect.
  std::vector<std::string> warnings;
};

/// Takes over `--no-auto-discovery`, `--enable-crypto`, `--webdht` and `--enable-webdht`, the last
/// three with or without `true` or `false` behind them. What follows `--` stays.
TranslatedArguments translate_upstream_options(std::span<const std::string> arguments);

}  // namespace peerpigeon
