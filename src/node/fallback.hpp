#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "pigeon/node_options.hpp"
#include "wire/limits.hpp"

namespace pigeon::node {

struct FallbackOptions {
  /// Alone in the own namespace for so long, a node looks into `global`.
  Duration alone_time = 30s;
  /// In `global`, how often it looks whether there is somebody at home, and for how long.
  Duration probe_interval = 60s;
  Duration probe_time = 5s;
};

/// Decides in which namespace a node looks for peers: its own, or `global` when it is alone there
/// (PeerPigeon protocol, section 3). Upstream means to do this and never does.
class Fallback {
 public:
  /// Where the node is.
  enum class Place : std::uint8_t {
    home,
    /// In `global`.
    away,
    /// In `global`, while the hubs are asked about home.
    probing,
  };

  explicit Fallback(bool is_allowed, FallbackOptions options = {})
      : is_allowed_(is_allowed), options_(options) {}

  bool is_allowed() const { return is_allowed_; }
  Place place() const { return place_; }

  /// `is_alone`: no link and no peer known in the namespace that the hubs are asked about. True if
  /// the place has changed.
  bool update(bool is_alone, Now now) {
    if (!is_allowed_) return false;
    if (!is_alone && place_ != Place::away) {
      alone_since_.reset();
      return place_ == Place::probing && move_to(Place::home, now);
    }
    if (!alone_since_) alone_since_ = now.monotonic;
    if (now.monotonic < next_timeout()) return false;
    return move_to(place_ == Place::away ? Place::probing : Place::away, now);
  }

  /// Nobody can be asked at the moment: times count from when that is over.
  void pause(Now now) {
    moved_at_ = now.monotonic;
    alone_since_.reset();
  }

  /// Begins at home again.
  void reset() {
    place_ = Place::home;
    alone_since_.reset();
  }

  Instant next_timeout() const {
    if (!is_allowed_) return Instant::max();
    if (place_ == Place::away) return moved_at_ + options_.probe_interval;
    if (place_ == Place::probing) return moved_at_ + options_.probe_time;
    return alone_since_ ? *alone_since_ + options_.alone_time : Instant::max();
  }

 private:
  bool move_to(Place place, Now now) {
    place_ = place;
    moved_at_ = now.monotonic;
    alone_since_.reset();
    return true;
  }

  bool is_allowed_;
  FallbackOptions options_;
  Place place_ = Place::home;
  Instant moved_at_;
  std::optional<Instant> alone_since_;
};

inline Fallback fallback_of(const NodeOptions& options) {
  return Fallback(options.allow_global_fallback && options.network != wire::default_network);
}

}  // namespace pigeon::node
