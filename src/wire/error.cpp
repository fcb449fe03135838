#include "wire/error.hpp"

namespace pigeon::wire {

std::string_view to_string(WireError error) {
  switch (error) {
    case WireError::malformed_json:
      return "the text is not valid JSON in UTF-8";
    case WireError::nested_too_deep:
      return "objects or arrays are nested too deep";
    case WireError::too_large:
      return "the message is too large";
    case WireError::bad_field:
      return "a field has a type or length that it must not have";
  }
  return "unknown error";
}

}  // namespace pigeon::wire
