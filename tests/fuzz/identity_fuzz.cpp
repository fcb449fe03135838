#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "persist/identity_text.hpp"
#include "persist/locked_identity_text.hpp"

// The input is a file of keys, locked or not. What can be read is written so that the same is read
// again; every error is a few words.

namespace {

using namespace pigeon;

template <class Decode>
void check(std::string_view text, Decode decode) {
  const auto read = decode(text);
  if (!read) {
    PIGEON_ASSERT(!read.error().empty());
    PIGEON_ASSERT(read.error().size() < 100);
    return;
  }
  const auto again = decode(persist::encode_identity(*read));
  PIGEON_ASSERT(again.has_value());
  PIGEON_ASSERT(*again == *read);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(BytesView(data, size));
  check(text, persist::decode_identity);
  check(text, [](std::string_view locked) {
    const auto read = persist::decode_locked_identity(locked);
    if (read) {
      PIGEON_ASSERT(persist::is_locked_identity(locked));
      PIGEON_ASSERT(read->rounds >= persist::lock_rounds_min);
      PIGEON_ASSERT(read->rounds <= persist::lock_rounds_max);
    }
    return read;
  });
  return 0;
}
