#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace peerpigeon {

/// What a peer of the demo answers to `text`: to a greeting or a `ping`, else nothing. No answer
/// brings about another one, however many demos listen.
std::optional<std::string> answer_to(std::string_view text, std::string_view asker,
                                     std::string_view answerer, std::size_t links);

}  // namespace peerpigeon
