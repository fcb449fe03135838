#include "net/websocket/decoder.hpp"

#include <algorithm>

#include "net/websocket/frame_layout.hpp"

namespace pigeon::net::websocket {

namespace {

// Kept free behind a message under assembly: room for a control frame between its fragments,
// without which a control frame that dribbles in could move a large message once per byte.
constexpr std::size_t slack = control_payload_bytes_max + Decoder::payload_padding;

bool is_known(Opcode opcode) {
  switch (opcode) {
    case Opcode::continuation:
    case Opcode::text:
    case Opcode::binary:
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      return true;
  }
  return false;
}

}  // namespace

Decoder::Decoder(Role role, DecoderOptions options)
    : message_bytes_max_(options.message_bytes_max), role_(role) {}

Decoder::Event Decoder::next(MutableBytesView& input) {
  while (stage_ != Stage::finished) {
    if (stage_ == Stage::header) {
      if (const std::optional<Fault> fault = read_header(input)) return fail(*fault);
      if (stage_ == Stage::header) break;
    }
    const BytesView piece = take_payload(input);
    const Event event = frame_is_control() ? receive_control(piece) : receive_data(piece);
    if (event.kind != Event::Kind::none) return event;
    if (stage_ == Stage::payload) break;
  }
  return {};
}

/// Checks each part of the header as soon as it is there, and in the same order however it is
/// split. Calling it again checks the early parts again, which changes nothing.
std::optional<Decoder::Fault> Decoder::read_header(MutableBytesView& input) {
  if (!fill_header(input, 2)) return std::nullopt;
  if (const std::optional<Fault> fault = check_start()) return fault;
  const std::size_t length_end = 2 + length_bytes();
  if (!fill_header(input, length_end)) return std::nullopt;
  if (const std::optional<Fault> fault = check_length()) return fault;
  const std::size_t mask_bytes = role_ == Role::server ? sizeof(MaskKey) : 0;
  if (!fill_header(input, length_end + mask_bytes)) return std::nullopt;
  return enter_payload();
}

/// True if the header has reached `size` bytes.
bool Decoder::fill_header(MutableBytesView& input, std::size_t size) {
  while (header_size_ < size && !input.empty()) {
    header_[header_size_++] = input.front();
    input = input.subspan(1);
  }
  return header_size_ >= size;
}

std::optional<Decoder::Fault> Decoder::check_start() const {
  const auto wrong = [](std::string_view sentence) {
    return Fault{CloseCode::protocol_error, sentence};
  };
  if ((header_[0] & reserved_bits) != 0) return wrong("Reserved bit set");
  if (!is_known(frame_opcode())) return wrong("Reserved opcode");
  const bool masked = (header_[1] & mask_bit) != 0;
  if (masked && role_ == Role::client) return wrong("Masked frame from a server");
  if (!masked && role_ == Role::server) return wrong("Unmasked frame from a client");
  if (frame_is_control()) {
    if (!frame_is_final()) return wrong("Fragmented control frame");
    if (length_bytes() != 0) return wrong("Control frame too long");
    return std::nullopt;
  }
  const bool continues = frame_opcode() == Opcode::continuation;
  const bool in_message = message_opcode_ != Opcode::continuation;
  if (continues && !in_message) return wrong("Continuation without a message");
  if (!continues && in_message) return wrong("Message inside a fragmented message");
  return std::nullopt;
}

std::optional<Decoder::Fault> Decoder::check_length() const {
  const std::uint64_t length = payload_length();
  if (length >> 63U != 0) {
    return Fault{CloseCode::protocol_error, "Frame length has its top bit set"};
  }
  const bool minimal = length_bytes() == 0 || (length_bytes() == 2 && length >= 126) ||
                       (length_bytes() == 8 && length > 0xffff);
  if (!minimal) return Fault{CloseCode::protocol_error, "Frame length not in its shortest form"};
  if (frame_is_control()) return std::nullopt;
  if (length > message_bytes_max_ || message_size_ > message_bytes_max_ - length) {
    return Fault{CloseCode::message_too_big, "Message too big"};
  }
  return std::nullopt;
}

std::optional<Decoder::Fault> Decoder::enter_payload() {
  payload_missing_ = static_cast<std::uint32_t>(payload_length());
  mask_offset_ = 0;
  stage_ = Stage::payload;
  if (frame_is_control()) return std::nullopt;
  if (frame_opcode() != Opcode::continuation) {
    message_opcode_ = frame_opcode();
    utf8_ = {};
    empty_fragment_count_ = 0;
  }
  if (payload_missing_ > 0 || frame_is_final()) return std::nullopt;
  if (++empty_fragment_count_ > empty_fragment_count_max) {
    return Fault{CloseCode::policy_violation, "Too many empty fragments"};
  }
  return std::nullopt;
}

/// Cuts from the input what belongs to the frame in progress, unmasked.
BytesView Decoder::take_payload(MutableBytesView& input) {
  const std::size_t size = std::min<std::size_t>(payload_missing_, input.size());
  const MutableBytesView piece = input.first(size);
  input = input.subspan(size);
  payload_missing_ -= static_cast<std::uint32_t>(size);
  if (role_ == Role::server) {
    MaskKey key{};
    std::copy_n(header_.begin() + header_size_ - sizeof(MaskKey), key.size(), key.begin());
    apply_mask(piece, key, mask_offset_);
    mask_offset_ = static_cast<std::uint8_t>((mask_offset_ + size) % key.size());
  }
  return piece;
}

Decoder::Event Decoder::receive_data(BytesView piece) {
  if (message_opcode_ == Opcode::text && !utf8_.feed(piece)) {
    return fail({CloseCode::invalid_payload, "Text is not valid UTF-8"});
  }
  const bool completes_message = payload_missing_ == 0 && frame_is_final();
  if (!completes_message || message_size_ > 0) append(piece);
  if (payload_missing_ > 0) return {};
  stage_ = Stage::header;
  header_size_ = 0;
  return completes_message ? finish_message(piece) : Event{};
}

/// `last_piece` is the whole message if nothing was buffered.
Decoder::Event Decoder::finish_message(BytesView last_piece) {
  if (message_opcode_ == Opcode::text && !utf8_.complete()) {
    return fail({CloseCode::invalid_payload, "Text ends inside a UTF-8 character"});
  }
  Event event{.kind = Event::Kind::message, .opcode = message_opcode_, .payload = last_piece};
  if (message_size_ > 0) {
    buffer_.resize(message_size_ + payload_padding);
    event.payload = BytesView(buffer_).first(message_size_);
  }
  message_opcode_ = Opcode::continuation;
  message_size_ = 0;
  return event;
}

Decoder::Event Decoder::receive_control(BytesView piece) {
  const bool whole = payload_missing_ == 0 && buffer_.size() == message_size_;
  if (!whole) append(piece);
  if (payload_missing_ > 0) return {};
  const BytesView payload = whole ? piece : BytesView(buffer_).subspan(message_size_);
  const Opcode opcode = frame_opcode();
  stage_ = Stage::header;
  header_size_ = 0;
  if (opcode == Opcode::close) return finish_close(payload);
  const auto kind = opcode == Opcode::ping ? Event::Kind::ping : Event::Kind::pong;
  return {.kind = kind, .payload = payload};
}

/// RFC 6455 section 5.5.1: nothing, or a code of two bytes and a reason.
Decoder::Event Decoder::finish_close(BytesView payload) {
  Event event{.kind = Event::Kind::close};
  if (payload.size() == 1) return fail({CloseCode::protocol_error, "Close frame of one byte"});
  if (!payload.empty()) {
    event.code = static_cast<CloseCode>(payload[0] << 8U | payload[1]);
    event.payload = payload.subspan(2);
    if (!may_be_sent(*event.code)) return fail({CloseCode::protocol_error, "Invalid close code"});
    if (!is_utf8(event.payload)) {
      return fail({CloseCode::invalid_payload, "Close reason is not valid UTF-8"});
    }
  }
  stage_ = Stage::finished;
  return event;
}

/// Capacity follows what has arrived, never what a header announces: at most twice as much, and no
/// more than the message can still become.
void Decoder::append(BytesView piece) {
  if (piece.empty()) return;
  const std::size_t message_size = message_size_ + (frame_is_control() ? 0 : piece.size());
  if (message_size + slack > buffer_.capacity()) {
    const std::size_t size_max =
        frame_is_final() ? message_size + payload_missing_ : message_bytes_max_;
    buffer_.reserve(std::min(2 * message_size, size_max) + slack);
  }
  buffer_.insert(buffer_.end(), piece.begin(), piece.end());
  message_size_ = static_cast<std::uint32_t>(message_size);
}

/// Drops what has been reported.
void Decoder::release() {
  if (buffer_.capacity() == 0) return;
  if (stage_ == Stage::finished) message_size_ = 0;
  if (message_size_ == 0) {
    Bytes().swap(buffer_);
  } else {
    buffer_.resize(message_size_);
  }
}

Decoder::Event Decoder::fail(const Fault& fault) {
  stage_ = Stage::finished;
  return {.kind = Event::Kind::error, .code = fault.code, .payload = as_bytes(fault.sentence)};
}

Opcode Decoder::frame_opcode() const { return static_cast<Opcode>(header_[0] & opcode_bits); }

bool Decoder::frame_is_final() const { return (header_[0] & final_bit) != 0; }

bool Decoder::frame_is_control() const { return (header_[0] & control_bit) != 0; }

/// Bytes of the extended length.
std::size_t Decoder::length_bytes() const {
  switch (header_[1] & length_bits) {
    case length_follows_in_2:
      return 2;
    case length_follows_in_8:
      return 8;
    default:
      return 0;
  }
}

std::uint64_t Decoder::payload_length() const {
  const std::size_t count = length_bytes();
  if (count == 0) return header_[1] & length_bits;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < count; ++i) length = length << 8U | header_[2 + i];
  return length;
}

}  // namespace pigeon::net::websocket
