#include "net/interface_addresses.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include "net/system_address.hpp"

namespace pigeon::net {

namespace {

struct Numbered {
  unsigned interface_number = 0;
  InterfaceAddress address;

  auto order() const {
    return std::tuple(interface_number, !address.address.is_v4(), address.address);
  }
};

std::optional<IpAddress> address_of(const ifaddrs& entry) {
  if (entry.ifa_addr == nullptr || (entry.ifa_flags & IFF_UP) == 0) return std::nullopt;
  const int family = entry.ifa_addr->sa_family;
  if (family != AF_INET && family != AF_INET6) return std::nullopt;
  sockaddr_storage storage{};
  std::memcpy(&storage, entry.ifa_addr,
              family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
  const IpAddress address = to_ip_address(storage);
  if (address.is_unspecified()) return std::nullopt;
  return address;
}

}  // namespace

std::vector<InterfaceAddress> interface_addresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  std::vector<Numbered> found;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const auto address = address_of(*entry);
    if (!address) continue;
    // IPv4 names an address after its label, as in `eth0:1`, which is no interface of its own.
    const std::string label = entry->ifa_name;
    const std::string name = label.substr(0, label.find(':'));
    found.push_back({::if_nametoindex(name.c_str()),
                     {*address, name, address->is_loopback(), address->is_link_local()}});
  }
  std::sort(found.begin(), found.end(),
            [](const Numbered& a, const Numbered& b) { return a.order() < b.order(); });
  std::vector<InterfaceAddress> result;
  for (Numbered& one : found) {
    if (result.empty() || result.back() != one.address) result.push_back(std::move(one.address));
  }
  return result;
}

}  // namespace pigeon::net
