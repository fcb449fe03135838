#include "transfer/stream_meta.hpp"

#include <string_view>

#include "wire/limits.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::transfer {

bool fits(const StreamMeta& meta) {
  return meta.type.size() <= wire::name_bytes_max &&
         meta.resume_token.size() <= wire::name_bytes_max &&
         meta.filename.size() <= wire::filename_bytes_max &&
         meta.mime_type.size() <= wire::filename_bytes_max &&
         meta.total_size.value_or(0) <= wire::json_integer_max;
}

std::string make_stream_id(char mark, Random& random, Now now) {
  constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string id = "stream" + std::string(1, mark) + std::to_string(now.wall_ms) + mark;
  for (int i = 0; i < 7; ++i) id += digits[random.index(digits.size())];
  return id;
}

}  // namespace pigeon::transfer
