#include "sim/world/hub_world.hpp"

#include <type_traits>
#include <utility>
#include <variant>

namespace pigeon::sim {

namespace {
/// The hub's end in the network; connections count from 1.
constexpr std::uint64_t hub_endpoint = 0;
/// Until a hub notices that a connection is cut.
constexpr Duration cut_notice = 10s;

std::uint64_t endpoint(hub::ConnectionId connection) {
  return static_cast<std::uint64_t>(connection);
}
}  // namespace

HubWorld::HubWorld(Scheduler& scheduler, Random random, HubOptions options, NetworkOptions network)
    : options_(std::move(options)),
      scheduler_(scheduler),
      random_(std::move(random)),
      network_(network, scheduler_, random_.split()),
      hub_(std::make_unique<hub::Hub>(options_, random_.split(), scheduler_.now())) {}

hub::ConnectionId HubWorld::connect(HubClient& client, std::string peer_id, std::string address) {
  const hub::ConnectionId connection{next_connection_++};
  if (!is_up_) {
    network_.carry(hub_endpoint, endpoint(connection),
                   [refused = &client] { refused->receive_close(1006, ""); });
    return connection;
  }
  clients_[connection] = &client;
  open_.insert(connection);
  network_.carry(endpoint(connection), hub_endpoint,
                 [this, connection, id = std::move(peer_id), from = std::move(address)] {
                   feed_from(connection, hub::ConnectionOpened{connection, {{"peerId", id}}, from});
                 });
  return connection;
}

void HubWorld::send(hub::ConnectionId connection, std::string text) {
  network_.carry(endpoint(connection), hub_endpoint, [this, connection, sent = std::move(text)] {
    feed_from(connection, hub::MessageReceived{connection, sent});
  });
}

void HubWorld::disconnect(hub::ConnectionId connection, std::uint16_t code) {
  clients_.erase(connection);
  end(connection, code);
}

void HubWorld::cut(hub::ConnectionId connection) {
  clients_.erase(connection);
  cut_.insert(connection);
  scheduler_.after(cut_notice, [this, connection] {
    cut_.erase(connection);
    if (open_.erase(connection) != 0) feed(hub::ConnectionClosed{connection, 1006, {}});
  });
}

void HubWorld::end(hub::ConnectionId connection, std::uint16_t code) {
  network_.carry(endpoint(connection), hub_endpoint, [this, connection, code] {
    if (open_.erase(connection) != 0) feed(hub::ConnectionClosed{connection, code, {}});
  });
}

void HubWorld::stop_hub() {
  is_up_ = false;
  const auto lost = std::exchange(clients_, {});
  open_.clear();
  hub_ = std::make_unique<hub::Hub>(options_, random_.split(), scheduler_.now());
  armed_ = Instant::max();
  for (const auto& [connection, client] : lost) client->receive_close(1006, "");
}

void HubWorld::restart_hub() {
  stop_hub();
  start_hub();
}

void HubWorld::feed(const hub::Input& input) {
  hub_->handle(input, scheduler_.now());
  for (hub::Output& output : hub_->take_outputs()) carry_out(std::move(output));
  arm();
}

void HubWorld::feed_from(hub::ConnectionId connection, const hub::Input& input) {
  if (open_.contains(connection) && !cut_.contains(connection)) feed(input);
}

void HubWorld::carry_out(hub::Output output) {
  std::visit(
      [this](const auto& typed) {
        using Typed = std::decay_t<decltype(typed)>;
        if constexpr (!std::is_same_v<Typed, hub::Emit> && !std::is_same_v<Typed, hub::Drained> &&
                      !std::is_same_v<Typed, hub::SendResponse>) {
          on(typed);
        }
      },
      output);
}

void HubWorld::on(const hub::SendText& send) {
  trace_.note(scheduler_.now().monotonic, endpoint(send.connection), send.text);
  ++sent_count_;
  network_.carry(hub_endpoint, endpoint(send.connection),
                 [this, connection = send.connection, text = send.text] {
                   const auto client = clients_.find(connection);
                   if (client != clients_.end()) client->second->receive_text(text);
                 });
}

void HubWorld::on(const hub::SendPing& ping) {
  trace_.note(scheduler_.now().monotonic, endpoint(ping.connection), "ping");
  network_.carry(hub_endpoint, endpoint(ping.connection), [this, connection = ping.connection] {
    const auto client = clients_.find(connection);
    if (client == clients_.end() || !client->second->answers_pings()) return;
    network_.carry(endpoint(connection), hub_endpoint,
                   [this, connection] { feed_from(connection, hub::PongReceived{connection}); });
  });
}

void HubWorld::on(const hub::CloseConnection& close) {
  trace_.note(scheduler_.now().monotonic, endpoint(close.connection), close.reason);
  network_.carry(hub_endpoint, endpoint(close.connection),
                 [this, connection = close.connection, code = close.code, reason = close.reason] {
                   end(connection, code);
                   const auto client = clients_.find(connection);
                   if (client == clients_.end()) return;
                   HubClient* told = client->second;
                   clients_.erase(client);
                   told->receive_close(code, reason);
                 });
}

void HubWorld::arm() {
  const Instant next = hub_->next_timeout();
  if (next >= armed_) return;
  armed_ = next;
  const Instant now = scheduler_.now().monotonic;
  scheduler_.after(next > now ? next - now : Duration::zero(), [this, next] {
    // A later arming has been replaced by an earlier one, which re-arms.
    if (armed_ != next) return;
    armed_ = Instant::max();
    feed(hub::Timeout{});
  });
}

}  // namespace pigeon::sim
