#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "pigeon/pigeon.h"
#include "tests/support/deadline.hpp"

namespace pigeon::test {

/// An event of the C interface that stays.
struct KeptEvent {
  pigeon_event_type type{};
  std::string peer;
  std::string id;
  std::string text;
  bool direct = false;
  std::string group;
  pigeon_stream_id stream = 0;
  std::size_t size = 0;
  std::vector<std::uint8_t> data;
};

/// Options of a node that others on this machine reach.
class LocalOptions {
 public:
  LocalOptions() { pigeon_node_options_add_address(options_, "127.0.0.1", nullptr); }
  LocalOptions(const LocalOptions&) = delete;
  LocalOptions& operator=(const LocalOptions&) = delete;
  ~LocalOptions() { pigeon_node_options_destroy(options_); }

  pigeon_node_options* get() const { return options_; }

 private:
  pigeon_node_options* options_ = pigeon_node_options_create();
};

/// A node of the C interface with what it was told. Stays where it is.
class CSide {
 public:
  explicit CSide(const pigeon_loop* loop = nullptr) {
    const LocalOptions options;
    pigeon_error* error = nullptr;
    pigeon_node_create(loop, options.get(), receive, this, &node_, &error);
    if (error != nullptr) throw Failure(pigeon_error_message(error));
    char id[PIGEON_PEER_ID_SIZE];
    pigeon_node_peer_id(node_, id, nullptr);
    id_ = id;
  }
  CSide(const CSide&) = delete;
  CSide& operator=(const CSide&) = delete;
  ~CSide() { end(); }

  pigeon_node* node() const { return node_; }
  const char* id() const { return id_.c_str(); }
  /// Ends the node; what it was told remains.
  void end() {
    pigeon_node_destroy(node_);
    node_ = nullptr;
  }

  using Holds = std::function<bool(const KeptEvent&)>;
  /// The first event of the type for which `holds`; throws `Failure` if it does not come.
  KeptEvent wait_for(pigeon_event_type type, const Holds& holds = {}) {
    std::unique_lock lock(mutex_);
    std::vector<KeptEvent>::const_iterator found;
    const bool came = changed_.wait_until(lock, Deadline().at(), [&] {
      found = std::find_if(events_.begin(), events_.end(), [&](const KeptEvent& event) {
        return event.type == type && (!holds || holds(event));
      });
      return found != events_.end();
    });
    if (!came) throw Failure("event " + std::to_string(type) + " did not come");
    return *found;
  }
  void wait_for_link(const CSide& other) {
    wait_for(PIGEON_EVENT_PEER_CONNECTED, [&](const auto& one) { return one.peer == other.id_; });
  }
  KeptEvent wait_for_text(const std::string& text) {
    return wait_for(PIGEON_EVENT_MESSAGE, [&](const auto& one) { return one.text == text; });
  }

 private:
  static KeptEvent keep(const pigeon_event& event) {
    KeptEvent kept{.type = event.type};
    if (event.type >= PIGEON_EVENT_PEER_DISCOVERED && event.type <= PIGEON_EVENT_CONNECT_FAILED) {
      kept.peer = event.peer.peer;
    } else if (event.type == PIGEON_EVENT_MESSAGE) {
      kept.peer = event.message.from;
      kept.id = event.message.id;
      kept.text.assign(event.message.text, event.message.text_size);
      kept.direct = event.message.direct;
      kept.group = event.message.group;
    } else if (event.type == PIGEON_EVENT_MESSAGE_DELIVERED) {
      kept.peer = event.delivery.to;
      kept.id = event.delivery.id;
    } else if (event.type == PIGEON_EVENT_BINARY) {
      kept.data.assign(event.binary.data, event.binary.data + event.binary.size);
    } else if (event.type >= PIGEON_EVENT_STREAM_RECEIVED &&
               event.type <= PIGEON_EVENT_STREAM_ABORTED) {
      kept.peer = event.stream.peer;
      kept.stream = event.stream.stream;
      kept.size = event.stream.size;
      kept.text = event.stream.info != nullptr ? event.stream.info->filename : event.stream.reason;
      if (event.stream.data != nullptr) {
        kept.data.assign(event.stream.data, event.stream.data + event.stream.size);
      }
    }
    return kept;
  }
  static void receive(void* user_data, const pigeon_event* event) {
    auto& self = *static_cast<CSide*>(user_data);
    const std::lock_guard lock(self.mutex_);
    self.events_.push_back(keep(*event));
    self.changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<KeptEvent> events_;
  std::string id_;
  pigeon_node* node_ = nullptr;
};

}  // namespace pigeon::test
