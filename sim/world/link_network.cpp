#include "sim/world/link_network.hpp"

#include <algorithm>
#include <charconv>

#include "base/hex.hpp"

namespace pigeon::sim {

namespace {

constexpr std::string_view token_mark = "a=ice-ufrag:";
constexpr std::string_view fingerprint_mark = "a=fingerprint:sha-256 ";

/// The rest of the line that begins with `mark`; empty if there is none.
std::string_view line_after(std::string_view sdp, std::string_view mark) {
  const std::size_t at = sdp.find(mark);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = sdp.substr(at + mark.size());
  return rest.substr(0, rest.find_first_of("\r\n"));
}

/// A token as text: long enough for what the core demands of an SDP, and for ICE.
std::string token_text(std::uint64_t token) { return "link" + std::to_string(token); }

std::optional<std::uint64_t> parse_token(std::string_view text) {
  constexpr std::string_view prefix = "link";
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint64_t token = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), token);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return token;
}

std::string make_fingerprint(Random& random) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (int i = 0; i < 32; ++i) {
    const auto byte = static_cast<std::size_t>(random.below(256));
    if (i > 0) text += ':';
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

std::string make_sdp(std::uint64_t token, std::string_view fingerprint, bool is_offer) {
  std::string sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n";
  sdp += "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n";
  sdp.append(token_mark).append(token_text(token)).append("\r\n");
  sdp += "a=ice-pwd:0123456789abcdef01234567\r\n";
  sdp.append(fingerprint_mark).append(fingerprint).append("\r\n");
  sdp += is_offer ? "a=setup:actpass\r\n" : "a=setup:active\r\n";
  sdp += "a=mid:0\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n";
  return sdp;
}

rtc::IceCandidate make_candidate(std::uint64_t token) {
  rtc::IceCandidate candidate;
  candidate.candidate = "candidate:1 1 udp 2130706431 10.0.0.1 5000 typ host";
  candidate.sdp_mid = "0";
  candidate.sdp_m_line_index = std::uint16_t{0};
  candidate.username_fragment = token_text(token);
  return candidate;
}

}  // namespace

LinkNetwork::LinkNetwork(Scheduler& scheduler, Random random, const LinkConditions& conditions)
    : scheduler_(scheduler), random_(std::move(random)), conditions_(conditions) {
  // Number 0 is nobody.
  owners_.emplace_back();
}

OwnerId LinkNetwork::add(LinkOwner& owner) {
  owners_.push_back({.owner = &owner, .fingerprint = make_fingerprint(random_), .links = {}});
  return OwnerId(owners_.size() - 1);
}

void LinkNetwork::remove(OwnerId owner) {
  at(owner).owner = nullptr;
  const auto links = at(owner).links;
  for (const auto& [link, token] : links) {
    const End* end = find(token);
    if (end != nullptr && end->is_open) {
      fail_dead_path(*end->remote, "connection disconnected");
    }
    erase(token);
  }
}

void LinkNetwork::dial(OwnerId owner, node::LinkId link) { describe(make_end(owner, link, true)); }

void LinkNetwork::accept(OwnerId owner, node::LinkId link, const rtc::SessionDescription& offer) {
  const Token token = make_end(owner, link, false);
  learn(*find(token), offer);
  describe(token);
}

void LinkNetwork::apply(OwnerId owner, node::LinkId link,
                        const rtc::SessionDescription& description) {
  const auto token = token_of(owner, link);
  if (!token) return;
  learn(*find(*token), description);
  try_to_connect(*token);
}

void LinkNetwork::apply(OwnerId owner, node::LinkId link, const rtc::IceCandidate& candidate) {
  const auto token = token_of(owner, link);
  if (!token) return;
  End& end = *find(*token);
  // A candidate of another session does not belong here (RFC 8838 section 4).
  if (!end.remote || parse_token(candidate.username_fragment) != end.remote) return;
  end.knows_candidate = true;
  try_to_connect(*token);
}

void LinkNetwork::close(OwnerId owner, node::LinkId link) {
  const auto token = token_of(owner, link);
  if (!token) return;
  if (find(*token)->is_open) send(*token, {.kind = Packet::Kind::closed, .text = {}, .data = {}});
  erase(*token);
}

void LinkNetwork::send_text(OwnerId owner, node::LinkId link,
                            std::shared_ptr<const std::string> text) {
  const auto token = token_of(owner, link);
  if (token) send(*token, {.kind = Packet::Kind::text, .text = std::move(text), .data = {}});
}

void LinkNetwork::send_binary(OwnerId owner, node::LinkId link, Bytes data) {
  const auto token = token_of(owner, link);
  if (!token) return;
  send(*token, {.kind = Packet::Kind::binary,
                .text = {},
                .data = std::make_shared<const Bytes>(std::move(data))});
}

void LinkNetwork::notify_drained(OwnerId owner, node::LinkId link, std::size_t threshold) {
  const auto token = token_of(owner, link);
  if (!token) return;
  find(*token)->drain_threshold = threshold;
  scheduler_.after(Duration::zero(), [this, token = *token] { check_drained(token); });
}

LinkNetwork::End* LinkNetwork::find(Token token) {
  const auto found = ends_.find(token);
  return found == ends_.end() ? nullptr : &found->second;
}

const LinkNetwork::End* LinkNetwork::find(Token token) const {
  const auto found = ends_.find(token);
  return found == ends_.end() ? nullptr : &found->second;
}

std::optional<LinkNetwork::Token> LinkNetwork::token_of(OwnerId owner, node::LinkId link) const {
  const auto found = at(owner).links.find(link);
  if (found == at(owner).links.end()) return std::nullopt;
  return found->second;
}

LinkNetwork::Token LinkNetwork::make_end(OwnerId owner, node::LinkId link, bool is_offerer) {
  const Token token = next_token_++;
  End& end = ends_[token];
  end.owner = owner;
  end.link = link;
  end.is_offerer = is_offerer;
  at(owner).links[link] = token;
  scheduler_.after(conditions_.setup_time_max, [this, token] {
    const End* late = find(token);
    if (late != nullptr && !late->is_open) fail(token, "ICE negotiation timeout");
  });
  return token;
}

void LinkNetwork::erase(Token token) {
  const End* end = find(token);
  if (end == nullptr) return;
  at(end->owner).links.erase(end->link);
  ends_.erase(token);
}

// The first description of the other side counts.
void LinkNetwork::learn(End& end, const rtc::SessionDescription& description) {
  if (end.remote) return;
  end.remote = parse_token(line_after(description.sdp, token_mark));
  end.remote_fingerprint = line_after(description.sdp, fingerprint_mark);
}

void LinkNetwork::describe(Token token) {
  scheduler_.after(2ms, [this, token] {
    const End* end = find(token);
    if (end == nullptr) return;
    rtc::SessionDescription description;
    description.type = end->is_offerer ? rtc::SdpType::offer : rtc::SdpType::answer;
    description.sdp = make_sdp(token, at(end->owner).fingerprint, end->is_offerer);
    tell(end->owner, node::LinkDescription{end->link, std::move(description)});
  });
  scheduler_.after(4ms, [this, token] {
    const End* end = find(token);
    if (end != nullptr) tell(end->owner, node::LinkCandidate{end->link, make_candidate(token)});
  });
}

void LinkNetwork::try_to_connect(Token token) {
  End* end = find(token);
  if (end->other != OwnerId() || !end->remote) return;
  End* other = find(*end->remote);
  if (other == nullptr || other->remote != token || end->is_offerer == other->is_offerer) return;
  if (!end->knows_candidate && !other->knows_candidate) return;
  const Token offerer = end->is_offerer ? token : *end->remote;
  const Token answerer = end->is_offerer ? *end->remote : token;
  scheduler_.after(conditions_.setup_time,
                   [this, offerer, answerer] { finish_connecting(offerer, answerer); });
}

void LinkNetwork::finish_connecting(Token offerer, Token answerer) {
  End* caller = find(offerer);
  End* called = find(answerer);
  if (caller == nullptr || called == nullptr || called->is_open) return;
  if (!can_reach(caller->owner, called->owner)) return;
  if (caller->remote_fingerprint != at(called->owner).fingerprint ||
      called->remote_fingerprint != at(caller->owner).fingerprint) {
    fail(offerer, "connection failed");
    fail(answerer, "connection failed");
    return;
  }
  caller->other = called->owner;
  called->other = caller->owner;
  // The answerer's news travels ahead of anything that it sends.
  called->is_open = true;
  caller->is_open = true;
  send(answerer, {.kind = Packet::Kind::opened, .text = {}, .data = {}});
  hand_over(answerer, {.kind = Packet::Kind::opened, .text = {}, .data = {}});
}

void LinkNetwork::fail(Token token, std::string_view reason) {
  const End* end = find(token);
  if (end == nullptr) return;
  const OwnerId owner = end->owner;
  const node::LinkId link = end->link;
  erase(token);
  tell(owner, node::LinkClosed{link, reason});
}

std::vector<LinkNetwork::OpenEnd> LinkNetwork::open_ends(OwnerId owner) const {
  std::vector<OpenEnd> open;
  for (const auto& [link, token] : at(owner).links) {
    const End* end = find(token);
    if (end->is_open && find(*end->remote) != nullptr) open.push_back({link, end->other});
  }
  return open;
}

std::optional<OwnerId> LinkNetwork::other_side(OwnerId owner, node::LinkId link) const {
  const auto token = token_of(owner, link);
  if (!token) return std::nullopt;
  const End* end = find(*token);
  if (!end->is_open) return std::nullopt;
  return end->other;
}

Duration LinkNetwork::latency() {
  const auto spread =
      static_cast<std::uint64_t>((conditions_.latency_max - conditions_.latency_min).count());
  return conditions_.latency_min + Duration(static_cast<std::int64_t>(random_.below(spread + 1)));
}

void LinkNetwork::tell(OwnerId owner, const node::Input& input) {
  if (LinkOwner* told = at(owner).owner) told->receive_link(input);
}

}  // namespace pigeon::sim
