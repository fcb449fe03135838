#include "hub/notices.hpp"

#include <string>

#include "base/assert.hpp"
#include "hub/roster.hpp"
#include "wire/server_message.hpp"

namespace pigeon::hub {

void tell(Peer& listener, Peer& subject, Now now, Outbox& out) {
  Link* link = listener.find_link(subject);
  PIGEON_ASSERT(link != nullptr);
  link->told = true;
  const std::string subject_id = subject.id.to_text();
  const std::string listener_id = listener.id.to_text();
  out.send(listener, MessageKind::peer_discovered,
           encode(wire::PeerDiscovered{.peer_id = subject_id,
                                       .members = subject.members,
                                       .to = listener_id,
                                       .network = listener.network->name,
                                       .timestamp = now.wall_ms}),
           now);
}

void tell_gone(const Peer& listener, const Peer& subject, Now now, Outbox& out) {
  const std::string subject_id = subject.id.to_text();
  const std::string listener_id = listener.id.to_text();
  out.send(listener, MessageKind::peer_disconnected,
           encode(wire::PeerDisconnected{.peer_id = subject_id,
                                         .to = listener_id,
                                         .network = listener.network->name,
                                         .timestamp = now.wall_ms}),
           now);
}

}  // namespace pigeon::hub
