#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace apps {

/// `text` between double quotes for a message: control characters and whatever is not ASCII as
/// `\xNN`, cut after `bytes_max`.
std::string quote(std::string_view text, std::size_t bytes_max = 80);

}  // namespace apps
