#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/keyed_hash.hpp"
#include "base/random.hpp"
#include "pigeon/id.hpp"

namespace pigeon::wire {

/// A peer id with the case of its letters. Upstream's clients compare ids as strings, so two
/// spellings of one number are two peers, and each must be addressed exactly as it calls itself.
struct SpelledId {
  PeerId id;
  /// Bit i is set if hexadecimal digit i is an upper-case letter.
  std::uint64_t upper_case = 0;

  /// Exactly 40 hexadecimal digits, or nothing.
  static std::optional<SpelledId> parse(std::string_view text);

  /// The text that was parsed.
  std::string to_text() const;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted <=>.
  friend auto operator<=>(const SpelledId&, const SpelledId&) = default;
};

/// Whether `a` is the one that offers, of the two: upstream's initiator rule, by which the greater
/// id does. Its clients compare the texts, where every digit comes before every upper-case letter
/// and those before the lower-case ones; the order of the numbers may be another.
bool offers_first(const SpelledId& a, const SpelledId& b);

/// For hash tables. Ids are chosen by strangers, so the hash is keyed.
class SpelledIdHash {
 public:
  explicit SpelledIdHash(Random& random) : hash_(random) {}
  std::size_t operator()(const SpelledId& spelled) const {
    return static_cast<std::size_t>(hash_(spelled.id) + spelled.upper_case);
  }

 private:
  KeyedHash hash_;
};

}  // namespace pigeon::wire
