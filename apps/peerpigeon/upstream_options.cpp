#include "apps/peerpigeon/upstream_options.hpp"

namespace peerpigeon {

TranslatedArguments translate_upstream_options(std::span<const std::string> arguments) {
  TranslatedArguments translated;
  std::vector<std::string>& out = translated.arguments;
  while (!arguments.empty() && arguments.front() != "--") {
    const std::string option = arguments.front();
    arguments = arguments.subspan(1);
    const bool is_crypto = option == "--enable-crypto";
    const bool is_dht = option == "--webdht" || option == "--enable-webdht";
    bool is_wanted = true;
    const bool has_value =
        !arguments.empty() && (arguments.front() == "true" || arguments.front() == "false");
    if ((is_crypto || is_dht) && has_value) {
      is_wanted = arguments.front() == "true";
      arguments = arguments.subspan(1);
    }
    if (is_crypto) {
      out.insert(out.end(), {"--crypto", is_wanted ? "yes" : "no"});
    } else if (option == "--no-auto-discovery") {
      out.insert(out.end(), {"--auto-discovery", "no"});
    } else if (is_dht && is_wanted) {
      translated.warnings.push_back(option + " has no effect: there is no DHT here yet");
    } else if (!is_dht) {
      out.push_back(option);
    }
  }
  out.insert(out.end(), arguments.begin(), arguments.end());
  return translated;
}

}  // namespace peerpigeon
