#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/assert.hpp"
#include "tests/fuzz/script.hpp"
#include "transfer/transfer_testing.hpp"

// Two neighbors under a stranger's script: what their applications do, and what happens to the
// frames between them: delivered, corrupted, repeated, invented, lost with the link. Whatever the
// script, each side tells its application a story that makes sense, and stays within its bounds.

namespace {

using namespace pigeon;
using namespace pigeon::transfer;
using fuzz::Script;

TransferOptions options_for(std::uint8_t choice) {
  TransferOptions options{.streams_per_peer_max = 4,
                          .announced_count_max = 4,
                          .window = 32'768,
                          .binary_window = 65'536,
                          .channel_bytes_max = 262'144,
                          .resumable_count_max = 8};
  if ((choice & 1U) != 0) options.stream_bytes_max = 20'000;
  if ((choice & 2U) != 0) options.binary_bytes_max = 5'000;
  if ((choice & 4U) != 0) options.streams_per_peer_max = 1;
  if ((choice & 8U) != 0) options.resumable_count_max = 0;
  if ((choice & 16U) != 0) options.announced_count_max = 1;
  return options;
}

/// A side, and what its application has been told.
class Actor {
 public:
  Actor(const PeerId& self, const PeerId& other, const TransferOptions& options)
      : options_(options), side_(self, other, options, self.bytes().front()) {}

  void act(Script& script, Now now) {
    switch (script.below(6)) {
      case 0:
        send_binary(script);
        break;
      case 1:
        open(script, now);
        break;
      case 2:
      case 3:
        write(script);
        break;
      case 4:
        if (const auto key = pick(script)) end(*key);
        break;
      default:
        if (const auto key = pick(script)) abort(*key);
    }
    observe();
  }

  void hear(const Side::Frame& frame, Now now) {
    if (const auto* text = std::get_if<std::string>(&frame)) {
      side_.hear(*text, now);
    } else {
      side_.hear(std::get<Bytes>(frame));
    }
    observe();
  }
  void drained() {
    waiting_bytes_ = 0;
    wants_drained_ = false;
    side_->drained(side_.other(), Now{});
    observe();
  }
  void handle_timeout(Now now) {
    side_->handle_timeout(now);
    PIGEON_ASSERT(side_->next_timeout() > now.monotonic);
    observe();
  }
  void link_closed(Now now) {
    side_->link_closed(side_.other(), now);
    waiting_bytes_ = 0;
    wants_drained_ = false;
    observe();
    PIGEON_ASSERT(outgoing_.empty());
    PIGEON_ASSERT(incoming_.empty());
  }
  void link_opened() { side_->link_opened(side_.other()); }

  /// Oldest first.
  std::deque<Side::Frame> frames;

 private:
  struct Outgoing {
    std::optional<std::uint64_t> total;
    std::uint64_t position = 0;
    std::size_t budget = 0;
  };
  struct Incoming {
    std::optional<std::uint64_t> total;
    std::uint64_t received = 0;
  };

  std::optional<StreamKey> pick(Script& script) const {
    const std::size_t count = outgoing_.size() + incoming_.size();
    if (count == 0) return std::nullopt;
    const std::size_t at = script.below(count);
    if (at < outgoing_.size()) {
      return std::next(outgoing_.begin(), static_cast<std::ptrdiff_t>(at))->first;
    }
    return std::next(incoming_.begin(), static_cast<std::ptrdiff_t>(at - outgoing_.size()))->first;
  }

  void send_binary(Script& script) {
    const std::size_t size = script.byte() * (script.below(2) == 0 ? 1U : 100U);
    const bool is_sent = side_->send_binary(side_.other(), Bytes(size)).has_value();
    PIGEON_ASSERT(!is_sent || size <= options_.binary_bytes_max);
  }

  void open(Script& script, Now now) {
    static constexpr std::array<const char*, 3> tokens = {"", "t", "u"};
    StreamMeta meta{.type = "file",
                    .filename = std::string(script.below(2), 'f'),
                    .chunk_size = std::size_t{512} * script.byte(),
                    .resume_token = tokens.at(script.below(3))};
    if (script.below(2) == 0) meta.total_size = 256U * script.byte();
    const auto total = meta.total_size;
    const auto key = side_->open(side_.other(), std::move(meta), script.below(4) != 0, now);
    if (!key) return;
    PIGEON_ASSERT(outgoing_.emplace(*key, Outgoing{.total = total}).second);
    PIGEON_ASSERT(outgoing_.size() <= options_.streams_per_peer_max);
  }

  /// Any size, or what the stream takes, or what is left of it.
  std::size_t size_of_write(Script& script, StreamKey key) const {
    const auto found = outgoing_.find(key);
    const std::size_t choice = script.below(4);
    if (choice == 0 || found == outgoing_.end()) return std::size_t{128} * script.byte();
    const Outgoing& stream = found->second;
    if (choice == 1 || !stream.total) return stream.budget;
    return std::min<std::uint64_t>(stream.budget, *stream.total - stream.position);
  }

  void write(Script& script) {
    const auto key = pick(script);
    if (!key) return;
    const std::size_t size = size_of_write(script, *key);
    const bool is_written = side_->write(*key, Bytes(size)).has_value();
    const auto found = outgoing_.find(*key);
    PIGEON_ASSERT(!is_written || found != outgoing_.end());
    if (found == outgoing_.end()) return;
    Outgoing& stream = found->second;
    const bool fits = !stream.total || size <= *stream.total - stream.position;
    if (!is_written) {
      const bool is_full = waiting_bytes_ >= options_.channel_bytes_max;
      PIGEON_ASSERT(!fits || size > stream.budget || is_full || ending_.contains(*key));
      return;
    }
    PIGEON_ASSERT(fits);
    PIGEON_ASSERT(size <= stream.budget);
    stream.budget -= size;
    stream.position += size;
  }

  void end(StreamKey key) {
    const auto found = outgoing_.find(key);
    const bool is_ended = side_->end(key).has_value();
    PIGEON_ASSERT(!is_ended || found != outgoing_.end());
    if (is_ended) ending_.emplace(key, 0);
  }

  void abort(StreamKey key) {
    PIGEON_ASSERT(side_->abort(key, "no"));
    outgoing_.erase(key);
    incoming_.erase(key);
    ending_.erase(key);
  }

  void observe() {
    for (const TransferEffect& effect : side_->take_effects()) {
      std::visit([&](const auto& typed) { check(typed); }, effect);
    }
    PIGEON_ASSERT(incoming_.size() <= options_.streams_per_peer_max);
    // The largest write, message or abort may go beyond.
    PIGEON_ASSERT(waiting_bytes_ <= options_.channel_bytes_max + 131'072);
    // Nobody waits for more without having asked for it.
    for (const auto& [key, stream] : outgoing_) {
      PIGEON_ASSERT(stream.budget > 0 || wants_drained_ || stream.position == 0 ||
                    ending_.contains(key));
    }
  }

  void check(const TransferText& effect) {
    PIGEON_ASSERT(effect.to == side_.other());
    PIGEON_ASSERT(wire::decode_peer_message(effect.text, reader_));
    waiting_bytes_ += effect.text.size();
    frames.emplace_back(effect.text);
  }
  void check(const TransferBytes& effect) {
    waiting_bytes_ += effect.data.size();
    frames.emplace_back(effect.data);
  }
  void check(const WantsDrained& /*effect*/) {
    PIGEON_ASSERT(!wants_drained_);
    wants_drained_ = true;
  }
  void check(const BinaryArrived& effect) {
    PIGEON_ASSERT(effect.data.size() <= options_.binary_bytes_max);
  }
  void check(const StreamBegan& effect) {
    PIGEON_ASSERT(effect.stream > last_incoming_);
    last_incoming_ = effect.stream;
    PIGEON_ASSERT(effect.offset <= effect.meta.total_size.value_or(effect.offset));
    PIGEON_ASSERT(effect.offset == 0 || !effect.meta.resume_token.empty());
    incoming_.emplace(effect.stream, Incoming{effect.meta.total_size, effect.offset});
  }
  void check(const StreamBytes& effect) {
    Incoming& stream = incoming_.at(effect.stream);
    PIGEON_ASSERT(!effect.data.empty());
    stream.received += effect.data.size();
    PIGEON_ASSERT(stream.received <= stream.total.value_or(stream.received));
    const std::uint64_t bytes_max = options_.stream_bytes_max;
    PIGEON_ASSERT(bytes_max == 0 || stream.received <= bytes_max);
  }
  void check(const StreamTakes& effect) {
    Outgoing& stream = outgoing_.at(effect.stream);
    // The first one says where a resumed stream goes on.
    if (stream.position == 0 && stream.budget == 0) stream.position = effect.offset;
    PIGEON_ASSERT(stream.position + stream.budget == effect.offset);
    stream.budget += effect.bytes;
    PIGEON_ASSERT(stream.budget <= options_.window);
  }
  void check(const StreamEnded& effect) {
    if (outgoing_.erase(effect.stream) == 1) {
      PIGEON_ASSERT(ending_.erase(effect.stream) == 1);
      return;
    }
    const Incoming& stream = incoming_.at(effect.stream);
    PIGEON_ASSERT(effect.total_bytes == stream.received);
    PIGEON_ASSERT(stream.received == stream.total.value_or(stream.received));
    incoming_.erase(effect.stream);
  }
  void check(const StreamBroken& effect) {
    ending_.erase(effect.stream);
    PIGEON_ASSERT(outgoing_.erase(effect.stream) + incoming_.erase(effect.stream) == 1);
  }

  TransferOptions options_;
  Side side_;
  wire::JsonReader reader_;
  std::map<StreamKey, Outgoing> outgoing_;
  std::map<StreamKey, Incoming> incoming_;
  /// Outgoing ones that were ended, until that is told.
  std::map<StreamKey, int> ending_;
  StreamKey last_incoming_{};
  std::size_t waiting_bytes_ = 0;
  bool wants_drained_ = false;
};

class World {
 public:
  explicit World(std::uint8_t choice)
      : a_(alice, bob, options_for(choice)), b_(bob, alice, options_for(choice)) {}

  void step(Script& script) {
    const std::uint8_t choice = script.byte();
    Actor& from = (choice & 1U) != 0 ? a_ : b_;
    Actor& to = (choice & 1U) != 0 ? b_ : a_;
    switch ((choice >> 1U) % 16) {
      case 0:
        return corrupt(script, from, to);
      case 1:
        return to.hear(std::string(as_text(script.bytes())), now_);
      case 2:
        return to.hear(Bytes(script.byte()), now_);
      case 3:
        return from.drained();
      case 4:
        return pass(Duration(std::int64_t{1} << script.below(32)));
      case 5:
        if (script.byte() < 64) reconnect();
        return;
      case 6:
        // Again, and later once more.
        if (!from.frames.empty()) to.hear(from.frames.front(), now_);
        return;
      case 7:
      case 8:
      case 9:
      case 10:
        return deliver(script.below(8) + 1, from, to);
      default:
        return from.act(script, now_);
    }
  }

  void finish() {
    reconnect();
    pass(std::chrono::hours(1));
  }

 private:
  void deliver(std::size_t count, Actor& from, Actor& to) const {
    for (std::size_t i = 0; i < count && !from.frames.empty(); ++i) {
      const Side::Frame frame = std::move(from.frames.front());
      from.frames.pop_front();
      to.hear(frame, now_);
    }
  }

  void corrupt(Script& script, Actor& from, Actor& to) const {
    if (from.frames.empty()) return;
    if (auto* text = std::get_if<std::string>(&from.frames.front())) {
      corrupt(script, *text);
    } else {
      std::get<Bytes>(from.frames.front()).resize(script.byte());
    }
    deliver(1, from, to);
  }

  /// Any byte, or a digit by another one.
  static void corrupt(Script& script, std::string& text) {
    const std::size_t begin = script.byte() % text.size();
    const std::uint8_t other = script.byte();
    const std::size_t digit = text.find_first_of("0123456789", begin);
    if (other >= 128 || digit == std::string::npos) {
      text.at(begin) = static_cast<char>(other);
    } else {
      text.at(digit) = static_cast<char>('0' + other % 10);
    }
  }

  void reconnect() {
    for (Actor* actor : {&a_, &b_}) {
      actor->link_closed(now_);
      actor->frames.clear();
      actor->link_opened();
    }
  }

  void pass(Duration duration) {
    now_.monotonic += duration;
    now_.wall_ms += duration / 1ms;
    a_.handle_timeout(now_);
    b_.handle_timeout(now_);
  }

  Now now_{.monotonic = Instant(1h), .wall_ms = 1'700'000'000'000};
  Actor a_;
  Actor b_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, std::min<std::size_t>(size, 4'096));
  World world(script.byte());
  while (!script.is_finished()) world.step(script);
  world.finish();
  return 0;
}
