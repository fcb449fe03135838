// TCP connections to TURN servers.
#include <algorithm>
#include <array>

#include "runtime/rtc_driver.hpp"

namespace pigeon::runtime {

namespace {
/// Bytes read from one server in one wake.
constexpr std::size_t read_size_max = std::size_t{64} << 10U;
}  // namespace

void RtcDriver::open_stream(RtcConnection& connection, const rtc::TcpConnect& wish) {
  auto stream = TurnStream::open(wish.stream, wish.server, next_watch());
  if (!stream || !poller_.add(stream->descriptor(), stream->watch(), Poller::Interest::write)) {
    connection.peer.tcp_closed(wish.stream, net::read_clock());
    touch(connection);
    return;
  }
  auto& kept = connection.streams.emplace_back(std::make_unique<TurnStream>(*std::move(stream)));
  watched_.emplace(kept->watch(), Watched{nullptr, kept.get(), &connection});
}

void RtcDriver::write_stream(RtcConnection& connection, const rtc::TcpSend& wish) {
  TurnStream* const stream = find_stream(connection, wish.stream);
  if (stream == nullptr) return;
  const bool was_waiting = stream->wants_write();
  if (!stream->write(wish.data)) {
    lose_stream(connection, wish.stream);
  } else if (!was_waiting && stream->wants_write()) {
    watch_stream(*stream);
  }
}

void RtcDriver::close_stream(RtcConnection& connection, std::uint32_t number) {
  const TurnStream* const stream = find_stream(connection, number);
  if (stream == nullptr) return;
  watched_.erase(stream->watch());
  std::erase_if(connection.streams,
                [number](const auto& other) { return other->number() == number; });
}

void RtcDriver::serve_stream(RtcConnection& connection, TurnStream& stream,
                             const Poller::Ready& ready) {
  touch(connection);
  if (!advance_stream(connection, stream, ready)) lose_stream(connection, stream.number());
}

bool RtcDriver::advance_stream(RtcConnection& connection, TurnStream& stream,
                               const Poller::Ready& ready) {
  if (ready.is_writable && stream.wants_write()) {
    if (!stream.is_connected()) {
      const auto local = stream.finish_connecting();
      if (!local) return false;
      connection.peer.tcp_connected(stream.number(), *local, net::read_clock());
    }
    if (!stream.flush()) return false;
    watch_stream(stream);
  }
  return !ready.is_readable || !stream.is_connected() || read_stream(connection, stream);
}

bool RtcDriver::read_stream(RtcConnection& connection, TurnStream& stream) {
  // Not initialized: only what was written is read.
  std::array<std::uint8_t, read_size_max> bytes;  // NOLINT(*-member-init)
  const net::IoResult result = stream.read(bytes);
  if (result.status == net::IoStatus::wants_read) return true;
  if (result.status != net::IoStatus::done) return false;
  connection.peer.tcp_received(stream.number(), BytesView(bytes).first(result.bytes),
                               net::read_clock());
  return true;
}

void RtcDriver::lose_stream(RtcConnection& connection, std::uint32_t number) {
  close_stream(connection, number);
  connection.peer.tcp_closed(number, net::read_clock());
  touch(connection);
}

void RtcDriver::watch_stream(const TurnStream& stream) {
  poller_.change(stream.descriptor(), stream.watch(),
                 stream.wants_write() ? Poller::Interest::both : Poller::Interest::read);
}

TurnStream* RtcDriver::find_stream(RtcConnection& connection, std::uint32_t number) {
  const auto found =
      std::find_if(connection.streams.begin(), connection.streams.end(),
                   [number](const auto& stream) { return stream->number() == number; });
  return found == connection.streams.end() ? nullptr : found->get();
}

}  // namespace pigeon::runtime
