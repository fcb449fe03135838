#include "rtc/dtls/record.hpp"

namespace pigeon::dtls {

namespace {

// RFC 6347 section 4.1: the version is the ones' complement of 1.2; 1.0 is in first messages.
constexpr std::uint8_t version_major = 254;
constexpr std::uint8_t version_1_0 = 255;
constexpr std::uint8_t version_1_2 = 253;

std::uint64_t read_number(BytesView bytes) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8U | byte;
  return number;
}

void write_number(MutableBytesView out, std::uint64_t number) {
  for (std::size_t i = out.size(); i > 0; --i) {
    out[i - 1] = static_cast<std::uint8_t>(number);
    number >>= 8U;
  }
}

bool is_known(std::uint8_t type) {
  return type >= static_cast<std::uint8_t>(ContentType::change_cipher_spec) &&
         type <= static_cast<std::uint8_t>(ContentType::application_data);
}

}  // namespace

std::optional<RecordView> take_record(BytesView& datagram) {
  if (datagram.size() < record_header_size || !is_known(datagram[0])) return std::nullopt;
  if (datagram[1] != version_major) return std::nullopt;
  if (datagram[2] != version_1_2 && datagram[2] != version_1_0) return std::nullopt;
  const auto size = static_cast<std::size_t>(read_number(datagram.subspan(11, 2)));
  if (datagram.size() - record_header_size < size) return std::nullopt;
  RecordView record{
      .type = static_cast<ContentType>(datagram[0]),
      .epoch = static_cast<std::uint16_t>(read_number(datagram.subspan(3, 2))),
      .sequence = read_number(datagram.subspan(5, 6)),
      .fragment = datagram.subspan(record_header_size, size),
      .whole = datagram.first(record_header_size + size),
  };
  datagram = datagram.subspan(record.whole.size());
  return record;
}

void write_record_header(MutableBytesView out, ContentType type, std::uint16_t epoch,
                         std::uint64_t sequence, std::size_t fragment_size) {
  out[0] = static_cast<std::uint8_t>(type);
  out[1] = version_major;
  out[2] = version_1_2;
  write_number(out.subspan(3, 2), epoch);
  write_number(out.subspan(5, 6), sequence);
  write_number(out.subspan(11, 2), fragment_size);
}

}  // namespace pigeon::dtls
