#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "net/websocket/frame.hpp"
#include "net/websocket/utf8.hpp"

namespace pigeon::net::websocket {

/// The end of the connection at which frames are decoded: a server demands masked ones, a client
/// refuses them (RFC 6455 section 5.1).
enum class Role : std::uint8_t { server, client };

struct DecoderOptions {
  /// Payload bytes of one message over all its fragments. A larger one is the error 1009, as soon
  /// as a header announces it. 1 MiB holds any signaling message; what is held back per connection
  /// until a message is complete stays below twice of what has arrived.
  std::uint32_t message_bytes_max = 1024 * 1024;
};

/// What `Decoder::decode` reports to. Views are valid only during the call, and the sink must
/// neither call the decoder, destroy it nor throw.
template <class S>
concept Sink = requires(S& sink, Opcode opcode, CloseCode code, std::optional<CloseCode> any_code,
                        BytesView payload, std::string_view text) {
  // `opcode` is text (then the payload is valid UTF-8) or binary.
  sink.message(opcode, payload);
  // To be answered by a pong with the same payload.
  sink.ping(payload);
  sink.pong(payload);
  // To be answered by a close frame with the same code; nothing follows.
  sink.close(any_code, text);
  // The peer broke the protocol or a limit: to be sent as a close frame; nothing follows. The text
  // is a static sentence.
  sink.error(code, text);
};

/// Turns the bytes of one direction of a WebSocket connection (RFC 6455 without extensions) into
/// messages. Small, and without heap memory between messages, so that a server can hold one for
/// each of many idle connections.
class Decoder {
 public:
  /// Empty fragments that one message may have. They are allowed by RFC 6455 but bring a message no
  /// nearer to its end or its size limit, so without this bound a peer could keep the decoder busy
  /// below every limit that counts messages. Exceeding it is a policy violation (1008).
  static constexpr std::uint16_t empty_fragment_count_max = 1'024;
  /// Bytes readable behind a message's payload, provided that the caller keeps as many readable
  /// behind `input`. Their content is arbitrary. JSON parsers that read whole registers ask for
  /// this.
  static constexpr std::size_t payload_padding = 64;

  explicit Decoder(Role role, DecoderOptions options = {});

  /// Takes the bytes that were just read, all of them, and reports what they complete. Unmasks in
  /// place: a frame that lies in `input` as a whole is reported from there without copying, only
  /// what has to wait for more is copied. After a close frame or an error, input is ignored.
  template <Sink S>
  void decode(MutableBytesView input, S& sink) {
    for (Event event = next(input); event.kind != Event::Kind::none; event = next(input)) {
      deliver(event, sink);
      release();
    }
  }

  /// True after a close frame or an error.
  bool finished() const { return stage_ == Stage::finished; }

  /// Heap bytes held for an incomplete message or control frame; 0 between messages.
  std::size_t buffered_bytes() const { return buffer_.capacity(); }

 private:
  enum class Stage : std::uint8_t { header, payload, finished };

  struct Event {
    enum class Kind : std::uint8_t { none, message, ping, pong, close, error };

    Kind kind = Kind::none;
    Opcode opcode = Opcode::continuation;
    std::optional<CloseCode> code{};
    BytesView payload{};  // of an error: the sentence
  };

  struct Fault {
    CloseCode code;
    std::string_view sentence;
  };

  template <Sink S>
  static void deliver(const Event& event, S& sink) {
    switch (event.kind) {
      case Event::Kind::none:
        break;
      case Event::Kind::message:
        sink.message(event.opcode, event.payload);
        break;
      case Event::Kind::ping:
        sink.ping(event.payload);
        break;
      case Event::Kind::pong:
        sink.pong(event.payload);
        break;
      case Event::Kind::close:
        sink.close(event.code, as_text(event.payload));
        break;
      case Event::Kind::error:
        sink.error(*event.code, as_text(event.payload));
        break;
    }
  }

  Event next(MutableBytesView& input);
  std::optional<Fault> read_header(MutableBytesView& input);
  bool fill_header(MutableBytesView& input, std::size_t size);
  std::optional<Fault> check_start() const;
  std::optional<Fault> check_length() const;
  std::optional<Fault> enter_payload();
  BytesView take_payload(MutableBytesView& input);
  Event receive_data(BytesView piece);
  Event finish_message(BytesView last_piece);
  Event receive_control(BytesView piece);
  Event finish_close(BytesView payload);
  void append(BytesView piece);
  void release();
  Event fail(const Fault& fault);

  Opcode frame_opcode() const;
  bool frame_is_final() const;
  bool frame_is_control() const;
  std::size_t length_bytes() const;
  std::uint64_t payload_length() const;

  // The incomplete message, then the incomplete control frame that came between its fragments.
  Bytes buffer_;
  std::uint32_t message_bytes_max_;
  // Bytes of `buffer_` that belong to the message.
  std::uint32_t message_size_ = 0;
  std::uint32_t payload_missing_ = 0;
  std::uint16_t empty_fragment_count_ = 0;
  // Of the frame in progress. Ends with the masking key when it is complete at a server.
  std::array<std::uint8_t, header_bytes_max> header_{};
  std::uint8_t header_size_ = 0;
  std::uint8_t mask_offset_ = 0;
  Role role_;
  Stage stage_ = Stage::header;
  // Of the message in progress; `continuation` if there is none.
  Opcode message_opcode_ = Opcode::continuation;
  Utf8Validator utf8_;
};

static_assert(sizeof(void*) != 8 || sizeof(Decoder) <= 64);

}  // namespace pigeon::net::websocket
