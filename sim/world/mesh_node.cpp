#include "sim/world/mesh_node.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/assert.hpp"

namespace pigeon::sim {

namespace {
/// Time that opening a WebSocket takes.
constexpr Duration handshake_time = 40ms;
/// A core that has nothing to do and wants to be called at once, again and again, would burn a
/// processor.
constexpr std::uint32_t timeouts_at_once_max = 1'000;

std::string query_id(std::string_view url) {
  constexpr std::string_view mark = "peerId=";
  const std::size_t at = url.find(mark);
  if (at == std::string_view::npos) return {};
  return std::string(url.substr(at + mark.size(), PeerId::text_length));
}
}  // namespace

std::string hub_url(std::size_t hub) {
  return "ws://hub-" + std::to_string(hub) + ".example:3000/";
}

/// One way to a hub, over all its connections.
class MeshNode::HubSocket final : public HubClient {
 public:
  HubSocket(MeshNode& node, signaling::HubKey key, HubWorld& hub)
      : node_(node), key_(key), hub_(hub) {}

  const HubWorld& hub() const { return hub_; }

  void open(std::string peer_id) {
    const std::uint64_t attempt = ++attempt_;
    node_.world_.scheduler().after(
        handshake_time, [this, attempt, id = std::move(peer_id)] { finish_opening(attempt, id); });
  }

  void send(std::string text) {
    if (connection_) hub_.send(*connection_, std::move(text));
  }

  /// Ends it without a word to the core.
  void close() {
    ++attempt_;
    if (connection_) hub_.disconnect(*connection_);
    connection_.reset();
  }

  void lose() {
    if (!connection_) return;
    ++attempt_;
    hub_.cut(*connection_);
    connection_.reset();
    node_.feed(node::HubClosed{key_, 1006, "connection lost"});
  }

  void receive_text(std::string_view text) override {
    const auto passed = node_.world_.pass_from_hub(node_, text);
    if (!passed) return;
    const Duration delay = node_.world_.hub_delay(*passed);
    if (delay == Duration::zero()) {
      hear(*passed);
      return;
    }
    node_.world_.scheduler().after(delay, [this, late = *passed, connection = connection_] {
      if (connection_ == connection) hear(late);
    });
  }

  void hear(std::string_view text) {
    if (connection_) node_.feed(node::HubText{key_, text});
  }

  void receive_close(std::uint16_t code, std::string_view reason) override {
    connection_.reset();
    node_.feed(node::HubClosed{key_, code, reason});
  }

 private:
  void finish_opening(std::uint64_t attempt, const std::string& peer_id) {
    if (attempt != attempt_ || !node_.is_up_) return;
    if (!node_.world_.reaches_hub(node_, hub_)) {
      node_.feed(node::HubClosed{key_, 1006, "connection refused"});
      return;
    }
    const std::uint64_t number = node_.number_;
    const std::string address = "10." + std::to_string(number / 65'536 % 256) + "." +
                                std::to_string(number / 256 % 256) + "." +
                                std::to_string(number % 256);
    connection_ = hub_.connect(*this, peer_id, address);
    node_.feed(node::HubOpened{key_});
  }

  MeshNode& node_;
  signaling::HubKey key_;
  HubWorld& hub_;
  std::optional<hub::ConnectionId> connection_;
  std::uint64_t attempt_ = 0;
};

MeshNode::MeshNode(MeshSurroundings& world, std::uint64_t number, node::Node core,
                   std::unique_ptr<KeyHolder> keys, Duration wall_skew)
    : world_(world),
      number_(number),
      core_(std::move(core)),
      keys_(std::move(keys)),
      wall_skew_(wall_skew),
      id_(core_.peer_id()),
      owner_(world.links().add(*this)) {}

MeshNode::~MeshNode() = default;

Now MeshNode::now() const {
  Now now = world_.scheduler().now();
  now.wall_ms += wall_skew_ / std::chrono::milliseconds(1);
  return now;
}

std::vector<PeerId> MeshNode::links() const {
  std::vector<PeerId> linked;
  for (const PeerStatus& peer : core_.peers(now())) {
    if (peer.state == PeerState::connected) linked.push_back(peer.peer);
  }
  std::sort(linked.begin(), linked.end());
  return linked;
}

std::optional<PeerId> MeshNode::peer_of(node::LinkId link) const {
  const auto found = peers_.find(link);
  if (found == peers_.end()) return std::nullopt;
  return found->second;
}

void MeshNode::connect(std::size_t hub) {
  const auto done =
      command([hub](node::Node& core, Now now) { return core.connect(hub_url(hub), now); });
  if (!done) world_.report(*this, "cannot connect: " + done.error().message);
}

void MeshNode::disconnect() {
  core_.disconnect(now());
  settle();
}

void MeshNode::kill() {
  is_up_ = false;
  for (const auto& [key, socket] : hubs_) socket->close();
  world_.links().remove(owner_);
  peers_.clear();
}

void MeshNode::lose_hubs(bool only_unreachable) {
  for (const auto& [key, socket] : hubs_) {
    if (only_unreachable && world_.reaches_hub(*this, socket->hub())) continue;
    socket->lose();
  }
}

void MeshNode::hear_from_hub(std::string_view text) {
  for (const auto& [key, socket] : hubs_) socket->hear(text);
}

void MeshNode::receive_link(const node::Input& input) {
  if (const auto* closed = std::get_if<node::LinkClosed>(&input)) peers_.erase(closed->link);
  feed(input);
}

void MeshNode::feed(node::Input input) {
  if (!is_up_) return;
  core_.handle(std::move(input), now());
  settle();
}

// Answers that come at once are fed when the outputs before them have been carried out.
void MeshNode::settle() {
  for (;;) {
    std::vector<node::Output> outputs = core_.take_outputs();
    for (node::Output& output : outputs) {
      std::visit([this](auto& typed) { on(typed); }, output);
    }
    if (answers_.empty() && outputs.empty()) break;
    for (crypto::Done& done : std::exchange(answers_, {})) core_.handle(std::move(done), now());
  }
  arm();
  if (is_up_) world_.check_step(*this);
}

void MeshNode::arm() {
  const Instant next = core_.next_timeout();
  if (next >= armed_ || !is_up_) return;
  armed_ = next;
  Scheduler& scheduler = world_.scheduler();
  const Instant instant = scheduler.now().monotonic;
  scheduler.after(next > instant ? next - instant : Duration::zero(),
                  [this, next] { handle_timeout(next); });
}

void MeshNode::handle_timeout(Instant armed) {
  // A later arming has been replaced by an earlier one, which re-arms.
  if (armed_ != armed || !is_up_) return;
  armed_ = Instant::max();
  const Now at = now();
  timeouts_at_once_ = at.monotonic == last_timeout_ ? timeouts_at_once_ + 1 : 0;
  last_timeout_ = at.monotonic;
  if (timeouts_at_once_ > timeouts_at_once_max) {
    world_.report(*this, "wants its timeout at once, again and again");
    is_up_ = false;
    return;
  }
  core_.handle_timeout(at);
  settle();
}

void MeshNode::on(const signaling::OpenHub& open) {
  HubWorld* const hub = world_.find_hub(open.url);
  PIGEON_ASSERT(hub != nullptr);
  auto& socket = hubs_[open.hub];
  if (!socket) socket = std::make_unique<HubSocket>(*this, open.hub, *hub);
  socket->open(query_id(open.url));
}

void MeshNode::on(const signaling::SendToHub& send) {
  const auto found = hubs_.find(send.hub);
  if (found != hubs_.end()) found->second->send(send.text);
}

void MeshNode::on(const signaling::CloseHub& close) {
  const auto found = hubs_.find(close.hub);
  if (found != hubs_.end()) found->second->close();
}

void MeshNode::on(const node::DialLink& dial) {
  peers_[dial.link] = dial.peer;
  world_.links().dial(owner_, dial.link);
}

void MeshNode::on(const node::AcceptLink& accept) {
  peers_[accept.link] = accept.peer;
  world_.links().accept(owner_, accept.link, accept.offer);
}

void MeshNode::on(const node::ApplyDescription& apply) {
  world_.links().apply(owner_, apply.link, apply.description);
}

void MeshNode::on(const node::ApplyCandidate& apply) {
  world_.links().apply(owner_, apply.link, apply.candidate);
}

void MeshNode::on(const node::CloseLink& close) {
  peers_.erase(close.link);
  world_.links().close(owner_, close.link);
}

void MeshNode::on(node::SendText& send) {
  const auto text = std::make_shared<const std::string>(std::move(send.text));
  for (const node::LinkId link : send.links) world_.links().send_text(owner_, link, text);
}

void MeshNode::on(node::SendBinary& send) {
  world_.links().send_binary(owner_, send.link, std::move(send.data));
}

void MeshNode::on(const node::NotifyDrained& notify) {
  world_.links().notify_drained(owner_, notify.link, notify.threshold);
}

void MeshNode::on(const crypto::Request& request) {
  crypto::Done done{request.ticket, keys_->answer(request.operation)};
  const auto delay = world_.crypto_delay();
  if (!delay) {
    answers_.push_back(std::move(done));
    return;
  }
  world_.scheduler().after(*delay, [this, late = std::move(done)] { feed(late); });
}

void MeshNode::on(const node::Emit& emit) { world_.observe(*this, emit.event); }

}  // namespace pigeon::sim
