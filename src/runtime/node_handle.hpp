#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/mailbox.hpp"
#include "runtime/node_driver.hpp"
#include "runtime/node_loop.hpp"

namespace pigeon::runtime {

/// What an application holds of a node. May be used on any thread; goes with the node.
class NodeHandle {
 public:
  NodeHandle(std::shared_ptr<NodeLoop> loop, NodeParts parts)
      : loop_(std::move(loop)), driver_(loop_->run([&] {
          const std::vector<std::string> warnings = std::move(parts.warnings);
          auto driver = std::make_shared<NodeDriver>(*loop_, std::move(parts));
          for (const std::string& warning : warnings) driver->warn(warning);
          loop_->add(driver);
          return driver.get();
        })) {}
  NodeHandle(const NodeHandle&) = delete;
  NodeHandle& operator=(const NodeHandle&) = delete;
  /// Waits for the event that is under way, unless this is called in one.
  ~NodeHandle() {
    if (loop_->is_this_thread()) {
      driver_->close({});
    } else {
      loop_->run_until_told([this](Mailbox::Task told) { driver_->close(std::move(told)); });
    }
  }

  /// A command of the application: gets the core and the time.
  template <class Command>
  auto call(Command command) {
    return loop_->run([&] { return driver_->call(command); });
  }
  /// Signs with the node's key, if it has one in use.
  std::optional<suite::Signature> sign(BytesView message) const {
    return loop_->run([&] { return driver_->sign(message); });
  }
  std::optional<std::string> open(crypto::OpenRequest request) const {
    return loop_->run([&] { return driver_->open(std::move(request)); });
  }
  Result<void, NodeError> add_group(std::string_view group, suite::EncryptionKey key) {
    return loop_->run([&] { return driver_->add_group(group, std::move(key)); });
  }
  bool remove_group(std::string_view group) {
    return loop_->run([&] { return driver_->remove_group(group); });
  }
  /// A question: gets the core.
  template <class Question>
  auto ask(Question question) const {
    return loop_->run([&] { return question(std::as_const(*driver_).core()); });
  }

 private:
  std::shared_ptr<NodeLoop> loop_;
  /// The loop owns it, until after `close`.
  NodeDriver* driver_ = nullptr;
};

}  // namespace pigeon::runtime
