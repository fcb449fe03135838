#include "apps/peerpigeon/upload.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "apps/peerpigeon/file_names.hpp"
#include "apps/peerpigeon/inbox.hpp"
#include "apps/peerpigeon/report.hpp"
#include "apps/support/quote.hpp"
#include "pigeon/safe_text.hpp"

namespace peerpigeon {

namespace fs = std::filesystem;
using pigeon::Result;
using pigeon::Unexpected;

Result<std::unique_ptr<Upload>, std::string> Upload::open(const fs::path& path) {
  const std::string shown = apps::quote(path.native(), 4096);
  std::error_code failure;
  if (!fs::is_regular_file(path, failure)) {
    return Unexpected(fmt::format("{} is not a file{}", shown,
                                  failure ? ": " + failure.message() : std::string()));
  }
  std::unique_ptr<Upload> upload(new Upload());
  upload->file_.open(path, std::ios::binary);
  if (!upload->file_.is_open()) {
    return Unexpected(fmt::format("cannot read {}: {}", shown, std::strerror(errno)));
  }
  upload->name_ = pigeon::valid_utf8(path.filename().native());
  upload->bytes_ = fs::file_size(path, failure);
  const auto modified_at = fs::last_write_time(path, failure).time_since_epoch();
  upload->token_ =
      resume_token(upload->name_, upload->bytes_,
                   std::chrono::duration_cast<std::chrono::milliseconds>(modified_at).count());
  return upload;
}

Result<void, std::string> Upload::begin(pigeon::Node& node, const pigeon::PeerId& peer) {
  peer_ = peer;
  pigeon::StreamInfo info = this->info();
  info.chunk_size = 65'536;
  info.resume_token = token_;
  return follow(node.open_stream(peer, std::move(info)));
}

Result<void, std::string> Upload::begin_for_all(pigeon::Node& node) {
  return follow(node.open_broadcast_stream(info()));
}

pigeon::StreamInfo Upload::info() const {
  pigeon::StreamInfo info;
  info.type = "file";
  info.filename = name_;
  info.mime_type = "application/octet-stream";
  info.total_size = bytes_;
  return info;
}

Result<void, std::string> Upload::follow(
    const Result<pigeon::StreamId, pigeon::NodeError>& stream) {
  if (!stream) return Unexpected(stream.error().message);
  stream_ = *stream;
  return {};
}

Upload::State Upload::take(pigeon::Node& node, const pigeon::NodeEvent& event) {
  if (!stream_ || state_ != State::going) return state_;
  if (const auto* writable = std::get_if<pigeon::StreamWritable>(&event)) {
    if (writable->stream == *stream_) write(node, *writable);
  } else if (const auto* done = std::get_if<pigeon::StreamCompleted>(&event)) {
    if (done->stream == *stream_) state_ = State::completed;
  } else if (const auto* broken = std::get_if<pigeon::StreamAborted>(&event)) {
    if (broken->stream == *stream_) fail(pigeon::safe_text(broken->reason));
  }
  return state_;
}

void Upload::write(pigeon::Node& node, const pigeon::StreamWritable& writable) {
  if (has_ended_) return;
  if (!std::exchange(has_begun_, true) && writable.offset > 0) {
    resumed_at_ = sent_ = std::min(writable.offset, bytes_);
    file_.seekg(static_cast<std::streamoff>(sent_));
  }
  if (!read(writable.bytes)) {
    (void)node.abort_stream(*stream_, "the file has changed");
    return fail("the file became shorter while it was sent");
  }
  if (!unsent_.empty()) {
    const auto written = node.write_stream(*stream_, unsent_);
    if (!written && written.error().kind == pigeon::NodeErrorKind::busy) return;
    if (!written) return fail(written.error().message);
    sent_ += unsent_.size();
    unsent_.clear();
  }
  if (sent_ < bytes_) return;
  has_ended_ = true;
  if (const auto ended = node.end_stream(*stream_); !ended) fail(ended.error().message);
}

/// Reads up to so many bytes more; false if the file has become shorter.
bool Upload::read(std::size_t bytes) {
  const std::size_t before = unsent_.size();
  const std::size_t more = std::min<std::uint64_t>(bytes, bytes_ - sent_ - before);
  if (more == 0) return true;
  unsent_.resize(before + more);
  file_.read(reinterpret_cast<char*>(unsent_.data() + before), static_cast<std::streamsize>(more));
  return file_.good();
}

bool Upload::may_go_on() const { return state_ == State::going || reason_ == overrun_reason; }

void Upload::fail(std::string reason) {
  state_ = State::failed;
  reason_ = std::move(reason);
}

std::string progress_line(std::uint64_t done, std::uint64_t total, double seconds) {
  constexpr std::size_t width = 30;
  const double share =
      total == 0 ? 1.0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const auto filled = static_cast<std::size_t>(share * width);
  std::string line = fmt::format("[{}{}] {:3.0f} %  {} of {}", std::string(filled, '#'),
                                 std::string(width - filled, '.'), share * 100, format_bytes(done),
                                 format_bytes(total));
  if (seconds > 0) {
    const auto rate = static_cast<std::uint64_t>(static_cast<double>(done) / seconds);
    line += fmt::format(", {}/s", format_bytes(rate));
  }
  return line;
}

}  // namespace peerpigeon
