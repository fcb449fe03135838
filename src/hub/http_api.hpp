#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "hub/input.hpp"
#include "hub/output.hpp"
#include "hub/view.hpp"

namespace pigeon::hub {

/// Header fields of every answer, by which pages of other origins may read it (Fetch standard,
/// CORS).
std::vector<std::pair<std::string_view, std::string>> cors_fields(const HubOptions& options);

/// The `Retry-After` of everything that a draining hub refuses: whole seconds, the drain window.
std::pair<std::string_view, std::string> retry_after_drain(const HubOptions& options);

/// Answers a HTTP request (PigeonHub, HTTP API of the reference node; PeerPigeon, HTTP of the
/// servers): the status page with its files, `/health`, `/hubs`, `/signaling`, `/generate-peer-id`,
/// `/peers`, `/metrics`, `/readyz`, `/livez` and `/status.json`. Paths are taken without regard to
/// case and to a slash at the end. Errors are `{"error":"..."}`.
SendResponse answer(const HttpRequest& request, const View& view, Random& random);

/// The answer to a request beyond an address's rate.
SendResponse too_many_requests(const HttpRequest& request, const View& view);

}  // namespace pigeon::hub
