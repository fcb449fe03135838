#include "pigeon/hub.hpp"

#include <mutex>
#include <utility>

#include "runtime/check_options.hpp"
#include "runtime/hub_driver.hpp"

namespace pigeon {

struct Hub::Impl {
  HubOptions options;
  OnEvent on_event;
  // Guards only `driver`, which once set stays until the end.
  mutable std::mutex mutex;
  std::unique_ptr<runtime::HubDriver> driver;

  runtime::HubDriver* started() const {
    const std::lock_guard lock(mutex);
    return driver.get();
  }
};

Hub::Hub(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Hub::Hub(Hub&&) noexcept = default;
Hub& Hub::operator=(Hub&&) noexcept = default;
Hub::~Hub() = default;

Result<Hub, HubFailure> Hub::create(HubOptions options, OnEvent on_event) {
  if (auto failure = runtime::check_options(options)) return Unexpected(HubFailure{*failure});
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  impl->on_event = std::move(on_event);
  return Hub(std::move(impl));
}

Result<HubAddress, HubFailure> Hub::start() {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->driver != nullptr) {
      return Unexpected(HubFailure{"This hub has been started before. Create another one."});
    }
    auto driver = runtime::HubDriver::create(impl_->options, impl_->on_event);
    if (!driver) return Unexpected(driver.error());
    impl_->driver = *std::move(driver);
  }
  // Without the lock, as the first event may come before this returns, and its receiver call the
  // hub.
  if (auto running = impl_->driver->run(); !running) return Unexpected(running.error());
  return impl_->driver->address();
}

void Hub::stop() {
  if (runtime::HubDriver* driver = impl_->started()) driver->stop();
}

void Hub::request_stop() {
  if (runtime::HubDriver* driver = impl_->started()) driver->request_stop();
}

Result<void, HubFailure> Hub::reload_certificate() {
  if (runtime::HubDriver* driver = impl_->started()) return driver->reload_certificate();
  return Unexpected(HubFailure{"The hub has not been started: it reads the files when it is."});
}

HubStats Hub::stats() const {
  if (const runtime::HubDriver* driver = impl_->started()) return driver->stats();
  HubStats stats;
  stats.connections_max = impl_->options.limits.connections_max;
  stats.host = impl_->options.listen.host;
  stats.port = impl_->options.listen.port;
  return stats;
}

std::vector<HubPeer> Hub::peers() const {
  if (const runtime::HubDriver* driver = impl_->started()) return driver->peers();
  return {};
}

}  // namespace pigeon
