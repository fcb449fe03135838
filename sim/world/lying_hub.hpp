#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "sim/world/mesh_world.hpp"
#include "sim/world/middle_man.hpp"
#include "wire/json_reader.hpp"

namespace pigeon::sim {

/// Makes the hub of a world lie: it puts a middle man between nodes, exchanges fingerprints,
/// introduces peers that do not exist, says that living ones have left, repeats offers once they
/// have been answered and again when their link is old, and talks nonsense.
class LyingHub {
 public:
  /// Shares of the signals concerned, in percent.
  struct Habits {
    std::uint64_t middle_man = 20;
    std::uint64_t exchanged_fingerprint = 10;
    std::uint64_t repeated = 40;
    /// Lies of other kinds in a second, all nodes together.
    std::uint64_t lies_per_second = 10;
  };

  LyingHub(MeshWorld& world, const Habits& habits);
  /// From now on it tells the truth.
  void stop() { is_lying_ = false; }
  /// What two nodes have said to each other through the middle man.
  std::uint64_t overheard_count() const { return middle_man_.text_count(); }
  /// Offers that it has said again.
  std::uint64_t repeated_count() const { return repeated_count_; }

 private:
  std::optional<std::string> filter(const MeshNode& node, std::string_view text);
  std::string exchange_fingerprint(std::string_view text);
  void repeat(const PeerId& to, std::string_view offer);
  void say(const PeerId& to, std::string_view text);
  void lie_again();
  std::string lie(const PeerId& to);
  std::string random_member_text();

  MeshWorld& world_;
  Habits habits_;
  Random random_;
  MiddleMan middle_man_;
  bool is_lying_ = true;
  std::uint64_t repeated_count_ = 0;
  wire::JsonReader reader_;
};

}  // namespace pigeon::sim
