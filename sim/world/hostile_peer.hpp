#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "sim/world/mesh_world.hpp"

namespace pigeon::sim {

/// A peer that joins and passes messages on like upstream's, and sends its neighbors everything
/// that it should not: forged, changed, repeated, damaged, oversized and senseless messages.
class HostilePeer {
 public:
  /// `period`: from one such message to the next.
  HostilePeer(MeshWorld& world, UpstreamPeer& peer, Duration period);
  /// From now on it behaves.
  void stop() { is_active_ = false; }
  std::uint64_t sent_count() const { return sent_count_; }

 private:
  void attack();
  std::string next_text();
  std::string forged(std::string_view subtype, std::string_view content,
                     std::string_view members = "");
  std::string recorded();
  static std::string with_other_content(std::string text);
  std::string with_other_id(std::string text);
  std::string damaged(std::string text);
  std::string with_absurd_numbers();
  std::string oversized();
  std::string in_the_name_of_others();
  std::string of_streams();
  std::string member_text();

  MeshWorld& world_;
  UpstreamPeer& peer_;
  Random random_;
  Duration period_;
  bool is_active_ = true;
  std::uint64_t sent_count_ = 0;
  std::deque<std::string> recorded_;
};

}  // namespace pigeon::sim
