#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "pigeon/id.hpp"
#include "runtime/hub_socket.hpp"

namespace pigeon::runtime {

/// What came of an attempt to reach a hub.
struct HubProbe {
  struct Step {
    HubStage stage{};
    std::chrono::milliseconds after{};
  };

  /// False: the URL cannot be used, and nothing was tried.
  bool is_url_good = false;
  bool is_secure = false;
  std::string host;
  std::uint16_t port = 0;
  /// What was reached, with the time since the beginning.
  std::vector<Step> steps;
  /// Why it went no further: a sentence with the cause and the next step; empty if it
  /// opened, and stayed open for a moment.
  std::string failure;
};

/// Where the URL of a hub leads.
struct HubPlace {
  bool is_secure = false;
  /// A name or a numeric address, without brackets.
  std::string host;
  std::uint16_t port = 0;
};

/// Reads a URL that begins with ws, wss, http or https; the error is a sentence with the cause and
/// the next step.
Result<HubPlace, std::string> hub_place(std::string_view url);

/// Opens a WebSocket to a hub as the peer `self` would, closes it, and tells how far it came. Takes
/// the time that a `HubSocket` may take. `url` is what `Node::connect` takes,
/// `trusted_certificates_file` is that of `NodeOptions`.
HubProbe probe_hub(std::string_view url, const PeerId& self,
                   const std::string& trusted_certificates_file);

}  // namespace pigeon::runtime
