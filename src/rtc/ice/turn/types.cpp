#include "rtc/ice/turn/types.hpp"

namespace pigeon::ice {

std::string_view to_string(TurnError error) {
  switch (error) {
    case TurnError::bad_credentials:
      return "The TURN server refuses the user name or password.";
    case TurnError::allocation_mismatch:
      return "The TURN server holds another allocation for this address, or has lost this one.";
    case TurnError::quota_reached:
      return "The TURN server allows this user no further allocation.";
    case TurnError::insufficient_capacity:
      return "The TURN server has no relayed address left.";
    case TurnError::alternate_server:
      return "The TURN server wants another server to be asked.";
    case TurnError::forbidden:
      return "The TURN server forbids it.";
    case TurnError::family_not_supported:
      return "The TURN server does not relay to this address family.";
    case TurnError::transport_not_supported:
      return "The TURN server does not relay UDP.";
    case TurnError::refused:
      return "The TURN server refuses the request.";
    case TurnError::malformed_answer:
      return "The TURN server's answer lacks something or makes no sense.";
    case TurnError::integrity_violated:
      return "The TURN server's answers do not verify with the password.";
    case TurnError::no_answer:
      return "The TURN server does not answer.";
    case TurnError::expired:
      return "The TURN server did not prolong the allocation.";
    case TurnError::broken_stream:
      return "The TURN server sent something that is neither STUN nor ChannelData.";
    case TurnError::disconnected:
      return "The connection to the TURN server has ended.";
  }
  return "";
}

}  // namespace pigeon::ice
