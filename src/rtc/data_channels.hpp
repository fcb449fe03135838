#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "pigeon/result.hpp"
#include "rtc/event.hpp"
#include "rtc/sctp/association.hpp"
#include "rtc/sctp/dcep.hpp"

namespace pigeon::rtc {

struct DataChannelsOptions {
  /// Channels of a connection, the other side's included; those it opens beyond are closed at once.
  std::size_t count_max = 1'024;
};

/// The data channels of one connection over its association: opening by DCEP (RFC 8832), closing by
/// stream reset (RFC 8831 section 6.7), and messages.
class DataChannels {
 public:
  struct Stats {
    std::uint64_t messages_sent = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t messages_received = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t opened = 0;
    std::uint64_t closed = 0;
    /// For streams without a channel, of an unknown kind, or wrong by DCEP.
    std::uint64_t messages_dropped = 0;
  };

  explicit DataChannels(DataChannelsOptions options) : options_(options) {}

  /// Makes a channel. It opens once there is an association with room to say so.
  Result<ChannelKey, ChannelError> create(std::string label, DataChannelInit init);
  /// Opens the channels that wait for it, and confirms those of the other side, as far as the
  /// association has room.
  void open_new(Now now, std::vector<Event>& events);
  /// Closes a channel once what was sent on it has arrived; nothing if it is closing or gone.
  void close(ChannelKey key, std::vector<Event>& events);

  /// Hands a message over to the association.
  Result<void, ChannelError> send(ChannelKey key, Bytes data, bool is_text,
                                  std::size_t message_size_max, Now now);
  /// Bytes of the application that wait to be sent for the first time; 0 for unknown channels.
  std::size_t buffered_amount(ChannelKey key) const;
  void set_buffered_amount_low_threshold(ChannelKey key, std::size_t bytes);

  /// The association is there, with streams below `stream_count`, and outlives this.
  /// `has_even_ids`: we are the DTLS client (RFC 8832 section 6).
  void start(sctp::Association& association, std::uint16_t stream_count, bool has_even_ids, Now now,
             std::vector<Event>& events);
  /// What the association has to say about messages and streams.
  void receive(sctp::AssociationEvent event, Now now, std::vector<Event>& events);
  /// The association is gone: so are all channels.
  void close_all(std::vector<Event>& events);

  /// Null if there is no such channel. Valid until the next call.
  const DataChannel* find(ChannelKey key) const;
  bool empty() const { return channels_.empty(); }
  const Stats& stats() const { return stats_; }

 private:
  struct Entry {
    DataChannel channel;
    std::size_t low_threshold = 0;
    /// Until the other side has confirmed, unordered messages go in order (RFC 8832 section 6).
    bool is_confirmed = false;
    /// Theirs, which we have not confirmed yet.
    bool owes_ack = false;
    /// A message of the application.
    bool has_sent = false;
    bool is_outgoing_reset = false;
    bool is_incoming_reset = false;
  };

  Entry* entry_of(sctp::StreamId stream);
  bool is_taken(sctp::StreamId stream) const { return by_stream_.contains(stream); }
  bool assign_id(Entry& entry);
  void open(Entry& entry, Now now, std::vector<Event>& events);
  bool send_open(const Entry& entry, Now now);
  void send_ack(Entry& entry, Now now);
  void receive_message(sctp::MessageReceived message, Now now, std::vector<Event>& events);
  void receive_control(sctp::StreamId stream, BytesView data, Now now, std::vector<Event>& events);
  void receive_open(sctp::StreamId stream, const sctp::DcepOpen& open, Now now,
                    std::vector<Event>& events);
  void refuse(sctp::StreamId stream);
  void receive_incoming_reset(const sctp::IncomingReset& reset, std::vector<Event>& events);
  void reset_incoming(sctp::StreamId stream, std::vector<Event>& events);
  void receive_outgoing_reset(sctp::StreamId stream, std::vector<Event>& events);
  void begin_closing(Entry& entry, std::vector<Event>& events);
  void close_if_done(Entry& entry, std::vector<Event>& events);
  void remove(ChannelKey key, std::vector<Event>& events);

  DataChannelsOptions options_;
  std::map<ChannelKey, Entry> channels_;
  std::map<sctp::StreamId, ChannelKey> by_stream_;
  std::uint32_t next_key_ = 1;
  sctp::Association* association_ = nullptr;
  std::uint16_t stream_count_ = 0;
  bool has_even_ids_ = false;
  /// A channel may wait for `open_new`.
  bool is_word_due_ = false;
  Stats stats_;
};

}  // namespace pigeon::rtc
