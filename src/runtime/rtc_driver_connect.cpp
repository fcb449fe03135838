// How connections come into a loop.
#include <algorithm>
#include <utility>

#include "net/interface_addresses.hpp"
#include "runtime/rtc_driver.hpp"

namespace pigeon::runtime {

namespace {

/// Certificates are valid for 30 days; connections of before keep theirs.
constexpr Duration certificate_age_max = std::chrono::hours(24 * 10);

rtc::Configuration configuration_of(const PeerConnectionOptions& options,
                                    const ResolvedServers& servers, std::size_t batch_bytes_max) {
  rtc::Configuration configuration;
  configuration.message_size_max = options.message_size_max;
  configuration.batch_bytes_max = batch_bytes_max;
  configuration.channels.count_max = options.channel_count_max;
  configuration.transport.sctp.sending.buffer_max = options.send_buffer_max;
  configuration.transport.ice.relay_only = options.relay_only;
  // What they would tell is not to be used.
  if (!options.relay_only) configuration.transport.ice.stun_servers = servers.stun;
  configuration.transport.ice.turn_servers = servers.turn;
  // The default is the least that is allowed, and the sockets take no more than theirs.
  auto& sctp = configuration.transport.sctp;
  const std::size_t overhead = configuration.transport.dtls.datagram_size_max - sctp.packet_max;
  const std::size_t datagram_max =
      std::min(options.datagram_size_max, net::UdpOptions{}.datagram_size_max);
  sctp.packet_probe_max = std::max(sctp.packet_max + overhead, datagram_max) - overhead;
  return configuration;
}

}  // namespace

Result<RtcConnection*, std::string> RtcDriver::connect(const PeerConnectionOptions& options,
                                                       pigeon::PeerConnection::OnEvent on_event) {
  const auto servers = resolve_ice_servers(options.ice_servers);
  if (!servers) return Unexpected(servers.error());
  const bool shares_sockets = options_.shares_sockets && !servers->has_turn_over_udp();
  if (shares_sockets) {
    if (auto bound = bind_shared_ports(); !bound) return Unexpected(bound.error());
  }
  auto connection = make_connection(options, *servers, std::move(on_event));
  if (!shares_sockets) {
    auto ports = bind_ports(0, connection.get());
    if (!ports) return Unexpected(ports.error());
    connection->own_ports = *std::move(ports);
  }
  RtcConnection& kept = *connection;
  const auto& ports = shares_sockets ? shared_ports_ : kept.own_ports;
  const Now now = net::read_clock();
  for (const auto& port : ports) kept.peer.add_local_address(port->socket().local_address(), now);
  kept.peer.end_of_local_addresses(now);
  connections_.emplace(kept.id, std::move(connection));
  follow_ufrag(kept);
  touch(kept);
  return &kept;
}

std::unique_ptr<RtcConnection> RtcDriver::make_connection(
    const PeerConnectionOptions& options, const ResolvedServers& servers,
    pigeon::PeerConnection::OnEvent on_event) {
  renew_certificate(net::read_clock());
  rtc::Configuration configuration = configuration_of(options, servers, batch_bytes_max);
  // Whoever names such an address, or asks for all of them, wants it used.
  configuration.transport.ice.use_loopback = true;
  while (connections_.contains(rtc::ConnectionId{next_connection_})) ++next_connection_;
  return std::make_unique<RtcConnection>(
      rtc::ConnectionId{next_connection_++},
      rtc::PeerConnection(certificate_, std::move(configuration), random_.split()),
      std::move(on_event));
}

void RtcDriver::renew_certificate(Now now) {
  if (now.monotonic - certificate_made_at_ < certificate_age_max) return;
  certificate_ = dtls::Certificate::generate(now);
  certificate_made_at_ = now.monotonic;
}

Result<void, std::string> RtcDriver::bind_shared_ports() {
  if (!shared_ports_.empty()) return {};
  auto ports = bind_ports(options_.port, nullptr);
  if (!ports) return Unexpected(ports.error());
  shared_ports_ = *std::move(ports);
  return {};
}

std::vector<IpAddress> RtcDriver::local_addresses() const {
  std::vector<IpAddress> addresses;
  for (const std::string& text : options_.addresses) addresses.push_back(*IpAddress::parse(text));
  if (!addresses.empty()) return addresses;
  for (const net::InterfaceAddress& one : net::interface_addresses()) {
    if (one.is_link_local || (one.is_loopback && !options_.use_loopback)) continue;
    const bool is_known =
        std::find(addresses.begin(), addresses.end(), one.address) != addresses.end();
    if (!is_known) addresses.push_back(one.address);
  }
  return addresses;
}

Result<std::vector<std::unique_ptr<UdpPort>>, std::string> RtcDriver::bind_ports(
    std::uint16_t port, RtcConnection* owner) {
  std::vector<std::unique_ptr<UdpPort>> ports;
  std::string failure =
      "No interface of this machine has an address to be used. Name one, or allow loopback.";
  for (const IpAddress& address : local_addresses()) {
    auto socket = net::UdpSocket::bind({address, port});
    // An address that was only found may be gone already.
    if (!socket) {
      failure = socket.error();
      if (options_.addresses.empty()) continue;
      ports.clear();
      break;
    }
    auto bound = std::make_unique<UdpPort>(*std::move(socket), next_watch());
    const int descriptor = bound->socket().descriptor();
    if (!poller_.add(descriptor, bound->watch(), Poller::Interest::read)) {
      failure = "The system does not watch another socket. Raise the limit on watched ones.";
      break;
    }
    ports.push_back(std::move(bound));
  }
  if (ports.empty()) return Unexpected(failure);
  for (const auto& bound : ports) {
    watched_.emplace(bound->watch(), Watched{bound.get(), nullptr, owner});
  }
  return ports;
}

}  // namespace pigeon::runtime
