#pragma once

#include "pigeon/node_event.hpp"
#include "pigeon/pigeon.h"

namespace pigeon::c {

/// Tells a receiver in C an event, which lives as long as the call.
void tell(const NodeEvent& event, pigeon_on_event on_event, void* user_data);

}  // namespace pigeon::c
