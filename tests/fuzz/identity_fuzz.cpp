#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "persist/identity_text.hpp"

// The input is a file of keys. What can be read is written so that the same is read again; every
// error is a few words.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pigeon;
  const auto keys = persist::decode_identity(as_text(BytesView(data, size)));
  if (!keys) {
    PIGEON_ASSERT(!keys.error().empty());
    PIGEON_ASSERT(keys.error().size() < 100);
    return 0;
  }
  const auto again = persist::decode_identity(persist::encode_identity(*keys));
  PIGEON_ASSERT(again.has_value());
  PIGEON_ASSERT(*again == *keys);
  return 0;
}
