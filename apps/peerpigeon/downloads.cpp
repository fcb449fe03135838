#include "apps/peerpigeon/downloads.hpp"

#include <algorithm>
#include <system_error>
#include <variant>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "apps/peerpigeon/file_names.hpp"
#include "apps/peerpigeon/peer_names.hpp"
#include "apps/peerpigeon/safe_text.hpp"

namespace peerpigeon {

using pigeon::StreamId;

Downloads::~Downloads() {
  for (auto& [stream, file] : files_) discard(file);
  for (File& file : broken_) discard(file);
}

bool Downloads::take(pigeon::Node& node, const pigeon::NodeEvent& event, Console& console) {
  if (const auto* begun = std::get_if<pigeon::StreamReceived>(&event)) {
    return begin(node, *begun, console);
  }
  if (const auto* data = std::get_if<pigeon::StreamData>(&event)) {
    return write(node, *data, console);
  }
  if (const auto* done = std::get_if<pigeon::StreamCompleted>(&event)) {
    return finish(*done, console);
  }
  if (const auto* broken = std::get_if<pigeon::StreamAborted>(&event)) {
    return break_off(*broken, console);
  }
  return false;
}

bool Downloads::begin(pigeon::Node& node, const pigeon::StreamReceived& event, Console& console) {
  File file;
  file.peer = event.peer;
  file.name = sanitize_file_name(event.info.filename);
  file.token = event.info.resume_token;
  const auto announced = event.info.total_size.value_or(0);
  File& kept = files_.insert_or_assign(event.stream, std::move(file)).first->second;
  if (announced > file_bytes_max_) {
    refuse(node, event.stream, "larger than is accepted here", console);
  } else if (event.offset > 0 && !continue_broken(event, kept)) {
    refuse(node, event.stream, "its beginning is not here any more", console);
  } else if (event.offset == 0 && !open_part(event.stream, kept)) {
    refuse(node, event.stream, "it cannot be stored here", console);
  } else {
    console.tell({Verbosity::info,
                  "file_begun",
                  fmt::format("{} sends {}{}{}", short_id(event.peer), kept.name,
                              event.info.total_size ? ", " + format_bytes(announced) : "",
                              event.offset > 0 ? ", going on where it stopped" : ""),
                  {{"peer", event.peer.to_text()}, {"name", kept.name}, {"offset", event.offset}}});
  }
  return true;
}

bool Downloads::open_part(StreamId stream, File& file) {
  std::error_code ignored;
  std::filesystem::create_directories(folder_, ignored);
  file.part = folder_ / fmt::format(".part-{}-{}", ::getpid(), static_cast<std::uint64_t>(stream));
  // Nobody may have put a link there that leads elsewhere.
  const int made = ::open(file.part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (made < 0) {
    file.part.clear();
    return false;
  }
  ::close(made);
  file.stream.open(file.part, std::ios::binary);
  return file.stream.is_open();
}

/// Goes on with the part that was kept when the stream of the same token broke off.
bool Downloads::continue_broken(const pigeon::StreamReceived& event, File& file) {
  const auto found = std::ranges::find_if(broken_, [&](const File& broken) {
    return broken.peer == event.peer && broken.token == event.info.resume_token;
  });
  if (found == broken_.end() || found->bytes < event.offset) return false;
  file.part = found->part;
  file.bytes = event.offset;
  broken_.erase(found);
  std::error_code failure;
  std::filesystem::resize_file(file.part, event.offset, failure);
  if (failure) return false;
  file.stream.open(file.part, std::ios::binary | std::ios::app);
  return file.stream.is_open();
}

bool Downloads::write(pigeon::Node& node, const pigeon::StreamData& event, Console& console) {
  const auto found = files_.find(event.stream);
  if (found == files_.end()) return true;
  File& file = found->second;
  file.bytes += event.data.size();
  bytes_in_all_ += event.data.size();
  if (file.bytes > file_bytes_max_) {
    refuse(node, event.stream, "larger than is accepted here", console);
  } else if (bytes_in_all_ / files_full_max > file_bytes_max_) {
    refuse(node, event.stream, "no more files are taken", console);
  } else if (!file.stream.write(reinterpret_cast<const char*>(event.data.data()),
                                static_cast<std::streamsize>(event.data.size()))) {
    refuse(node, event.stream, "it cannot be stored here", console);
  }
  return true;
}

bool Downloads::finish(const pigeon::StreamCompleted& event, Console& console) {
  const auto found = files_.find(event.stream);
  if (found == files_.end()) return false;
  File& file = found->second;
  file.stream.close();
  std::filesystem::path stored;
  if (file.stream && file.bytes == event.total_bytes) {
    stored = move_without_overwriting(file.part, folder_, file.name);
  }
  const std::string from = short_id(event.peer);
  if (stored.empty()) {
    discard(file);
    console.tell({Verbosity::error,
                  "file_failed",
                  fmt::format("{} of {} could not be stored", file.name, from),
                  {{"peer", event.peer.to_text()}, {"name", file.name}}});
  } else {
    console.tell({Verbosity::error,
                  "file_received",
                  fmt::format("{} has sent {}, {}: {}", from, file.name, format_bytes(file.bytes),
                              safe_text(stored.native())),
                  {{"peer", event.peer.to_text()},
                   {"name", file.name},
                   {"bytes", file.bytes},
                   {"path", valid_utf8(stored.native())}}});
  }
  files_.erase(found);
  return true;
}

bool Downloads::break_off(const pigeon::StreamAborted& event, Console& console) {
  const auto found = files_.find(event.stream);
  if (found == files_.end()) return false;
  File& file = found->second;
  console.tell({Verbosity::warn,
                "file_broken_off",
                fmt::format("{} of {} broke off after {}: {}", file.name, short_id(event.peer),
                            format_bytes(file.bytes), safe_text(event.reason)),
                {{"peer", event.peer.to_text()}, {"name", file.name}, {"bytes", file.bytes}}});
  file.stream.close();
  if (file.token.empty() || !file.stream) {
    discard(file);
  } else {
    broken_.push_back(std::move(file));
  }
  if (broken_.size() > broken_max) {
    discard(broken_.front());
    broken_.pop_front();
  }
  files_.erase(found);
  return true;
}

void Downloads::refuse(pigeon::Node& node, StreamId stream, std::string_view reason,
                       Console& console) {
  const auto found = files_.find(stream);
  File& file = found->second;
  console.tell({Verbosity::warn,
                "file_refused",
                fmt::format("{} of {} is not taken: {}", file.name, short_id(file.peer), reason),
                {{"peer", file.peer.to_text()}, {"name", file.name}, {"reason", reason}}});
  (void)node.abort_stream(stream, reason);
  discard(file);
  files_.erase(found);
}

void Downloads::discard(File& file) {
  if (file.part.empty()) return;
  file.stream.close();
  std::error_code ignored;
  std::filesystem::remove(file.part, ignored);
}

}  // namespace peerpigeon
