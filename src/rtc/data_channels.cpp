#include "rtc/data_channels.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "rtc/sctp/dcep.hpp"

namespace pigeon::rtc {

namespace {

/// 65,535 is not a stream of a channel (RFC 8832 section 6).
constexpr std::uint16_t no_id = 65'535;
constexpr std::size_t text_bytes_max = 65'535;

std::optional<ChannelError> check(const std::string& label, const DataChannelInit& init) {
  if (label.size() > text_bytes_max || init.protocol.size() > text_bytes_max) {
    return ChannelError::text_too_long;
  }
  if (init.max_packet_life_time_ms && init.max_retransmits) return ChannelError::two_reliabilities;
  if (init.negotiated && !init.id) return ChannelError::bad_id;
  if (init.negotiated && init.id == no_id) return ChannelError::bad_id;
  return std::nullopt;
}

sctp::Reliability reliability_of(const DataChannelInit& init) {
  if (init.max_retransmits) return sctp::Reliability::limited_retransmissions;
  if (init.max_packet_life_time_ms) return sctp::Reliability::limited_lifetime;
  return sctp::Reliability::reliable;
}

sctp::DcepOpen open_message(const DataChannel& channel) {
  sctp::DcepOpen open;
  open.ordered = channel.init.ordered;
  open.reliability = reliability_of(channel.init);
  open.reliability_limit =
      channel.init.max_retransmits.value_or(channel.init.max_packet_life_time_ms.value_or(0));
  open.label = channel.label;
  open.protocol = channel.init.protocol;
  return open;
}

DataChannelInit init_of(const sctp::DcepOpen& open, sctp::StreamId stream) {
  DataChannelInit init;
  init.ordered = open.ordered;
  init.protocol = open.protocol;
  init.id = stream;
  // The wire has 32 bits, the W3C 16.
  const auto parameter =
      static_cast<std::uint16_t>(std::min<std::uint32_t>(open.reliability_limit, 65'535));
  if (open.reliability == sctp::Reliability::limited_retransmissions) {
    init.max_retransmits = parameter;
  }
  if (open.reliability == sctp::Reliability::limited_lifetime) {
    init.max_packet_life_time_ms = parameter;
  }
  return init;
}

/// RFC 8831 section 6.6: SCTP has no empty messages, so a kind of their own stands for them.
sctp::Ppid ppid_of(bool is_text, bool is_empty) {
  if (is_text) return is_empty ? sctp::Ppid::string_empty : sctp::Ppid::string;
  return is_empty ? sctp::Ppid::binary_empty : sctp::Ppid::binary;
}

ChannelError error_of(sctp::SendStatus status) {
  switch (status) {
    case sctp::SendStatus::too_large:
      return ChannelError::message_too_large;
    case sctp::SendStatus::buffer_full:
      return ChannelError::buffer_full;
    default:
      return ChannelError::not_open;
  }
}

}  // namespace

Result<ChannelKey, ChannelError> DataChannels::create(std::string label, DataChannelInit init) {
  if (const auto error = check(label, init)) return Unexpected(*error);
  // W3C WebRTC section 6.1: the id of a channel that opens itself is chosen here, because its
  // parity depends on the DTLS role.
  if (!init.negotiated) init.id.reset();
  if (init.id && is_taken(*init.id)) return Unexpected(ChannelError::id_in_use);
  if (channels_.size() >= options_.count_max) return Unexpected(ChannelError::too_many_channels);
  const ChannelKey key{next_key_++};
  is_word_due_ = true;
  Entry entry;
  entry.channel = {key, std::move(label), std::move(init), DataChannelState::connecting, {}};
  entry.channel.id = entry.channel.init.id;
  if (entry.channel.id) by_stream_.emplace(*entry.channel.id, key);
  Entry& added = channels_.emplace(key, std::move(entry)).first->second;
  if (association_ != nullptr && !assign_id(added)) {
    const bool is_chosen = added.channel.id.has_value();
    if (is_chosen) by_stream_.erase(*added.channel.id);
    channels_.erase(key);
    return Unexpected(is_chosen ? ChannelError::bad_id : ChannelError::id_in_use);
  }
  return key;
}

void DataChannels::open_new(Now now, std::vector<Event>& events) {
  if (association_ == nullptr || !std::exchange(is_word_due_, false)) return;
  for (auto& [key, entry] : channels_) {
    if (entry.channel.state == DataChannelState::connecting) open(entry, now, events);
    if (entry.owes_ack) send_ack(entry, now);
  }
}

bool DataChannels::assign_id(Entry& entry) {
  if (entry.channel.id) return *entry.channel.id < stream_count_;
  for (std::uint32_t id = has_even_ids_ ? 0 : 1; id < stream_count_ && id < no_id; id += 2) {
    const auto stream = static_cast<sctp::StreamId>(id);
    if (is_taken(stream)) continue;
    entry.channel.id = stream;
    by_stream_.emplace(stream, entry.channel.key);
    return true;
  }
  return false;
}

void DataChannels::start(sctp::Association& association, std::uint16_t stream_count,
                         bool has_even_ids, Now now, std::vector<Event>& events) {
  association_ = &association;
  stream_count_ = stream_count;
  has_even_ids_ = has_even_ids;
  std::vector<ChannelKey> without_id;
  for (auto& [key, entry] : channels_) {
    if (!assign_id(entry)) without_id.push_back(key);
  }
  for (const ChannelKey key : without_id) remove(key, events);
  open_new(now, events);
}

void DataChannels::open(Entry& entry, Now now, std::vector<Event>& events) {
  if (!entry.channel.init.negotiated && !send_open(entry, now)) return;
  entry.channel.state = DataChannelState::open;
  entry.is_confirmed = entry.channel.init.negotiated;
  ++stats_.opened;
  if (entry.low_threshold != 0) {
    association_->set_buffered_amount_low_threshold(*entry.channel.id, entry.low_threshold);
  }
  events.emplace_back(ChannelOpened{entry.channel.key});
}

bool DataChannels::send_open(const Entry& entry, Now now) {
  const auto status = association_->send(*entry.channel.id, sctp::Ppid::dcep,
                                         *sctp::encode(open_message(entry.channel)), {}, now);
  if (status == sctp::SendStatus::buffer_full) {
    is_word_due_ = true;
    return false;
  }
  if (status != sctp::SendStatus::queued) association_->reset_streams({&*entry.channel.id, 1});
  return true;
}

void DataChannels::send_ack(Entry& entry, Now now) {
  const auto status = association_->send(*entry.channel.id, sctp::Ppid::dcep,
                                         sctp::encode(sctp::DcepAck{}), {}, now);
  entry.owes_ack = status == sctp::SendStatus::buffer_full;
  is_word_due_ = is_word_due_ || entry.owes_ack;
}

Result<void, ChannelError> DataChannels::send(ChannelKey key, Bytes data, bool is_text,
                                              std::size_t message_size_max, Now now) {
  const auto found = channels_.find(key);
  if (found == channels_.end()) return Unexpected(ChannelError::not_open);
  Entry& entry = found->second;
  if (entry.channel.state != DataChannelState::open) return Unexpected(ChannelError::not_open);
  if (data.size() > message_size_max) return Unexpected(ChannelError::message_too_large);
  const DataChannelInit& init = entry.channel.init;
  sctp::SendOptions options;
  options.ordered = init.ordered || !entry.is_confirmed;
  options.max_retransmits = init.max_retransmits;
  if (init.max_packet_life_time_ms) {
    options.lifetime = std::chrono::milliseconds(*init.max_packet_life_time_ms);
  }
  const std::size_t size = data.size();
  const sctp::Ppid ppid = ppid_of(is_text, data.empty());
  if (data.empty()) data.push_back(0);
  const auto status = association_->send(*entry.channel.id, ppid, std::move(data), options, now);
  if (status != sctp::SendStatus::queued) return Unexpected(error_of(status));
  entry.has_sent = true;
  ++stats_.messages_sent;
  stats_.bytes_sent += size;
  return {};
}

std::size_t DataChannels::buffered_amount(ChannelKey key) const {
  const DataChannel* const channel = find(key);
  if (channel == nullptr || association_ == nullptr || !channel->id) return 0;
  return association_->buffered_amount(*channel->id);
}

void DataChannels::set_buffered_amount_low_threshold(ChannelKey key, std::size_t bytes) {
  const auto found = channels_.find(key);
  if (found == channels_.end()) return;
  found->second.low_threshold = bytes;
  if (association_ != nullptr && found->second.channel.id) {
    association_->set_buffered_amount_low_threshold(*found->second.channel.id, bytes);
  }
}

const DataChannel* DataChannels::find(ChannelKey key) const {
  const auto found = channels_.find(key);
  return found == channels_.end() ? nullptr : &found->second.channel;
}

DataChannels::Entry* DataChannels::entry_of(sctp::StreamId stream) {
  const auto found = by_stream_.find(stream);
  return found == by_stream_.end() ? nullptr : &channels_.at(found->second);
}

void DataChannels::receive(sctp::AssociationEvent event, Now now, std::vector<Event>& events) {
  if (auto* const message = std::get_if<sctp::MessageReceived>(&event)) {
    receive_message(std::move(*message), now, events);
  } else if (const auto* const reset = std::get_if<sctp::IncomingReset>(&event)) {
    receive_incoming_reset(*reset, events);
  } else if (const auto* const done = std::get_if<sctp::OutgoingResetDone>(&event)) {
    for (const sctp::StreamId stream : done->streams) receive_outgoing_reset(stream, events);
  } else if (const auto* const low = std::get_if<sctp::BufferedAmountLow>(&event)) {
    const Entry* const entry = entry_of(low->stream);
    // What opens a channel is buffered, too, but not the application's.
    if (entry != nullptr && entry->has_sent) {
      events.emplace_back(BufferedAmountLow{entry->channel.key});
    }
  }
}

void DataChannels::receive_message(sctp::MessageReceived message, Now now,
                                   std::vector<Event>& events) {
  if (message.ppid == sctp::Ppid::dcep) {
    receive_control(message.stream, message.payload, now, events);
    return;
  }
  const Entry* const entry = entry_of(message.stream);
  const bool is_text =
      message.ppid == sctp::Ppid::string || message.ppid == sctp::Ppid::string_empty;
  const bool is_empty =
      message.ppid == sctp::Ppid::string_empty || message.ppid == sctp::Ppid::binary_empty;
  const bool is_known = is_text || is_empty || message.ppid == sctp::Ppid::binary;
  const bool is_gone = entry == nullptr || entry->is_incoming_reset;
  if (is_gone || !is_known || entry->channel.state == DataChannelState::connecting) {
    ++stats_.messages_dropped;
    return;
  }
  if (is_empty) message.payload.clear();
  ++stats_.messages_received;
  stats_.bytes_received += message.payload.size();
  events.emplace_back(ChannelMessage{entry->channel.key, std::move(message.payload), is_text});
}

void DataChannels::receive_control(sctp::StreamId stream, BytesView data, Now now,
                                   std::vector<Event>& events) {
  const auto message = sctp::decode_dcep(data);
  if (!message) {
    ++stats_.messages_dropped;
  } else if (const auto* const open = std::get_if<sctp::DcepOpen>(&*message)) {
    receive_open(stream, *open, now, events);
  } else if (Entry* const entry = entry_of(stream); entry != nullptr) {
    entry->is_confirmed = true;
  }
}

void DataChannels::receive_open(sctp::StreamId stream, const sctp::DcepOpen& open, Now now,
                                std::vector<Event>& events) {
  // RFC 8832 section 6: the opener uses streams of its own parity that are not in use.
  const bool is_theirs = stream != no_id && (stream % 2 == 0) != has_even_ids_;
  if (!is_theirs || is_taken(stream) || channels_.size() >= options_.count_max) {
    ++stats_.messages_dropped;
    // Not that of a channel which exists: it did nothing wrong.
    if (!is_taken(stream)) refuse(stream);
    return;
  }
  const ChannelKey key{next_key_++};
  Entry entry;
  entry.channel = {key, open.label, init_of(open, stream), DataChannelState::open, stream};
  entry.is_confirmed = true;
  by_stream_.emplace(stream, key);
  ++stats_.opened;
  send_ack(channels_.emplace(key, std::move(entry)).first->second, now);
  events.emplace_back(ChannelAnnounced{key});
  events.emplace_back(ChannelOpened{key});
}

void DataChannels::refuse(sctp::StreamId stream) { association_->reset_streams({&stream, 1}); }

void DataChannels::close(ChannelKey key, std::vector<Event>& events) {
  const auto found = channels_.find(key);
  if (found == channels_.end()) return;
  Entry& entry = found->second;
  if (association_ == nullptr || entry.channel.state == DataChannelState::connecting) {
    remove(key, events);
    return;
  }
  if (entry.channel.state == DataChannelState::open) begin_closing(entry, events);
}

void DataChannels::begin_closing(Entry& entry, std::vector<Event>& events) {
  entry.channel.state = DataChannelState::closing;
  events.emplace_back(ChannelClosing{entry.channel.key});
  const sctp::StreamId stream = *entry.channel.id;
  association_->reset_streams({&stream, 1});
}

void DataChannels::receive_incoming_reset(const sctp::IncomingReset& reset,
                                          std::vector<Event>& events) {
  std::vector<sctp::StreamId> streams = reset.streams;
  if (streams.empty()) {
    // All of them.
    for (const auto& [stream, key] : by_stream_) streams.push_back(stream);
  }
  for (const sctp::StreamId stream : streams) reset_incoming(stream, events);
}

void DataChannels::reset_incoming(sctp::StreamId stream, std::vector<Event>& events) {
  Entry* const entry = entry_of(stream);
  // Of a channel that is not open yet the other side knows nothing.
  if (entry == nullptr || entry->channel.state == DataChannelState::connecting) return;
  entry->is_incoming_reset = true;
  // RFC 8831 section 6.7: a side whose incoming stream is reset resets its own.
  if (entry->channel.state == DataChannelState::open) begin_closing(*entry, events);
  close_if_done(*entry, events);
}

void DataChannels::receive_outgoing_reset(sctp::StreamId stream, std::vector<Event>& events) {
  Entry* const entry = entry_of(stream);
  if (entry == nullptr) return;
  entry->is_outgoing_reset = true;
  close_if_done(*entry, events);
}

void DataChannels::close_if_done(Entry& entry, std::vector<Event>& events) {
  if (entry.is_outgoing_reset && entry.is_incoming_reset) remove(entry.channel.key, events);
}

void DataChannels::remove(ChannelKey key, std::vector<Event>& events) {
  const auto found = channels_.find(key);
  if (found == channels_.end()) return;
  if (found->second.channel.id) by_stream_.erase(*found->second.channel.id);
  channels_.erase(found);
  ++stats_.closed;
  events.emplace_back(ChannelClosed{key});
}

void DataChannels::close_all(std::vector<Event>& events) {
  association_ = nullptr;
  while (!channels_.empty()) remove(channels_.begin()->first, events);
}

}  // namespace pigeon::rtc
