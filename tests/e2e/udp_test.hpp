#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/udp_socket.hpp"

namespace pigeon::test {

using namespace std::chrono_literals;

/// Waits until a socket can be read; false if it cannot for ten seconds.
inline bool wait_readable(const net::UdpSocket& socket) {
  pollfd entry{.fd = socket.descriptor(), .events = POLLIN, .revents = 0};
  constexpr std::chrono::milliseconds deadline = 10s;
  return ::poll(&entry, 1, static_cast<int>(deadline.count())) == 1;
}

inline net::UdpSocket bind_udp(const IpAddress& ip, const net::UdpOptions& options = {}) {
  auto socket = net::UdpSocket::bind({ip, 0}, options);
  if (!socket) ADD_FAILURE() << socket.error();
  return *std::move(socket);
}

inline AddressPair path(const net::UdpSocket& from, const net::UdpSocket& to) {
  return {from.local_address(), to.local_address()};
}

inline void add(DatagramBatch& batch, const AddressPair& path, BytesView payload) {
  const MutableBytesView room = batch.reserve(payload.size());
  std::copy(payload.begin(), payload.end(), room.begin());
  batch.commit(path, payload.size());
}

/// A payload that tells its number in its first bytes; `size` is 4 or more.
inline Bytes numbered(std::uint32_t number, std::size_t size) {
  Bytes payload(size, static_cast<std::uint8_t>(number * 7));
  for (std::size_t i = 0; i < 4; ++i) payload[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return payload;
}

/// What arrived, copied out of the buffer.
struct Received {
  AddressPair path;
  Bytes payload;
  friend bool operator==(const Received&, const Received&) = default;
};

/// Reads until so many datagrams have come; gives fewer after ten seconds without any.
inline std::vector<Received> receive(net::UdpSocket& socket, std::size_t count) {
  net::DatagramBuffer buffer;
  std::vector<Received> received;
  while (received.size() < count && wait_readable(socket)) {
    while (socket.receive(buffer)) {
      for (const auto& one : buffer.datagrams()) {
        received.push_back({one.path, Bytes(one.payload.begin(), one.payload.end())});
      }
    }
  }
  return received;
}

inline std::vector<Bytes> payloads(const std::vector<Received>& received) {
  std::vector<Bytes> result;
  result.reserve(received.size());
  for (const Received& one : received) result.push_back(one.payload);
  return result;
}

}  // namespace pigeon::test
