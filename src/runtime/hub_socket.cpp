#include "runtime/hub_socket.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/assert.hpp"
#include "net/clock.hpp"
#include "net/stream.hpp"
#include "net/url.hpp"

namespace pigeon::runtime {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using net::IoResult;
using net::IoStatus;
using net::websocket::ClientSession;
using net::websocket::CloseCode;

namespace {

constexpr auto abnormal = static_cast<std::uint16_t>(CloseCode::abnormal);

/// Addresses of one name that are tried.
constexpr std::size_t addresses_max = 8;

std::string connect_failure(const std::string& place, const error_code& error) {
  if (error == asio::error::connection_refused) {
    return "No server listens at " + place + ". Start a hub there, or check the address.";
  }
  return "There is no way to " + place + " (" + error.message() +
         "). Check the address and the network.";
}

}  // namespace

/// Lives as long as somebody waits for it.
class HubSocket::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& loop, const HubSocketOptions& options, Random random,
             HubSocketCallbacks callbacks)
      : loop_(loop),
        options_(options),
        random_(random),
        callbacks_(std::move(callbacks)),
        resolver_(loop),
        socket_(loop),
        timer_(loop) {}

  void start(std::string_view url, const Result<net::TlsClientContext, std::string>& trusted);
  void send(std::string_view text);
  void close(CloseCode code, std::string_view reason);
  /// Ends it, if it has not ended. Nothing is told from now on.
  void release();

 private:
  enum class Phase : std::uint8_t { resolving, connecting, tls_handshake, session, gone };

  /// A call of one of our functions with what the operation found, unless we are gone by then.
  template <class... Found>
  auto bind(void (Connection::*function)(Found...));

  void take_addresses(const error_code& error, const tcp::resolver::results_type& found);
  void connect_next();
  void finish_connecting(const error_code& error);
  void step_tls_handshake();
  void start_session();
  void read();
  void flush();
  void settle();
  void tell_reached(HubStage stage) const;
  void tell_events();
  bool tell(const net::websocket::SessionEvent& event);
  void wait_readable();
  void wait_writable();
  void become_readable(const error_code& error);
  void become_writable(const error_code& error);
  void set_timer(Instant at);
  void run_timer(const error_code& error);
  void settle_later();
  void fail(const std::string& reason);
  void end(std::uint16_t code, std::string_view reason);

  asio::io_context& loop_;
  HubSocketOptions options_;
  Random random_;
  HubSocketCallbacks callbacks_;
  net::WebSocketUrl url_;
  std::optional<net::TlsClientContext> trusted_;
  Phase phase_ = Phase::resolving;
  /// When the attempt to open is given up.
  Instant open_deadline_{};

  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  /// Still to be tried, the next one last.
  std::vector<tcp::endpoint> addresses_;
  std::string last_failure_;
  /// Counts the addresses that were tried.
  std::uint32_t attempt_ = 0;

  std::optional<net::Stream> stream_;
  std::optional<ClientSession> session_;
  Bytes buffer_;
  Bytes scratch_;
  bool waits_readable_ = false;
  bool waits_writable_ = false;
  bool is_to_settle_ = false;
};

template <class... Found>
auto HubSocket::Connection::bind(void (Connection::*function)(Found...)) {
  return [self = shared_from_this(), function](auto&&... found) {
    if (self->phase_ != Phase::gone) ((*self).*function)(std::forward<decltype(found)>(found)...);
  };
}

void HubSocket::Connection::start(std::string_view url,
                                  const Result<net::TlsClientContext, std::string>& trusted) {
  open_deadline_ = net::read_clock().monotonic + options_.open_time_max;
  set_timer(open_deadline_);
  auto parsed = net::parse_websocket_url(url);
  if (parsed) {
    url_ = std::move(*parsed);
    if (trusted) trusted_ = *trusted;
  }
  if (!parsed || (url_.is_secure && !trusted_)) {
    return asio::post(
        loop_, [self = shared_from_this(), reason = parsed ? trusted.error() : parsed.error()] {
          if (self->phase_ != Phase::gone) self->fail(reason);
        });
  }
  resolver_.async_resolve(url_.host, std::to_string(url_.port), tcp::resolver::numeric_service,
                          bind(&Connection::take_addresses));
}

void HubSocket::Connection::take_addresses(const error_code& error,
                                           const tcp::resolver::results_type& found) {
  if (error) {
    return fail("The name " + url_.host + " cannot be found (" + error.message() +
                "). Check the address and the network.");
  }
  for (const auto& entry : found) addresses_.push_back(entry.endpoint());
  tell_reached(HubStage::name_found);
  if (addresses_.size() > addresses_max) addresses_.resize(addresses_max);
  std::ranges::reverse(addresses_);
  phase_ = Phase::connecting;
  connect_next();
}

/// Gives each address its share of the time that is left, so that one that swallows everything
/// does not stand before the others.
void HubSocket::Connection::connect_next() {
  if (addresses_.empty()) return fail(last_failure_);
  const tcp::endpoint address = addresses_.back();
  const Instant now = net::read_clock().monotonic;
  const auto share = (open_deadline_ - now) / static_cast<Duration::rep>(addresses_.size());
  addresses_.pop_back();
  error_code ignored;
  socket_.close(ignored);
  set_timer(now + std::max(share, Duration::zero()));
  // The end of an attempt that the timer has replaced by the next one says nothing.
  socket_.async_connect(
      address, [self = shared_from_this(), attempt = ++attempt_](const error_code& error) {
        const bool is_current = self->phase_ == Phase::connecting && self->attempt_ == attempt;
        if (is_current) self->finish_connecting(error);
      });
}

void HubSocket::Connection::finish_connecting(const error_code& error) {
  if (error) {
    last_failure_ = connect_failure(url_.authority, error);
    return connect_next();
  }
  error_code failure;
  socket_.set_option(tcp::no_delay(true), failure);
  if (!failure) socket_.non_blocking(true, failure);
  net::FileDescriptor descriptor(failure ? -1 : socket_.release(failure));
  if (failure) return fail(connect_failure(url_.authority, failure));
  tell_reached(HubStage::connected);
  set_timer(open_deadline_);
  buffer_.resize(net::Stream::read_bytes_min);
  if (!url_.is_secure) {
    stream_.emplace(loop_, std::move(descriptor));
    return start_session();
  }
  stream_.emplace(loop_, std::move(descriptor), *trusted_, url_.host);
  scratch_.resize(net::TlsSession::record_bytes_max);
  phase_ = Phase::tls_handshake;
  step_tls_handshake();
}

void HubSocket::Connection::step_tls_handshake() {
  switch (stream_->handshake().status) {
    case IoStatus::done:
      tell_reached(HubStage::secured);
      return start_session();
    case IoStatus::wants_read:
      return wait_readable();
    case IoStatus::wants_write:
      return wait_writable();
    default:
      return fail("There is no secure connection to " + url_.authority + ". " +
                  stream_->handshake_failure());
  }
}

void HubSocket::Connection::start_session() {
  phase_ = Phase::session;
  auto session = ClientSession::create(url_.authority, url_.target, options_.session,
                                       random_.split(), net::read_clock());
  if (!session) return fail(std::string(to_string(session.error())) + ". Check the address.");
  session_.emplace(std::move(*session));
  wait_readable();
  settle();
}

void HubSocket::Connection::tell_reached(HubStage stage) const {
  if (callbacks_.reached) callbacks_.reached(stage);
}

void HubSocket::Connection::read() {
  const IoResult result = stream_->read(buffer_);
  switch (result.status) {
    case IoStatus::done:
      session_->receive(MutableBytesView(buffer_).first(result.bytes), net::read_clock());
      break;
    case IoStatus::wants_read:
      break;
    case IoStatus::wants_write:
      wait_writable();
      break;
    case IoStatus::ended:
    case IoStatus::failed:
      session_->lose(result.status == IoStatus::failed ? "it was reset" : "");
      break;
  }
}

void HubSocket::Connection::flush() {
  if (waits_writable_ || session_->queue().empty()) return;
  const IoStatus status = stream_->write(session_->queue(), scratch_);
  if (status == IoStatus::wants_write) wait_writable();
  if (status == IoStatus::ended || status == IoStatus::failed) session_->lose("it was reset");
  if (session_->queue().empty()) session_->queue().shrink();
}

/// Does what follows from a call of the session.
void HubSocket::Connection::settle() {
  flush();
  tell_events();
  if (phase_ != Phase::session) return;
  set_timer(session_->is_open() || session_->has_ended()
                ? session_->next_timeout()
                : std::min(open_deadline_, session_->next_timeout()));
}

void HubSocket::Connection::tell_events() {
  for (const auto& event : session_->take_events()) {
    if (!tell(event)) return;
  }
}

/// False if nothing more is to be told.
bool HubSocket::Connection::tell(const net::websocket::SessionEvent& event) {
  if (const auto* text = std::get_if<net::websocket::TextReceived>(&event)) {
    if (callbacks_.text) callbacks_.text(text->text);
  } else if (const auto* closed = std::get_if<net::websocket::SessionClosed>(&event)) {
    end(closed->code, closed->reason);
  } else {
    open_deadline_ = Instant::max();
    if (callbacks_.opened) callbacks_.opened();
  }
  return phase_ != Phase::gone;
}

void HubSocket::Connection::wait_readable() {
  if (std::exchange(waits_readable_, true)) return;
  stream_->wait_readable(bind(&Connection::become_readable));
}

void HubSocket::Connection::wait_writable() {
  if (std::exchange(waits_writable_, true)) return;
  stream_->wait_writable(bind(&Connection::become_writable));
}

void HubSocket::Connection::become_readable(const error_code& error) {
  waits_readable_ = false;
  if (error) return;
  if (phase_ == Phase::tls_handshake) return step_tls_handshake();
  read();
  settle();
  if (phase_ == Phase::session) wait_readable();
}

void HubSocket::Connection::become_writable(const error_code& error) {
  waits_writable_ = false;
  if (error) return;
  if (phase_ == Phase::tls_handshake) return step_tls_handshake();
  // TLS may have wanted to write before it could read.
  if (stream_->is_secure()) read();
  settle();
}

void HubSocket::Connection::set_timer(Instant at) {
  if (at == Instant::max()) {
    timer_.cancel();
    return;
  }
  const auto steady = net::to_steady(at);
  if (timer_.expiry() == steady) return;
  timer_.expires_at(steady);
  timer_.async_wait(bind(&Connection::run_timer));
}

void HubSocket::Connection::run_timer(const error_code& error) {
  // It may have been set anew while this call was on its way.
  if (error || std::chrono::steady_clock::now() < timer_.expiry()) return;
  const Now now = net::read_clock();
  if (phase_ == Phase::session && now.monotonic >= session_->next_timeout()) {
    session_->handle_timeout(now);
    return settle();
  }
  last_failure_ =
      url_.authority + " does not answer. Check the address, and whether a firewall is in between.";
  if (phase_ == Phase::connecting) return connect_next();
  fail(last_failure_);
}

void HubSocket::Connection::send(std::string_view text) {
  if (phase_ != Phase::session) return;
  session_->send_text(text);
  settle_later();
}

void HubSocket::Connection::close(CloseCode code, std::string_view reason) {
  if (phase_ == Phase::gone) return;
  if (phase_ == Phase::session) {
    session_->close(code, reason, net::read_clock());
    return settle_later();
  }
  asio::post(loop_, [self = shared_from_this(), code] {
    if (self->phase_ == Phase::gone) return;
    self->end(static_cast<std::uint16_t>(code), "The connection was given up.");
  });
}

/// Not at once: our owner is not to be called inside its own call.
void HubSocket::Connection::settle_later() {
  if (std::exchange(is_to_settle_, true)) return;
  asio::post(loop_, [self = shared_from_this()] {
    self->is_to_settle_ = false;
    if (self->phase_ == Phase::session) self->settle();
  });
}

void HubSocket::Connection::fail(const std::string& reason) { end(abnormal, reason); }

void HubSocket::Connection::end(std::uint16_t code, std::string_view reason) {
  if (phase_ == Phase::session) stream_->finish_sending();
  release();
  if (callbacks_.closed) callbacks_.closed(code, reason);
}

void HubSocket::Connection::release() {
  phase_ = Phase::gone;
  resolver_.cancel();
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
  if (stream_) stream_->close();
}

HubSocket::HubSocket(asio::io_context& loop, std::string_view url,
                     const Result<net::TlsClientContext, std::string>& trusted,
                     const HubSocketOptions& options, Random random, HubSocketCallbacks callbacks)
    : connection_(std::make_shared<Connection>(loop, options, random, std::move(callbacks))) {
  connection_->start(url, trusted);
}

HubSocket::~HubSocket() { connection_->release(); }

void HubSocket::send(std::string_view text) { connection_->send(text); }

void HubSocket::close(std::uint16_t code, std::string_view reason) {
  PIGEON_ASSERT(net::websocket::may_be_sent(static_cast<CloseCode>(code)));
  connection_->close(static_cast<CloseCode>(code), reason);
}

}  // namespace pigeon::runtime
