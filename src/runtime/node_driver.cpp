#include "runtime/node_driver.hpp"

#include <algorithm>
#include <exception>

#include "base/assert.hpp"
#include "suite/random_bytes.hpp"

namespace pigeon::runtime {

NodeDriver::NodeDriver(NodeLoop& loop, NodeParts parts)
    : loop_(loop),
      core_(std::move(parts.core)),
      identity_(std::move(parts.identity)),
      trusted_(std::move(parts.trusted)),
      on_event_(std::move(parts.on_event)),
      hubs_(loop.context(), Random(suite::random_seed()),
            {
                .trust = [this]() -> NodeHubs::Trust {
                  if (trusted_) return *trusted_;
                  return loop_.system_trust();
                },
                .tell = [this](node::Input input) { take(std::move(input)); },
                .ended = [this] { finish_soon(); },
            }),
      links_(
          loop.rtc(), std::move(parts.connections),
          {
              .tell = [this](node::Input input) { take(std::move(input)); },
              .tell_later = [this](node::Input input) { pending_.emplace_back(std::move(input)); },
              .lose_later =
                  [this](node::LinkId link, std::string reason) {
                    pending_.emplace_back(LostLink{link, std::move(reason)});
                  },
              .ended = [this] { finish_soon(); },
          }),
      timer_(loop.context()) {}

/// Has the loop call the task, unless the driver is gone by then.
template <class Task>
void NodeDriver::post(Task task) {
  loop_.post([weak = weak_from_this(), task = std::move(task)] {
    if (const auto self = weak.lock()) task(*self);
  });
}

// ---- Rounds

void NodeDriver::take(node::Input input) {
  PIGEON_ASSERT(!is_in_round_);
  core_.handle(std::move(input), net::read_clock());
  finish_round();
}

/// What a call of the core has brought about, and a bounded number of the inputs that wait.
void NodeDriver::finish_round() {
  PIGEON_ASSERT(!is_in_round_);
  is_in_round_ = true;
  carry_out_outputs();
  for (std::size_t i = 0; i < pending_per_round && !pending_.empty(); ++i) {
    Pending next = std::move(pending_.front());
    pending_.pop_front();
    std::visit([this](auto& one) { give(one); }, next);
    carry_out_outputs();
  }
  is_in_round_ = false;
  if (!pending_.empty() && !std::exchange(is_rest_posted_, true)) {
    post([](NodeDriver& self) {
      self.is_rest_posted_ = false;
      self.finish_round();
    });
  }
  arm_timer();
  tell_soon();
}

void NodeDriver::give(node::Input& input) { core_.handle(std::move(input), net::read_clock()); }

void NodeDriver::give(LostLink& lost) {
  core_.handle(node::LinkClosed{lost.link, lost.reason}, net::read_clock());
}

std::optional<suite::Signature> NodeDriver::sign(BytesView message) const {
  if (!identity_) return std::nullopt;
  const auto signature = identity_->signing().sign(message);
  return signature ? std::optional(*signature) : std::nullopt;
}

std::optional<std::string> NodeDriver::open(crypto::OpenRequest request) {
  if (!identity_) return std::nullopt;
  auto answer = loop_.answerer().answer(std::move(request), *identity_, groups_);
  auto* text = std::get_if<std::string>(&answer);
  return text != nullptr ? std::optional(std::move(*text)) : std::nullopt;
}

Result<void, NodeError> NodeDriver::add_group(std::string_view group, suite::EncryptionKey key) {
  auto added = core_.add_group(group, key.public_key());
  if (added) groups_.insert_or_assign(std::string(group), std::move(key));
  return added;
}

bool NodeDriver::remove_group(std::string_view group) {
  const auto found = groups_.find(group);
  if (found != groups_.end()) groups_.erase(found);
  return core_.remove_group(group);
}

void NodeDriver::give(crypto::Request& request) {
  // A core without keys of its own asks for nothing that needs them.
  crypto::Done done{.ticket = request.ticket, .answer = {}};
  if (identity_) done.answer = loop_.answerer().answer(request.operation, *identity_, groups_);
  core_.handle(std::move(done), net::read_clock());
}

void NodeDriver::carry_out_outputs() {
  for (node::Output& output : core_.take_outputs()) {
    std::visit([this](auto& wish) { carry_out(wish); }, output);
  }
}

template <class Wish>
void NodeDriver::carry_out(Wish& wish) {
  if constexpr (std::is_same_v<Wish, node::Emit>) {
    if (on_event_ && !is_closed_) events_.push_back(std::move(wish.event));
  } else if constexpr (std::is_same_v<Wish, crypto::Request>) {
    pending_.emplace_back(std::move(wish));
  } else if constexpr (requires { hubs_.carry_out(wish); }) {
    hubs_.carry_out(wish);
  } else {
    links_.carry_out(wish);
  }
}

void NodeDriver::arm_timer() {
  const Instant next = std::min({core_.next_timeout(), links_.next_timeout(), give_up_at_});
  // One that has become later fires in vain, which is cheaper than to follow every move.
  if (next >= armed_for_) return;
  armed_for_ = next;
  timer_.expires_at(net::to_steady(next));
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->run_timer();
  });
}

void NodeDriver::run_timer() {
  armed_for_ = Instant::max();
  const Now now = net::read_clock();
  links_.handle_timeout(now.monotonic);
  if (core_.next_timeout() <= now.monotonic) core_.handle_timeout(now);
  finish_round();
  finish_if_over();
}

// ---- The application

void NodeDriver::tell_soon() {
  if (events_.empty() || std::exchange(is_telling_posted_, true)) return;
  post([](NodeDriver& self) { self.tell_events(); });
}

void NodeDriver::tell_events() {
  is_telling_posted_ = false;
  // While the application waits for another thread, this one does what others ask for.
  if (is_telling_) return;
  is_telling_ = true;
  // Those that are there: what the application brings about itself comes after other tasks.
  for (std::size_t left = events_.size(); left > 0 && !is_closed_; --left) {
    NodeEvent event = std::move(events_.front());
    events_.pop_front();
    tell(std::move(event));
  }
  is_telling_ = false;
  if (is_closed_) {
    fall_silent();
    finish_soon();
  } else {
    tell_soon();
  }
}

void NodeDriver::tell(NodeEvent event) {
  try {
    on_event_(std::move(event));
  } catch (const std::exception& error) {
    warn_of_exception(error.what());
  } catch (...) {
    warn_of_exception("something that is no std::exception");
  }
}

void NodeDriver::warn(std::string sentence) {
  if (on_event_ && !is_closed_) events_.emplace_back(NodeWarning{std::move(sentence)});
  tell_soon();
}

/// Once: whoever throws at each event would hear of nothing else.
void NodeDriver::warn_of_exception(const std::string& what) {
  if (std::exchange(has_warned_, true)) return;
  warn("OnEvent has thrown an exception, which was dropped: " + what + ". Catch exceptions there.");
}

void NodeDriver::fall_silent() {
  events_.clear();
  on_event_ = nullptr;
  if (const auto silent = std::exchange(silent_, nullptr)) silent();
}

// ---- The end

void NodeDriver::close(Mailbox::Task silent) {
  is_closed_ = true;
  silent_ = std::move(silent);
  core_.disconnect(net::read_clock());
  finish_round();
  links_.close_all();
  hubs_.close_all();
  give_up_at_ = net::read_clock().monotonic + goodbye_time_max;
  arm_timer();
  if (!is_telling_) fall_silent();
  finish_soon();
}

/// Links and hubs that have ended may still be on the stack.
void NodeDriver::finish_soon() {
  if (std::exchange(is_finish_posted_, true)) return;
  post([](NodeDriver& self) {
    self.is_finish_posted_ = false;
    self.finish_if_over();
  });
}

void NodeDriver::finish_if_over() {
  links_.bury();
  if (!is_closed_ || is_telling_) return;
  const bool is_given_up = net::read_clock().monotonic >= give_up_at_;
  if (is_given_up || (links_.is_empty() && hubs_.is_empty())) loop_.remove(*this);
}

}  // namespace pigeon::runtime
