// usrsctp as a bare SCTP peer: each UDP datagram on loopback is one SCTP packet, without DTLS.
// Obeys lines on standard input and tells what happens in lines on standard output, as README.md
// lists.
//
//   usrsctp_peer [--streams N] [--mtu N]

#include <array>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <usrsctp.h>

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint16_t sctp_port = 5000;
constexpr std::size_t packet_max = 65'536;
constexpr std::size_t read_size = 512 * 1024;
constexpr int socket_buffer_size = 4 * 1024 * 1024;
constexpr int tick_ms = 5;

/// Some messages that are still to be sent, all of one kind.
struct Sending {
  sctp_sendv_spa how{};
  std::size_t bytes = 0;
  std::uint32_t seed = 0;
  std::uint32_t count = 0;
  std::uint32_t done = 0;
};

int udp = -1;
struct socket* listener = nullptr;
struct socket* association = nullptr;
bool echoing = false;
unsigned streams = 1024;
std::uint32_t path_mtu = 1191;
/// Every how manieth packet is lost on the way out; 0 for none.
std::uint64_t drop_every = 0;
std::uint64_t packets_sent = 0;
std::deque<Sending> sendings;
std::deque<std::pair<sctp_sendv_spa, Bytes>> echoes;
/// What has come of a message whose end has not.
Bytes partial;

template <typename... Words>
void tell(const Words&... words) {
  const char* separator = "";
  ((std::cout << separator << words, separator = " "), ...);
  std::cout << std::endl;
}

/// For what can fail only by a mistake in this program or its machine.
void require(bool condition, const char* what) {
  if (condition) return;
  tell("error", what, std::strerror(errno));
  std::_Exit(1);
}

/// The same bytes as binary_content() of lib/content.mjs.
Bytes content(std::uint32_t seed, std::uint32_t index, std::size_t size) {
  Bytes bytes(size);
  std::uint32_t word = seed * 0x9e3779b1U + index;
  if (word == 0) word = 1;
  for (std::size_t at = 0; at < size; ++at) {
    if (at % 4 == 0) {
      word ^= word << 13;
      word ^= word >> 17;
      word ^= word << 5;
    }
    bytes[at] = static_cast<std::uint8_t>(word >> (8 * (at % 4)));
  }
  return bytes;
}

/// FNV-1a of 64 bits.
std::string digest(const Bytes& bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3U;
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016" PRIx64, hash);
  return text.data();
}

int send_packet(void*, void* packet, std::size_t size, std::uint8_t, std::uint8_t) {
  ++packets_sent;
  if (drop_every != 0 && packets_sent % drop_every == 0) return 0;
  // What the kernel does not take is lost, as on any network.
  if (::send(udp, packet, size, 0) < 0) return 0;
  return 0;
}

sockaddr_conn sctp_address() {
  sockaddr_conn address{};
  address.sconn_family = AF_CONN;
  address.sconn_port = htons(sctp_port);
  address.sconn_addr = &udp;
  return address;
}

template <typename Option>
void set_option(struct socket* socket, int name, const Option& option, const char* what) {
  require(usrsctp_setsockopt(socket, IPPROTO_SCTP, name, &option, sizeof option) == 0, what);
}

void set_options(struct socket* socket) {
  require(usrsctp_set_non_blocking(socket, 1) == 0, "non-blocking");
  for (const int name : {SO_RCVBUF, SO_SNDBUF}) {
    require(usrsctp_setsockopt(socket, SOL_SOCKET, name, &socket_buffer_size,
                               sizeof socket_buffer_size) == 0,
            "socket buffer");
  }
  const int on = 1;
  set_option(socket, SCTP_NODELAY, on, "SCTP_NODELAY");
  set_option(socket, SCTP_RECVRCVINFO, on, "SCTP_RECVRCVINFO");
  set_option(socket, SCTP_ENABLE_STREAM_RESET,
             sctp_assoc_value{.assoc_id = SCTP_ALL_ASSOC, .assoc_value = 1},
             "SCTP_ENABLE_STREAM_RESET");
  const auto count = static_cast<std::uint16_t>(streams);
  set_option(socket, SCTP_INITMSG, sctp_initmsg{count, count, 0, 0}, "SCTP_INITMSG");
  sctp_paddrparams path{};
  // No address in particular; an accepted socket wants to know its family.
  path.spp_address.ss_family = AF_CONN;
  path.spp_pathmtu = path_mtu;
  path.spp_flags = SPP_PMTUD_DISABLE;
  set_option(socket, SCTP_PEER_ADDR_PARAMS, path, "SCTP_PEER_ADDR_PARAMS");
  for (const int type : {SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT, SCTP_SEND_FAILED_EVENT,
                         SCTP_STREAM_CHANGE_EVENT}) {
    sctp_event event{};
    event.se_assoc_id = SCTP_ALL_ASSOC;
    event.se_type = static_cast<std::uint16_t>(type);
    event.se_on = 1;
    set_option(socket, SCTP_EVENT, event, "SCTP_EVENT");
  }
}

struct socket* open_socket() {
  struct socket* socket =
      usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, nullptr, nullptr, 0, nullptr);
  require(socket != nullptr, "usrsctp_socket");
  set_options(socket);
  sockaddr_conn address = sctp_address();
  require(usrsctp_bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
          "usrsctp_bind");
  return socket;
}

void listen() {
  listener = open_socket();
  require(usrsctp_listen(listener, 1) == 0, "usrsctp_listen");
}

void connect() {
  association = open_socket();
  sockaddr_conn address = sctp_address();
  const int result =
      usrsctp_connect(association, reinterpret_cast<sockaddr*>(&address), sizeof address);
  require(result == 0 || errno == EINPROGRESS, "usrsctp_connect");
}

void tell_reset(const sctp_stream_reset_event& event) {
  const std::size_t count =
      (event.strreset_length - sizeof event) / sizeof event.strreset_stream_list[0];
  const unsigned flags = event.strreset_flags;
  const char* what = "reset";
  if ((flags & SCTP_STREAM_RESET_DENIED) != 0) what = "reset_denied";
  if ((flags & SCTP_STREAM_RESET_FAILED) != 0) what = "reset_failed";
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned stream = event.strreset_stream_list[i];
    if ((flags & SCTP_STREAM_RESET_INCOMING_SSN) != 0) tell(what, "incoming", stream);
    if ((flags & SCTP_STREAM_RESET_OUTGOING_SSN) != 0) tell(what, "outgoing", stream);
  }
}

void tell_change(const sctp_assoc_change& change) {
  switch (change.sac_state) {
    case SCTP_COMM_UP:
      return tell("up", change.sac_inbound_streams, change.sac_outbound_streams);
    case SCTP_RESTART:
      return tell("restarted");
    case SCTP_COMM_LOST:
      return tell("lost");
    case SCTP_SHUTDOWN_COMP:
      return tell("down");
    default:
      return tell("failed");
  }
}

void take_notification(const Bytes& bytes) {
  const auto& event = *reinterpret_cast<const sctp_notification*>(bytes.data());
  switch (event.sn_header.sn_type) {
    case SCTP_ASSOC_CHANGE:
      return tell_change(event.sn_assoc_change);
    case SCTP_STREAM_RESET_EVENT:
      return tell_reset(event.sn_strreset_event);
    case SCTP_SEND_FAILED_EVENT:
      return tell("abandoned", event.sn_send_failed_event.ssfe_info.snd_sid);
    default:
      return;
  }
}

void take_message(const sctp_rcvinfo& info, Bytes message) {
  const bool unordered = (info.rcv_flags & SCTP_UNORDERED) != 0;
  tell("message", info.rcv_sid, ntohl(info.rcv_ppid), unordered ? "unordered" : "ordered",
       message.size(), digest(message));
  if (!echoing) return;
  sctp_sendv_spa how{};
  how.sendv_flags = SCTP_SEND_SNDINFO_VALID;
  how.sendv_sndinfo.snd_sid = info.rcv_sid;
  how.sendv_sndinfo.snd_ppid = info.rcv_ppid;
  if (unordered) how.sendv_sndinfo.snd_flags = SCTP_UNORDERED;
  echoes.emplace_back(how, std::move(message));
}

/// Reads one piece; false if there is none.
bool receive() {
  static Bytes buffer(read_size);
  sctp_rcvinfo info{};
  socklen_t info_size = sizeof info;
  unsigned info_type = 0;
  int flags = 0;
  const ssize_t size = usrsctp_recvv(association, buffer.data(), buffer.size(), nullptr, nullptr,
                                     &info, &info_size, &info_type, &flags);
  if (size <= 0) return false;
  partial.insert(partial.end(), buffer.begin(), buffer.begin() + size);
  if ((flags & MSG_EOR) == 0) return true;
  Bytes whole = std::exchange(partial, {});
  if ((flags & MSG_NOTIFICATION) != 0) {
    take_notification(whole);
  } else {
    take_message(info, std::move(whole));
  }
  return true;
}

/// False if it must be tried again later.
bool send_message(sctp_sendv_spa how, const Bytes& message) {
  const ssize_t size = usrsctp_sendv(association, message.data(), message.size(), nullptr, 0, &how,
                                     sizeof how, SCTP_SENDV_SPA, 0);
  if (size >= 0) return true;
  if (errno == EWOULDBLOCK || errno == EAGAIN || errno == EINPROGRESS) return false;
  tell("error", "send", std::strerror(errno));
  return true;
}

void send_what_fits() {
  while (!echoes.empty() && send_message(echoes.front().first, echoes.front().second)) {
    echoes.pop_front();
  }
  while (!sendings.empty()) {
    Sending& now = sendings.front();
    while (now.done < now.count && send_message(now.how, content(now.seed, now.done, now.bytes))) {
      ++now.done;
    }
    if (now.done < now.count) return;
    tell("sent", now.how.sendv_sndinfo.snd_sid, now.count);
    sendings.pop_front();
  }
}

/// The words after "send": STREAM PPID BYTES COUNT SEED [unordered] [rtx N | ttl MS]
void add_sending(std::istringstream& words) {
  Sending sending;
  sctp_sndinfo& info = sending.how.sendv_sndinfo;
  words >> info.snd_sid >> info.snd_ppid >> sending.bytes >> sending.count >> sending.seed;
  info.snd_ppid = htonl(info.snd_ppid);
  sending.how.sendv_flags = SCTP_SEND_SNDINFO_VALID;
  std::string word;
  while (words >> word) {
    sctp_prinfo& limit = sending.how.sendv_prinfo;
    if (word == "unordered") {
      info.snd_flags = SCTP_UNORDERED;
    } else if (words >> limit.pr_value) {
      limit.pr_policy = word == "rtx" ? SCTP_PR_SCTP_RTX : SCTP_PR_SCTP_TTL;
      sending.how.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    }
  }
  sendings.push_back(sending);
}

void reset_stream(std::uint16_t stream) {
  std::array<std::uint8_t, sizeof(sctp_reset_streams) + sizeof stream> memory{};
  auto& request = *reinterpret_cast<sctp_reset_streams*>(memory.data());
  request.srs_flags = SCTP_STREAM_RESET_OUTGOING;
  request.srs_number_streams = 1;
  request.srs_stream_list[0] = stream;
  const int result = usrsctp_setsockopt(association, IPPROTO_SCTP, SCTP_RESET_STREAMS,
                                        memory.data(), memory.size());
  if (result != 0) tell("error", "reset", std::strerror(errno));
}

void connect_udp(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  require(::connect(udp, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "peer");
}

void abort_association() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  usrsctp_setsockopt(association, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  usrsctp_close(association);
  association = nullptr;
  tell("aborted");
}

void obey_association(const std::string& verb, std::istringstream& words) {
  if (association == nullptr) return tell("error", verb, "no association");
  if (verb == "send") return add_sending(words);
  if (verb == "abort") return abort_association();
  if (verb == "reset") {
    std::uint16_t stream = 0;
    words >> stream;
    return reset_stream(stream);
  }
  if (verb == "shutdown") {
    usrsctp_shutdown(association, SHUT_WR);
    return;
  }
  tell("error", verb, "unknown");
}

void obey(const std::string& line) {
  std::istringstream words(line);
  std::string verb;
  words >> verb;
  if (verb == "peer") {
    std::uint16_t port = 0;
    words >> port;
    connect_udp(port);
  } else if (verb == "listen") {
    listen();
  } else if (verb == "connect") {
    connect();
  } else if (verb == "drop") {
    words >> drop_every;
  } else if (verb == "echo") {
    std::string word;
    words >> word;
    echoing = word == "on";
  } else {
    obey_association(verb, words);
  }
}

/// False at the end of standard input.
bool read_commands() {
  static std::string unread;
  std::array<char, 4096> buffer{};
  const ssize_t size = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (size <= 0) return false;
  unread.append(buffer.data(), static_cast<std::size_t>(size));
  for (std::size_t end = 0; (end = unread.find('\n')) != std::string::npos;) {
    obey(unread.substr(0, end));
    unread.erase(0, end + 1);
  }
  return true;
}

void read_packets() {
  // What comes before there is a socket waits in the kernel; usrsctp would refuse it.
  if (listener == nullptr && association == nullptr) return;
  static Bytes packet(packet_max);
  for (;;) {
    const ssize_t size = ::recv(udp, packet.data(), packet.size(), MSG_DONTWAIT);
    if (size <= 0) return;
    usrsctp_conninput(&udp, packet.data(), static_cast<std::size_t>(size), 0);
  }
}

void accept() {
  if (listener == nullptr || association != nullptr) return;
  association = usrsctp_accept(listener, nullptr, nullptr);
  if (association != nullptr) set_options(association);
}

void open_udp() {
  udp = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  require(::bind(udp, reinterpret_cast<sockaddr*>(&address), size) == 0, "bind");
  for (const int name : {SO_RCVBUF, SO_SNDBUF}) {
    ::setsockopt(udp, SOL_SOCKET, name, &socket_buffer_size, sizeof socket_buffer_size);
  }
  require(::getsockname(udp, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  tell("udp", ntohs(address.sin_port));
}

void run() {
  using Clock = std::chrono::steady_clock;
  auto ticked = Clock::now();
  std::array<pollfd, 2> ready{{{STDIN_FILENO, POLLIN, 0}, {udp, POLLIN, 0}}};
  for (;;) {
    ::poll(ready.data(), ready.size(), tick_ms);
    if (ready[0].revents != 0 && !read_commands()) return;
    read_packets();
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - ticked);
    if (elapsed.count() > 0) {
      usrsctp_handle_timers(static_cast<std::uint32_t>(elapsed.count()));
      ticked += elapsed;
    }
    accept();
    if (association == nullptr) continue;
    while (receive()) {
    }
    send_what_fits();
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const auto value = static_cast<unsigned>(std::strtoul(argv[i + 1], nullptr, 10));
    if (std::string_view(argv[i]) == "--streams") streams = value;
    if (std::string_view(argv[i]) == "--mtu") path_mtu = value;
  }
  open_udp();
  usrsctp_init_nothreads(0, send_packet, nullptr);
  usrsctp_register_address(&udp);
  run();
  return 0;
}
