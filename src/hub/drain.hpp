#pragma once

#include <optional>
#include <vector>

#include "base/agenda.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "hub/admission.hpp"
#include "hub/outbox.hpp"
#include "hub/peer_table.hpp"
#include "pigeon/options.hpp"

namespace pigeon::hub {

/// The end of a hub: closes every connection with 1001, one after another in random order over the
/// drain window, so that the clients do not come back all at once.
class Drain {
 public:
  explicit Drain(const LivenessOptions& options) : options_(options) {}

  /// Plans the closes of all connections that are there.
  void begin(std::vector<ConnectionId> connections, Random& random, Instant now);

  bool has_begun() const { return end_.has_value(); }

  /// Plans the close of a connection that was on its way in when the drain began, for the driver
  /// refuses newcomers: at the end of the window.
  void add(ConnectionId connection, Instant now);

  /// Closes what is due. When the window ends, says `Drained`, once.
  void handle_timeout(const PeerTable& peers, Admission& admission, Instant now, Outbox& out);

  Instant next_timeout() const;

 private:
  LivenessOptions options_;
  std::optional<Instant> end_;
  bool is_reported_ = false;
  Agenda<ConnectionId> closes_;
};

}  // namespace pigeon::hub
