#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "rtc/sctp/packet/data_chunk.hpp"
#include "rtc/sctp/rx/assembly.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// Joins the fragments of DATA chunks, which follow each other by TSN (RFC 9260 section 6.9). A
/// fragment that continues a message is appended to it; others wait and are copied once more. No
/// order of arrival costs more than that.
class TsnAssembler {
 public:
  /// `message_bytes_max` bounds a message.
  explicit TsnAssembler(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  /// Takes a fragment whose TSN has not come before. If it completes a message, that is moved to
  /// `whole`.
  Receipt receive(Tsn tsn, const DataChunk& fragment, std::optional<Assembly>& whole);
  /// Drops unfinished messages of which a fragment has a TSN up to `tsn`.
  void drop_to(Tsn tsn);
  /// Drops fragments up to `cumulative` whose message was given up before they came: some senders
  /// send the rest of it nevertheless.
  void drop_orphans(Tsn cumulative);

  /// What is held, as it counts against the window.
  std::size_t cost() const { return cost_; }

 private:
  struct Head {
    Tsn first = 0;
    /// The TSN that continues it.
    Tsn next = 0;
    Assembly assembly;
  };

  Receipt begin(Tsn tsn, const DataChunk& fragment, std::optional<Assembly>& whole);
  Receipt finish_current(bool ended, std::optional<Assembly>& whole);
  bool select_head(Tsn next);
  void put_current_aside();

  std::size_t message_bytes_max_;
  std::size_t cost_ = 0;
  SizeGuess size_guess_;
  /// The message that was continued last: most often the next fragment continues it.
  std::optional<Head> current_;
  /// The others, by `Head::next`, which is the order of `Head::first` as well.
  std::map<Tsn, Head> heads_;
  std::map<Tsn, LonelyFragment> lonely_;
};

}  // namespace pigeon::sctp
