// Two DTLS sessions. The input says what becomes of each datagram on its way: delivered, lost,
// changed, cut, sent twice or replaced by bytes of the input, and how much time passes.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/assert.hpp"
#include "rtc/dtls/session.hpp"
#include "tests/fuzz/script.hpp"

namespace {

using namespace pigeon;
using dtls::Session;
using fuzz::Script;

Now at(Duration since_start) { return {Instant(since_start), 1'700'000'000'000}; }

Bytes copy(BytesView bytes) { return {bytes.begin(), bytes.end()}; }

const dtls::Certificate& certificate() {
  static const dtls::Certificate made = dtls::Certificate::generate(at(0s));
  return made;
}

void deliver(Session& to, BytesView datagram, Now now) {
  static std::array<std::uint8_t, 70'000> scratch;
  to.receive(datagram);
  while (to.read(scratch, now)) {
  }
}

void carry(Script& script, Bytes datagram, Session& to, Now now) {
  switch (script.byte() % 8) {
    case 0:
      return;
    case 1:
      if (!datagram.empty()) {
        const std::size_t place = script.number() % datagram.size();
        datagram[place] ^= script.byte();
      }
      break;
    case 2:
      datagram.resize(datagram.size() * script.byte() / 256);
      break;
    case 3:
      datagram = copy(script.bytes());
      break;
    case 4:
      deliver(to, datagram, now);
      break;
    default:
      break;
  }
  deliver(to, datagram, now);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  const auto fingerprint = certificate().fingerprint();
  std::array<Session, 2> ends = {
      Session(certificate(), dtls::Role::client, {fingerprint}, {}, at(0s)),
      Session(certificate(), dtls::Role::server, {fingerprint}, {}, at(0s))};
  Duration time = 0s;
  for (int step = 0; step < 60; ++step) {
    for (std::size_t i = 0; i < ends.size(); ++i) {
      Session& to = ends[1 - i];
      for (Bytes& datagram : ends[i].take_datagrams()) carry(script, datagram, to, at(time));
      Bytes record(64);
      record.resize(ends[i].seal(as_bytes("data"), record));
      if (!record.empty() && !script.is_finished()) carry(script, record, to, at(time));
      time += script.byte() * 10ms;
      ends[i].handle_timeout(at(time));
    }
    if (script.is_finished() && step > 10) break;
  }
  for (Session& end : ends) end.close();
  return 0;
}
