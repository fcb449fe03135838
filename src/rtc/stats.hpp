#pragma once

#include <cstdint>
#include <optional>

#include "base/socket_address.hpp"
#include "rtc/data_channels.hpp"
#include "rtc/dtls/session.hpp"
#include "rtc/ice/stats.hpp"
#include "rtc/sctp/association.hpp"
#include "rtc/transport.hpp"

namespace pigeon::rtc {

/// What a connection has counted, by layer (in place of RTCStatsReport).
struct Stats {
  ice::Stats ice;
  /// The path that carries data; none before there is one.
  std::optional<AddressPair> selected_path;
  ice::CandidateType local_candidate_type{};
  ice::CandidateType remote_candidate_type{};
  dtls::Session::Stats dtls;
  sctp::AssociationStats sctp;
  DataChannels::Stats channels;
  Transport::Stats transport;
};

}  // namespace pigeon::rtc
