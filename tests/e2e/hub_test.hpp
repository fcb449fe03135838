#pragma once

#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/http_client.hpp"
#include "tests/support/hub_process.hpp"
#include "tests/support/peer_client.hpp"
#include "tests/support/websocket_client.hpp"

namespace pigeon::test {

/// A test that starts the hub it needs. Afterwards the hub must have lived, and must end in order:
/// under sanitizers that is also where leaks show.
class HubTest : public ::testing::Test {
 protected:
  /// Starts the hub. Without a drain window: only its own tests want to wait for it.
  void start(Flags flags = {}) {
    flags.insert(flags.begin(), {"--drain-window", "0ms"});
    hub_ = std::make_unique<HubProcess>(flags);
  }

  HubProcess& hub() { return *hub_; }
  std::uint16_t port() const { return hub_->port(); }

  PeerClient connect(std::uint64_t number, PeerOptions options = {}) {
    return {port(), make_id(number), std::move(options)};
  }

  /// A value of /metrics, by its name with labels; 0 if it is not there.
  double metric(const std::string& name) const {
    // From an address of its own, so that nobody's limits matter.
    HttpClient client({.port = port(), .source = "127.0.0.99"});
    const std::string text = "\n" + client.get("/metrics").body;
    const std::size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
  }
  /// How often the hub has refused something for this reason.
  double refused(const std::string& reason) const {
    return metric("pigeonhub_refused_total{reason=\"" + reason + "\"}");
  }

  void TearDown() override {
    if (hub_ == nullptr) return;
    EXPECT_TRUE(hub_->process().is_running()) << hub_->process().output();
    EXPECT_EQ(hub_->stop(), 0) << hub_->process().output();
  }

 private:
  std::unique_ptr<HubProcess> hub_;
};

/// How the connection that ends here was closed.
inline void expect_closed(WebSocketClient& socket, std::uint16_t code, const std::string& reason) {
  const Ending ending = socket.wait_closed();
  EXPECT_EQ(ending.code, code) << ending.reason;
  EXPECT_EQ(ending.reason, reason);
}

}  // namespace pigeon::test
