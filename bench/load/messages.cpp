#include "bench/load/messages.hpp"

#include <charconv>
#include <stdexcept>

namespace pigeon::bench {
namespace {

constexpr std::string_view sequence_mark = "o=- ";
constexpr std::size_t sequence_digits = 16;
constexpr std::size_t id_digits = 40;

std::uint64_t scramble(std::uint64_t value) {  // splitmix64
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

std::string hex(std::uint64_t value, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t at = digits; at-- > 0; value >>= 4) text[at] = "0123456789abcdef"[value & 15];
  return text;
}

/// The text after `mark`; empty if it is not there.
std::string_view after(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  return at == std::string_view::npos ? std::string_view{} : text.substr(at + mark.size());
}

/// An SDP of a data channel, with the backslashes of JSON, without its end.
constexpr std::string_view sdp_rest =
    R"( 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\na=extmap-allow-mixed\r\n)"
    R"(a=msid-semantic: WMS\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n)"
    R"(c=IN IP4 0.0.0.0\r\na=ice-ufrag:Gx4a\r\na=ice-options:trickle\r\na=mid:0\r\n)"
    R"(a=sctp-port:5000\r\na=max-message-size:262144\r\na=x-filler:)";

/// Up to where the sequence number goes; gives that place.
std::size_t append_beginning_of_data(std::string& text, std::string_view type) {
  text.append(R"({"type":")").append(type).append(R"(","sdp":"v=0\r\n)").append(sequence_mark);
  return text.size();
}

}  // namespace

std::string peer_id_of(std::size_t number) {
  return hex(scramble(number), 16) + hex(scramble(~number), 16) + hex(number, 8);
}

std::size_t number_of(std::string_view peer_id) {
  std::size_t number = 0;
  if (peer_id.size() == id_digits) {
    std::from_chars(peer_id.data() + 32, peer_id.data() + id_digits, number, 16);
  }
  return number;
}

std::string target_of(std::size_t number) { return "/?peerId=" + peer_id_of(number); }

std::vector<std::string> targets_of(std::size_t count) {
  std::vector<std::string> targets;
  for (std::size_t number = 0; number < count; ++number) targets.push_back(target_of(number));
  return targets;
}

std::string announce_of(std::size_t number, std::string_view network) {
  std::string text = R"({"type":"announce","data":{"peerId":")" + peer_id_of(number);
  text.append(R"("},"maxPeers":3,"networkName":")").append(network).append(R"("})");
  return text;
}

Description::Description(std::string_view type, std::size_t target, std::string_view network,
                         std::size_t bytes)
    : text_(R"({"type":")" + std::string(type) + R"(","data":)"),
      data_at_(text_.size()),
      sequence_at_(append_beginning_of_data(text_, type)) {
  text_.append(sequence_digits, '0').append(sdp_rest);
  const std::string data_end = R"(\r\n"})";
  std::string end = R"(,"maxPeers":3,"networkName":")";
  end.append(network).append(R"(","targetPeerId":")").append(peer_id_of(target)).append(R"("})");
  const std::size_t so_far = text_.size() + data_end.size() + end.size();
  if (so_far > bytes) throw std::runtime_error("the description does not fit its length");
  text_.append(bytes - so_far, 'x').append(data_end);
  data_size_ = text_.size() - data_at_;
  text_.append(end);
}

std::string_view Description::numbered(std::uint64_t sequence) {
  text_.replace(sequence_at_, sequence_digits, hex(sequence, sequence_digits));
  return text_;
}

bool Description::matches(std::string_view arrived) const {
  const std::string_view data = std::string_view(text_).substr(data_at_, data_size_);
  const std::size_t begin = sequence_at_ - data_at_;
  const std::size_t end = begin + sequence_digits;
  return arrived.size() >= data.size() && arrived.substr(0, begin) == data.substr(0, begin) &&
         arrived.substr(end, data.size() - end) == data.substr(end);
}

Arrival look_at(std::string_view message) {
  const std::string_view type = after(message, R"("type":")");
  return {.type = type.substr(0, type.find('"')), .data = after(message, R"("data":)")};
}

std::optional<std::uint64_t> sequence_of(std::string_view data) {
  const std::string_view digits = after(data, sequence_mark);
  std::uint64_t sequence = 0;
  if (digits.size() < sequence_digits) return std::nullopt;
  const char* end = digits.data() + sequence_digits;
  if (std::from_chars(digits.data(), end, sequence, 16).ptr != end) return std::nullopt;
  return sequence;
}

std::string_view discovered_peer(std::string_view data) {
  return after(data, R"("peerId":")").substr(0, id_digits);
}

}  // namespace pigeon::bench
