#include "runtime/udp_port.hpp"

#include <algorithm>

namespace pigeon::runtime {

void append(DatagramBatch& batch, const AddressPair& path, BytesView payload) {
  const MutableBytesView room = batch.reserve(payload.size());
  std::copy(payload.begin(), payload.end(), room.begin());
  batch.commit(path, payload.size());
}

bool UdpPort::send(DatagramBatch& batch) {
  if (is_blocked()) {
    keep(batch);
    return false;
  }
  sent_ = socket_.send(batch);
  if (sent_ < batch.size()) std::swap(batch, waiting_);
  return !is_blocked();
}

bool UdpPort::resume() {
  sent_ = socket_.send(waiting_, sent_);
  if (sent_ < waiting_.size()) return false;
  // Their memory, too: most sockets never wait.
  waiting_ = {};
  added_bytes_ = 0;
  return true;
}

void UdpPort::keep(const DatagramBatch& batch) {
  for (const auto& datagram : batch.datagrams()) {
    if (added_bytes_ + datagram.size > waiting_bytes_max) return;
    added_bytes_ += datagram.size;
    append(waiting_, datagram.path, batch.payload(datagram));
  }
}

}  // namespace pigeon::runtime
