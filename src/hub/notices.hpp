#pragma once

#include "base/time.hpp"
#include "hub/outbox.hpp"
#include "hub/peer.hpp"

namespace pigeon::hub {

/// Tells `listener` of `subject` and notes it; they are members of one namespace and linked in the
/// account.
void tell(Peer& listener, Peer& subject, Now now, Outbox& out);

/// Tells `listener` that `subject` is gone.
void tell_gone(const Peer& listener, const Peer& subject, Now now, Outbox& out);

}  // namespace pigeon::hub
