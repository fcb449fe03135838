#include "sim/scenarios/client_crowd.hpp"

#include <memory>
#include <optional>
#include <variant>

#include "pigeon/id.hpp"
#include "sim/checkers/client_view.hpp"
#include "sim/world/hub_world.hpp"
#include "wire/client_message.hpp"

namespace pigeon::sim {

namespace {

class Crowd;

/// A client that does something random every second or so.
class CrowdClient final : public HubClient {
 public:
  CrowdClient(Crowd& crowd, PeerId id, std::string network)
      : crowd_(crowd), id_(id.to_text()), network_(std::move(network)), view_(id_, network_) {}

  void act();
  void receive_text(std::string_view text) override;
  void receive_close(std::uint16_t /*code*/, std::string_view /*reason*/) override { go_offline(); }
  bool answers_pings() const override { return !is_silent_; }

  const ClientView& view() const { return view_; }

 private:
  void join();
  void leave();
  void signal();
  void go_offline() {
    connection_.reset();
    view_.connection_lost();
  }

  Crowd& crowd_;
  std::string id_;
  std::string network_;
  ClientView view_;
  std::optional<hub::ConnectionId> connection_;
  bool is_silent_ = false;
};

class Crowd {
 public:
  explicit Crowd(const ClientCrowdScenario& scenario)
      : world_(scheduler_, Random::from_number(scenario.seed), scenario.hub) {
    for (std::size_t i = 0; i < scenario.client_count; ++i) {
      const std::string network = "network-" + std::to_string(i % scenario.network_count);
      clients_.push_back(
          std::make_unique<CrowdClient>(*this, world_.random().id<PeerId>(), network));
      plan(*clients_.back());
    }
  }

  HubWorld& world() { return world_; }
  ClientCrowdResult& result() { return result_; }

  void plan(CrowdClient& client) {
    const auto pause = Duration(static_cast<std::int64_t>(world_.random().below(2'000'000)));
    world_.scheduler().after(pause, [this, &client] {
      client.act();
      plan(client);
    });
  }

  ClientCrowdResult finish() {
    for (const auto& client : clients_) {
      for (const std::string& violation : client->view().violations()) {
        result_.violations.push_back(violation);
      }
    }
    result_.trace_hash = world_.trace().hash();
    result_.hub_messages = world_.sent_count();
    return std::move(result_);
  }

 private:
  Scheduler scheduler_;
  HubWorld world_;
  std::vector<std::unique_ptr<CrowdClient>> clients_;
  ClientCrowdResult result_;
};

void CrowdClient::act() {
  Random& random = crowd_.world().random();
  if (!connection_) {
    if (random.chance(1, 3)) join();
    return;
  }
  if (random.chance(1, 60)) {
    leave();
  } else if (random.chance(1, 100)) {
    is_silent_ = true;
  } else {
    signal();
  }
}

void CrowdClient::join() {
  is_silent_ = false;
  connection_ = crowd_.world().connect(*this, id_, "10.0.0.1");
  crowd_.world().send(*connection_, wire::encode_announce(id_, network_, 3, ""));
}

void CrowdClient::leave() {
  if (crowd_.world().random().chance(1, 2)) {
    crowd_.world().send(*connection_, wire::encode_goodbye(id_, 0, network_));
  }
  crowd_.world().disconnect(*connection_);
  go_offline();
}

// To somebody it has been told of: an offer to the smaller, as the initiator rule wants it.
void CrowdClient::signal() {
  const auto known = view_.known();
  if (known.empty()) return;
  const std::string& target = known[crowd_.world().random().below(known.size())];
  const auto type = target < id_ ? wire::SignalType::offer : wire::SignalType::ice_candidate;
  ++crowd_.result().signals_sent;
  crowd_.world().send(*connection_, wire::encode_signal({.type = type,
                                                         .network = network_,
                                                         .target = target,
                                                         .data = R"({"n":1})",
                                                         .reason = {}}));
}

void CrowdClient::receive_text(std::string_view text) {
  const auto offer_from = view_.receive(text);
  if (view_.last_was_signal()) ++crowd_.result().signals_arrived;
  if (!offer_from || !connection_) return;
  ++crowd_.result().signals_sent;
  crowd_.world().send(*connection_, wire::encode_signal({.type = wire::SignalType::answer,
                                                         .network = network_,
                                                         .target = *offer_from,
                                                         .data = R"({"n":2})",
                                                         .reason = {}}));
}

}  // namespace

ClientCrowdResult run(const ClientCrowdScenario& scenario) {
  Crowd crowd(scenario);
  crowd.world().run_for(scenario.duration);
  return crowd.finish();
}

}  // namespace pigeon::sim
