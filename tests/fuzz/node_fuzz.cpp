#include "tests/fuzz/node_fuzz_texts.hpp"
#include "tests/fuzz/node_fuzz_world.hpp"

// A node, or two that are linked with each other, among strangers who do what the input says: hubs
// and neighbors that lie, crypto answers that come late, in another order or never, time that
// jumps, and applications that call whatever they can. Whatever happens, the node names only what
// exists, stays within its bounds, sleeps when it has nothing to do, delivers nothing twice, and
// takes nothing for proven that was not signed.

namespace {

using namespace pigeon;
using namespace pigeon::fuzz;

NodeOptions options_for(std::uint8_t choice, std::uint8_t number) {
  NodeOptions options;
  options.trust = static_cast<TrustPolicy>(choice % 3);
  options.max_peers = (choice & 4U) != 0 ? 3 : 16;
  options.network = (choice & 8U) != 0 ? "town" : "global";
  options.auto_discovery = (choice & 16U) == 0;
  options.limits.discovered_max = 12;
  options.limits.parked_count_max = (choice & 32U) != 0 ? 4 : 64;
  options.limits.messages_burst = 2'000;
  options.limits.bytes_burst = 1'000'000;
  options.limits.streams_per_peer_max = 3;
  if ((choice & 192U) == 192 && options.trust != TrustPolicy::verified_only) {
    options.enable_crypto = false;
    options.peer_id = stranger_id(number).to_text();
  }
  return options;
}

class World {
 public:
  explicit World(Script& script) : script_(script) {
    const std::uint8_t choice = script_.byte();
    subjects_.push_back(std::make_unique<Subject>(1, options_for(choice, 1), notary_));
    if (script_.flip()) {
      subjects_.push_back(std::make_unique<Subject>(2, options_for(choice, 2), notary_));
    }
    network_ = subjects_[0]->node().status().network;
    for (auto& subject : subjects_) {
      (void)subject->node().connect("ws://a.example", now_);
      subject->observe(now_);
      open_hubs(*subject);
    }
    if (subjects_.size() == 2) introduce();
  }

  void step() {
    const std::uint8_t choice = script_.byte();
    self_ = subjects_[(choice >> 7U) % subjects_.size()].get();
    switch (choice % 16) {
      case 0:
        return befriend();
      case 1:
      case 2:
        return hub_text();
      case 3:
      case 4:
      case 5:
        return link_text();
      case 6:
        return replay();
      case 7:
        return link_event();
      case 8:
        return hub_event();
      case 9:
      case 10:
        return answer();
      case 11:
        return pass(Duration(std::int64_t{1} << script_.below(38)));
      case 12:
        return command();
      case 13:
        return stream_command();
      case 14:
        return settle();
      default:
        return binary();
    }
  }

  void finish() {
    settle();
    for (int i = 0; i < 20; ++i) pass(std::chrono::seconds(10));
    pass(std::chrono::hours(1));
  }

 private:
  void give(Input input) {
    self_->node().handle(std::move(input), now_);
    self_->observe(now_);
  }

  void open_hubs(Subject& subject) {
    for (auto& [hub, is_open] : subject.hubs) {
      if (is_open) continue;
      is_open = true;
      subject.node().handle(HubOpened{hub}, now_);
      subject.observe(now_);
      return open_hubs(subject);
    }
  }

  std::optional<signaling::HubKey> open_hub() {
    for (const auto& [hub, is_open] : self_->hubs) {
      if (is_open) return hub;
    }
    return std::nullopt;
  }

  /// Both nodes hear of each other.
  void introduce() {
    for (std::size_t i = 0; i < 2; ++i) {
      self_ = subjects_[i].get();
      const auto hub = open_hub();
      if (!hub) continue;
      give(HubText{*hub, discovered_text(subjects_[1 - i]->id(), self_->id(), network_)});
    }
  }

  // ---- Links

  /// A link with a stranger, as far as the node wants one.
  void befriend() {
    const std::uint8_t number = stranger(script_);
    const auto hub = open_hub();
    if (!hub) return;
    const Texts texts(number, *self_, network_, now_, notary_);
    give(HubText{*hub, discovered_text(stranger_id(number), self_->id(), network_)});
    give(HubText{*hub, texts.offer()});
    complete(stranger_id(number), script_.below(8));
  }

  /// Brings attempts with a peer some steps further.
  void complete(const PeerId& peer, std::size_t extent) {
    const auto found = std::ranges::find_if(
        self_->links, [&](const auto& entry) { return entry.second.peer == peer; });
    if (found == self_->links.end() || extent == 0) return;
    const LinkId link = found->first;
    describe(link);
    if (extent == 1 || !self_->links.contains(link)) return;
    if (const auto hub = open_hub()) {
      const std::uint8_t number = number_of(peer);
      give(HubText{*hub, Texts(number, *self_, network_, now_, notary_).answer()});
    }
    if (extent == 2 || !self_->links.contains(link)) return;
    open(link);
    if (extent == 3 || !self_->links.contains(link)) return;
    const Texts texts(number_of(peer), *self_, network_, now_, notary_);
    hear(link, texts.keys(true, extent == 4));
  }

  void describe(LinkId link) {
    auto& side = self_->links.at(link);
    const auto type = side.is_described ? rtc::SdpType::offer : rtc::SdpType::answer;
    side.is_described = true;
    give(LinkDescription{link, {type, self_->sdp()}});
  }
  void open(LinkId link) {
    self_->links.at(link).is_open = true;
    give(LinkOpened{link});
  }
  void hear(LinkId link, const std::string& text) {
    if (self_->links.contains(link)) give(LinkText{link, text});
  }

  /// One of its links, or a number that names none.
  LinkId any_link() {
    if (self_->links.empty() || script_.below(16) == 0) return LinkId{script_.byte()};
    return script_.pick(self_->links).first;
  }

  void link_event() {
    const LinkId link = any_link();
    const bool exists = self_->links.contains(link);
    switch (script_.below(10)) {
      case 0:
        if (exists) describe(link);
        return;
      case 1:
        return give(LinkCandidate{link, {.candidate = "candidate:1", .sdp_mid = "0"}});
      case 2:
      case 3:
        if (exists) self_->links.at(link).is_open = true;
        return give(LinkOpened{link});
      case 4:
        return give(LinkDrained{link});
      case 5:
        return give(LinkOverflowed{link, script_.byte(), script_.below(4) == 0});
      case 6:
        return give(LinkClosed{link, script_.text()});
      case 7:
        return exists ? complete(self_->links.at(link).peer, 5) : void();
      case 8:
        return give(LinkSilent{link, script_.below(2) == 0});
      default:
        if (self_->drains.empty()) return;
        const LinkId drained = self_->drains.back();
        self_->drains.pop_back();
        return give(LinkDrained{drained});
    }
  }

  // ---- Texts

  std::string corrupted(std::string text) {
    for (std::size_t i = script_.below(4); i > 0 && !text.empty(); --i) {
      const std::size_t at = (script_.byte() * 256U + script_.byte()) % text.size();
      switch (script_.below(5)) {
        case 0:
          text.at(at) = static_cast<char>(script_.byte());
          break;
        case 1: {
          const std::size_t digit = text.find_first_of("0123456789abcdef", at);
          if (digit != std::string::npos) text.at(digit) = "0123456789abcdef"[script_.below(16)];
          break;
        }
        case 2:
          text.resize(at);
          break;
        case 3:
          text.insert(at, text.substr(at / 2, script_.byte()));
          break;
        default:
          text.insert(at, script_.text());
      }
    }
    return text;
  }

  std::uint8_t neighbor_number(LinkId link) {
    const auto found = self_->links.find(link);
    return found == self_->links.end() ? stranger(script_) : number_of(found->second.peer);
  }

  void link_text() {
    const LinkId link = any_link();
    if (script_.below(16) == 0) return hear(link, std::string(script_.text()));
    Texts texts(neighbor_number(link), *self_, network_, now_, notary_);
    std::string text = texts.any(script_);
    if (script_.below(3) == 0) text = corrupted(std::move(text));
    recorded_.push_back(text);
    if (recorded_.size() > 32) recorded_.pop_front();
    hear(link, text);
  }

  /// Something that was said before, perhaps by somebody else.
  void replay() {
    auto& source = script_.pick(subjects_)->sent;
    std::deque<std::string>& texts = script_.flip() ? source : recorded_;
    if (texts.empty()) return;
    std::string text = script_.pick(texts);
    if (script_.below(3) == 0) text = corrupted(std::move(text));
    hear(any_link(), text);
  }

  void hub_text() {
    const auto open = open_hub();
    const auto hub = script_.below(16) == 0 || !open ? signaling::HubKey{script_.byte()} : *open;
    if (script_.below(16) == 0) return give(HubText{hub, script_.text()});
    Texts texts(stranger(script_), *self_, network_, now_, notary_);
    std::string text = texts.any_of_hub(script_);
    if (script_.below(4) == 0) text = corrupted(std::move(text));
    give(HubText{hub, text});
  }

  void hub_event() {
    const auto open = open_hub();
    const auto hub = script_.below(8) == 0 || !open ? signaling::HubKey{script_.byte()} : *open;
    if (script_.below(3) != 0) return open_hubs(*self_);
    self_->hubs.erase(hub);
    give(HubClosed{hub, 1006, script_.text()});
  }

  void binary() {
    const std::string_view data = script_.text();
    give(LinkBinary{any_link(), as_bytes(data)});
  }

  // ---- Crypto and time

  void answer() {
    if (script_.below(16) == 0) return self_->answer_unknown(script_.flip(), now_);
    if (self_->requests.empty()) return;
    const std::size_t at = script_.below(self_->requests.size());
    self_->answer(at, script_.below(4) == 0 ? script_.below(6) : 0, now_);
  }

  /// What waits, until nothing does: hubs, answers, and what the two nodes say to each other.
  void settle() {
    for (int i = 0; i < 64; ++i) {
      bool is_quiet = true;
      for (auto& subject : subjects_) {
        self_ = subject.get();
        open_hubs(*self_);
        while (!self_->requests.empty()) {
          is_quiet = false;
          self_->answer(0, 0, now_);
        }
      }
      if (subjects_.size() == 2 && !converse()) break;
      if (subjects_.size() == 1 && is_quiet) break;
    }
  }

  /// The link between the two nodes, and a text over it.
  bool converse() {
    Subject& a = *subjects_[0];
    Subject& b = *subjects_[1];
    for (Subject* one : {&a, &b}) {
      self_ = one;
      Subject& other = one == &a ? b : a;
      const auto found = std::ranges::find_if(
          other.links, [&](const auto& entry) { return entry.second.peer == one->id(); });
      complete(other.id(), 3);
      if (one->sent.empty() || found == other.links.end()) continue;
      const std::string text = one->sent.front();
      one->sent.pop_front();
      self_ = &other;
      hear(found->first, text);
      return true;
    }
    return false;
  }

  void pass(Duration duration) {
    now_.monotonic += duration;
    now_.wall_ms += duration / std::chrono::milliseconds(1);
    for (auto& subject : subjects_) subject->handle_timeout(now_);
  }

  // ---- The application

  void command() {
    Node& node = self_->node();
    const PeerId peer = any_peer(script_, *self_);
    switch (script_.below(12)) {
      case 0:
        (void)node.connect(script_.flip() ? "ws://b.example" : script_.text(), now_);
        break;
      case 1:
        if (script_.below(8) == 0) node.disconnect(now_);
        break;
      case 2:
        (void)node.connect_to_peer(peer, now_);
        break;
      case 3:
        (void)node.disconnect_peer(peer, now_);
        break;
      case 4:
        node.set_max_peers(script_.byte(), now_);
        break;
      case 5:
        node.set_min_peers(script_.byte(), now_);
        node.set(NodeSwitch{static_cast<std::uint8_t>(script_.below(4))}, script_.below(2) == 0,
                 now_);
        if (script_.below(4) == 0) node.connect_to_all_peers(now_);
        if (script_.below(4) == 0 && !node.remove_group("chess")) {
          PIGEON_ASSERT(node.add_group("chess", keys_of(1).encryption));
        }
        break;
      case 6:
        (void)node.set_network(script_.flip() ? network_ : script_.text(), now_);
        break;
      case 7:
      case 8:
        (void)node.send_message(script_.text(), now_);
        break;
      case 9:
        (void)node.send_direct_json(peer, script_.flip() ? "{\"a\":[1]}" : script_.text(), now_);
        break;
      case 10:
        if (script_.flip()) {
          (void)node.send_encrypted_json(peer, script_.text(), now_);
        } else {
          (void)node.send_encrypted_broadcast_json("chess", script_.text(), now_);
        }
        break;
      default:
        (void)node.discovered_peers();
        (void)node.send_binary(peer, as_bytes(script_.text()), now_);
    }
    self_->observe(now_);
  }

  void stream_command() {
    Node& node = self_->node();
    const PeerId peer = any_peer(script_, *self_);
    if (self_->streams.empty() || script_.below(4) == 0) {
      StreamInfo info{.filename = std::string(script_.below(2), 'f'),
                      .resume_token = std::string(script_.below(2), 't')};
      if (script_.flip()) info.total_size = script_.byte();
      const auto stream = script_.below(4) == 0 ? node.open_broadcast_stream(info, now_)
                                                : node.open_stream(peer, info, now_);
      if (stream) self_->streams.insert(*stream);
      return self_->observe(now_);
    }
    const StreamId stream = script_.pick(self_->streams);
    switch (script_.below(4)) {
      case 0:
        (void)node.end_stream(stream, now_);
        break;
      case 1:
        if (node.abort_stream(stream, script_.text(), now_)) self_->streams.erase(stream);
        break;
      default:
        (void)node.write_stream(stream, as_bytes(script_.text()), now_);
    }
    self_->observe(now_);
  }

  Script& script_;
  Notary notary_;
  Now now_{.monotonic = Instant(std::chrono::hours(1)), .wall_ms = 1'700'000'000'000};
  std::string network_;
  std::vector<std::unique_ptr<Subject>> subjects_;
  Subject* self_ = nullptr;
  std::deque<std::string> recorded_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, std::min<std::size_t>(size, 2'048));
  World world(script);
  while (!script.is_finished()) world.step();
  world.finish();
  return 0;
}
