#pragma once

#include <memory>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "hub/input.hpp"
#include "hub/output.hpp"
#include "pigeon/hub.hpp"
#include "pigeon/options.hpp"

namespace pigeon::hub {

/// A signaling hub without sockets: it decides who may connect, who learns of whom, and where a
/// signal goes. Deterministic: the same inputs, times and seed give the same outputs.
class Hub {
 public:
  /// Starts at `now`. The options have been checked.
  Hub(HubOptions options, Random random, Now now);
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;
  Hub(Hub&&) noexcept;
  Hub& operator=(Hub&&) noexcept;
  ~Hub();

  /// Takes one input; what must happen next is in `take_outputs`. `now` is not before that of an
  /// earlier call.
  void handle(const Input& input, Now now);

  /// The effects since the last call, in their order.
  std::vector<Output> take_outputs();

  /// When `Timeout` is wanted next; `Instant::max()` for never.
  Instant next_timeout() const;

  HubStats stats(Now now) const;
  std::vector<HubPeer> peers() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pigeon::hub
