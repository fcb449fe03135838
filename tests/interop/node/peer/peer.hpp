#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "pigeon/node.hpp"
#include "tests/interop/node/peer/event_queue.hpp"
#include "tests/interop/node/peer/transfers.hpp"

namespace pigeon::interop {

/// A node that obeys commands and tells events, as ../README.md defines them.
class Peer {
 public:
  /// The error is a sentence.
  std::optional<std::string> start(const NodeOptions& options);

  /// Readable while `tell_events` has something to tell.
  int descriptor() const { return events_.descriptor(); }

  void tell_events();

  /// Obeys one line and answers it.
  void obey(std::string_view line);

  std::string id() const { return node_->peer_id().to_text(); }

  bool has_quit() const { return has_quit_; }

 private:
  using Answer = Result<boost::json::value, NodeError>;

  Answer run(std::string_view what, const boost::json::object& command);
  Answer run_message(std::string_view what, const boost::json::object& command);
  Answer encrypt(const boost::json::object& command);
  Answer send_file(const boost::json::object& command);
  boost::json::value links() const;
  boost::json::value known() const;
  void tell(const NodeEvent& event);

  EventQueue events_;
  Transfers transfers_;
  bool has_quit_ = false;
  /// Last, so that it ends before what its thread uses.
  std::optional<Node> node_;
};

}  // namespace pigeon::interop
