#pragma once

#include "base/agenda.hpp"
#include "base/keyed_hash.hpp"
#include "base/random.hpp"
#include "transfer/announced_frames.hpp"
#include "transfer/channel.hpp"
#include "transfer/closed_streams.hpp"
#include "transfer/resume_table.hpp"
#include "transfer/stream_keys.hpp"
#include "transfer/transfer_effect.hpp"
#include "transfer/transfer_options.hpp"

namespace pigeon::transfer {

/// What both directions of one neighbor share.
struct Line {
  Channel channel;
  AnnouncedFrames announced;
  ClosedStreams closed;

  const PeerId& peer() const { return channel.peer(); }
};

/// What all neighbors share.
struct Shared {
  TransferOptions options;
  Random random;
  /// For names that neighbors choose.
  KeyedHash hash;
  StreamKeys keys;
  ResumeTable resumable;
  /// Streams that wait for an answer where to begin.
  Agenda<StreamKey> answers_due;
  TransferEffects effects;
};

}  // namespace pigeon::transfer
