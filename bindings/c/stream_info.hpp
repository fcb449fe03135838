#pragma once

#include "pigeon/node_event.hpp"
#include "pigeon/node_status.hpp"
#include "pigeon/pigeon.h"
#include "pigeon/result.hpp"

namespace pigeon::c {

/// What a caller wants a stream to be; NULL gives the defaults. A struct of an older header is
/// shorter, one of a newer header longer.
Result<StreamInfo, NodeError> read_stream_info(const pigeon_stream_info* info);
/// Points into `info`.
pigeon_stream_info view_stream_info(const StreamInfo& info);

}  // namespace pigeon::c
