#include "pigeon/rtc_loop.hpp"

#include <utility>

#include "runtime/rtc_driver.hpp"

namespace pigeon {

RtcLoop::RtcLoop(std::shared_ptr<runtime::RtcDriver> driver) : driver_(std::move(driver)) {}
RtcLoop::RtcLoop(RtcLoop&&) noexcept = default;

RtcLoop& RtcLoop::operator=(RtcLoop&& other) noexcept {
  std::swap(driver_, other.driver_);
  return *this;
}

RtcLoop::~RtcLoop() {
  if (driver_) driver_->close();
}

Result<RtcLoop, RtcFailure> RtcLoop::create(const RtcLoopOptions& options) {
  auto driver = runtime::RtcDriver::create(options);
  if (!driver) return Unexpected(RtcFailure{driver.error()});
  return RtcLoop(*std::move(driver));
}

int RtcLoop::descriptor() const { return driver_->descriptor(); }

void RtcLoop::run_once(std::chrono::microseconds wait_max) { driver_->run_once(wait_max); }

RtcLoopStats RtcLoop::stats() const { return driver_->stats(); }

}  // namespace pigeon
