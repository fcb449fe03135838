#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <usrsctp.h>

#include "base/random.hpp"
#include "bench/rtc/flow/flow.hpp"
#include "sim/engine/scheduler.hpp"

namespace pigeon::bench {

namespace {

constexpr std::uint16_t sctp_port = 5000;
constexpr Duration tick = 10ms;
/// As much as our receive window.
constexpr int receive_buffer_bytes = 1 << 20;

class UsrsctpFlow;
/// usrsctp keeps its state in globals and asks the system for the time, so there is one at a time.
UsrsctpFlow* running = nullptr;

void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

class UsrsctpFlow {
 public:
  explicit UsrsctpFlow(const FlowSettings& settings)
      : settings_(settings),
        random_(Random::from_number(settings.seed)),
        network_(scheduler_, random_.split()) {
    running = this;
    network_.set_conditions(settings.path);
    usrsctp_init_nothreads(0, send_packet, nullptr);
    for (End& end : ends_) add(end);
    usrsctp_sysctl_set_sctp_blackhole(2);
    usrsctp_sysctl_set_sctp_ecn_enable(0);
  }
  UsrsctpFlow(const UsrsctpFlow&) = delete;
  UsrsctpFlow& operator=(const UsrsctpFlow&) = delete;
  ~UsrsctpFlow() { running = nullptr; }

  FlowOutcome run() {
    // Both begin at once, which SCTP allows.
    for (End& end : ends_) {
      sockaddr_conn address = address_of(end);
      const int result =
          usrsctp_connect(end.socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
      require(result == 0 || errno == EINPROGRESS, "usrsctp_connect");
    }
    scheduler_.after(tick, [this] { handle_tick(); });
    scheduler_.run_for(settings_.warm_up);
    const std::uint64_t before = received_bytes_;
    require(before != 0, "usrsctp has not connected");
    scheduler_.run_for(settings_.measured);
    return {.bytes = received_bytes_ - before, .network = network_.counters()};
  }

  Now now() const { return scheduler_.now(); }

 private:
  struct End {
    SocketAddress host;
    struct socket* socket = nullptr;
  };

  static sockaddr_conn address_of(End& end) {
    sockaddr_conn address{};
    address.sconn_family = AF_CONN;
    address.sconn_port = htons(sctp_port);
    address.sconn_addr = &end;
    return address;
  }

  void add(End& end) {
    const auto side = static_cast<std::uint8_t>(&end - ends_.data());
    end.host = {IpAddress(IpAddress::V4{10, side, 0, 1}), 5'000};
    network_.bind(end.host, [this, &end](const AddressPair&, BytesView datagram) {
      const BytesView packet = datagram.first(datagram.size() - flow_dtls_bytes);
      usrsctp_conninput(&end, packet.data(), packet.size(), 0);
      after_input();
    });
    usrsctp_register_address(&end);
    end.socket = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, nullptr, nullptr, 0, nullptr);
    require(end.socket != nullptr, "usrsctp_socket");
    set_options(end.socket);
    sockaddr_conn address = address_of(end);
    require(usrsctp_bind(end.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
            "usrsctp_bind");
  }

  static void set_options(struct socket* socket) {
    require(usrsctp_set_non_blocking(socket, 1) == 0, "non-blocking");
    const int send_buffer = static_cast<int>(flow_buffer_bytes);
    const int receive_buffer = receive_buffer_bytes;
    const int on = 1;
    usrsctp_setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
    usrsctp_setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    usrsctp_setsockopt(socket, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof on);
    sctp_paddrparams path{};
    path.spp_pathmtu = flow_packet_bytes;
    path.spp_flags = SPP_PMTUD_DISABLE;
    require(
        usrsctp_setsockopt(socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &path, sizeof path) == 0,
        "SCTP_PEER_ADDR_PARAMS");
  }

  static int send_packet(void* address, void* packet, std::size_t size, std::uint8_t /*tos*/,
                         std::uint8_t /*df*/) {
    auto& ends = running->ends_;
    const std::size_t side = address == &ends[0] ? 0 : 1;
    Bytes datagram(size + flow_dtls_bytes);
    const auto* const bytes = static_cast<const std::uint8_t*>(packet);
    std::copy(bytes, bytes + size, datagram.begin());
    running->network_.send(ends[side].host, ends[1 - side].host, datagram);
    return 0;
  }

  void handle_tick() {
    usrsctp_handle_timers(static_cast<std::uint32_t>(tick / 1ms));
    after_input();
    scheduler_.after(tick, [this] { handle_tick(); });
  }

  void after_input() {
    sctp_sendv_spa how{};
    how.sendv_flags = SCTP_SEND_SNDINFO_VALID;
    how.sendv_sndinfo.snd_flags = SCTP_EOR;
    while (usrsctp_sendv(ends_[0].socket, message_.data(), message_.size(), nullptr, 0, &how,
                         sizeof how, SCTP_SENDV_SPA, 0) > 0) {
    }
    ssize_t size = 0;
    do {
      sctp_rcvinfo info{};
      socklen_t info_size = sizeof info;
      unsigned kind = 0;
      int flags = 0;
      size = usrsctp_recvv(ends_[1].socket, incoming_.data(), incoming_.size(), nullptr, nullptr,
                           &info, &info_size, &kind, &flags);
      if (size > 0) received_bytes_ += static_cast<std::uint64_t>(size);
    } while (size > 0);
  }

  FlowSettings settings_;
  Random random_;
  sim::Scheduler scheduler_;
  sim::DatagramNetwork network_;
  std::array<End, 2> ends_;
  std::vector<std::uint8_t> message_ = std::vector<std::uint8_t>(flow_message_bytes, 0xa5);
  std::vector<std::uint8_t> incoming_ = std::vector<std::uint8_t>(flow_message_bytes);
  std::uint64_t received_bytes_ = 0;
};

}  // namespace

FlowOutcome run_usrsctp_flow(const FlowSettings& settings) { return UsrsctpFlow(settings).run(); }

}  // namespace pigeon::bench

/// Takes the place of the C library's, so that usrsctp measures round trips in simulated time.
extern "C" int gettimeofday(timeval* time, void* /*zone*/) noexcept {
  const std::int64_t wall_ms =
      pigeon::bench::running != nullptr ? pigeon::bench::running->now().wall_ms : 0;
  const auto micro = pigeon::bench::running != nullptr
                         ? pigeon::bench::running->now().monotonic.time_since_epoch().count()
                         : 0;
  time->tv_sec = static_cast<time_t>(wall_ms / 1'000);
  time->tv_usec = static_cast<suseconds_t>(micro % 1'000'000);
  return 0;
}
