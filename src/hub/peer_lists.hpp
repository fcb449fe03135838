#pragma once

#include <string>
#include <string_view>

#include "hub/input.hpp"
#include "hub/view.hpp"

namespace pigeon::hub {

/// The WebSocket URL under which the sender of the request reaches this hub: the configured public
/// URL, else its Host header if that is a plausible host, else localhost.
std::string socket_url(const HttpRequest& request, const View& view);

/// The body of `/health`.
std::string health_json(const View& view);
/// The body of `/signaling`; `sample_id` is a fresh id.
std::string signaling_json(const View& view, std::string_view socket_url,
                           std::string_view sample_id);
/// The body of `/generate-peer-id`.
std::string generated_id_json(const View& view, std::string_view socket_url, std::string_view id);
/// The body of `/peers`: announced peers of this hub, at most 1,000; `count` tells how many there
/// are.
std::string peers_json(const View& view);

}  // namespace pigeon::hub
