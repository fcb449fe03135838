#include "apps/peerpigeon/inbox.hpp"

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>
#include <variant>

#include <sys/eventfd.h>
#include <unistd.h>

namespace peerpigeon {

namespace {

/// What an event costs beyond its own size; nothing for those that strangers cannot make many of.
std::size_t bytes_of(const pigeon::NodeEvent& event) {
  if (const auto* message = std::get_if<pigeon::MessageReceived>(&event)) {
    return message->text.size() + message->json.size() + 1;
  }
  if (const auto* data = std::get_if<pigeon::StreamData>(&event)) return data->data.size() + 1;
  if (const auto* data = std::get_if<pigeon::BinaryReceived>(&event)) return data->data.size() + 1;
  return 0;
}

}  // namespace

Inbox::Inbox() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make an event descriptor");
  }
}

Inbox::~Inbox() { ::close(descriptor_); }

void Inbox::push(Arrival arrival) {
  const std::size_t bytes = bytes_of(arrival.event);
  {
    const std::lock_guard lock(mutex_);
    if (bytes > 0 && (waiting_.size() >= count_max || bytes_ + bytes > bytes_max)) {
      ++dropped_;
      return;
    }
    bytes_ += bytes;
    waiting_.push_back(std::move(arrival));
  }
  const std::uint64_t one = 1;
  // Fails only if the counter is full, and then the descriptor is readable anyway.
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof(one));
}

std::optional<Arrival> Inbox::take() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(descriptor_, &count, sizeof(count));
    return std::nullopt;
  }
  Arrival first = std::move(waiting_.front());
  waiting_.pop_front();
  bytes_ -= bytes_of(first.event);
  return first;
}

std::size_t Inbox::take_dropped() {
  const std::lock_guard lock(mutex_);
  return std::exchange(dropped_, 0);
}

}  // namespace peerpigeon
