#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/random.hpp"
#include "net/tls_client_context.hpp"
#include "node/input.hpp"
#include "node/output.hpp"
#include "runtime/hub_socket.hpp"

namespace pigeon::runtime {

/// The ways to the hubs of one node: carries out what its core wants of them. Belongs to the
/// loop's thread.
class NodeHubs {
 public:
  /// Whose certificates are taken, or why none can be.
  using Trust = Result<net::TlsClientContext, std::string>;

  struct Calls {
    /// Asked when a hub speaks TLS.
    std::function<Trust()> trust;
    /// Something happened to a hub. Never inside a call.
    std::function<void(node::Input)> tell;
    /// A hub that was closed has ended. Never inside a call.
    std::function<void()> ended;
  };

  NodeHubs(boost::asio::io_context& loop, Random random, Calls calls);
  NodeHubs(const NodeHubs&) = delete;
  NodeHubs& operator=(const NodeHubs&) = delete;
  ~NodeHubs() = default;

  void carry_out(const signaling::OpenHub& open);
  void carry_out(const signaling::SendToHub& send);
  void carry_out(const signaling::CloseHub& close);

  /// Closes all that are left.
  void close_all();
  bool is_empty() const { return sockets_.empty() && closing_.empty(); }

 private:
  /// One hub has several connections in the course of time, so each has a number of its own.
  struct Socket {
    std::uint64_t number = 0;
    std::unique_ptr<HubSocket> socket;
  };

  HubSocketCallbacks callbacks(signaling::HubKey hub, std::uint64_t number);
  bool is_current(signaling::HubKey hub, std::uint64_t number) const;
  void take_closed(signaling::HubKey hub, std::uint64_t number, std::uint16_t code,
                   std::string_view reason);

  boost::asio::io_context& loop_;
  Random random_;
  Calls calls_;
  std::map<signaling::HubKey, Socket> sockets_;
  /// The core has done with them.
  std::vector<Socket> closing_;
  std::uint64_t next_number_ = 1;
};

}  // namespace pigeon::runtime
