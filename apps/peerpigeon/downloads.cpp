#include "apps/peerpigeon/downloads.hpp"

#include <algorithm>
#include <system_error>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "apps/peerpigeon/file_names.hpp"
#include "apps/peerpigeon/peer_names.hpp"
#include "pigeon/safe_text.hpp"

namespace peerpigeon {

Downloads::Downloads(std::filesystem::path folder, const DownloadLimits& limits, Console& console,
                     Abort abort)
    : folder_(std::move(folder)), limits_(limits), console_(console), abort_(std::move(abort)) {}

bool Downloads::take(const pigeon::NodeEvent& event) {
  if (const auto* begun = std::get_if<pigeon::StreamReceived>(&event)) return begin(*begun);
  if (const auto* data = std::get_if<pigeon::StreamData>(&event)) return write(*data);
  if (const auto* done = std::get_if<pigeon::StreamCompleted>(&event)) return finish(*done);
  if (const auto* broken = std::get_if<pigeon::StreamAborted>(&event)) return break_off(*broken);
  return false;
}

bool Downloads::begin(const pigeon::StreamReceived& event) {
  const std::string name = sanitize_file_name(event.info.filename);
  std::string_view why = objection(event);
  std::optional<PartFile> part;
  if (why.empty()) {
    part = event.offset > 0 ? take_broken(event) : open_part(event);
    if (!part) {
      why = event.offset > 0 ? "its beginning is not here any more" : "it cannot be stored here";
    }
  }
  if (!part) {
    tell_refusal(event.peer, name, why);
    abort_(event.stream, why);
    return true;
  }
  files_.insert_or_assign(event.stream, File{event.peer, name, event.info.resume_token,
                                             *std::move(part), event.offset, event.broadcast});
  console_.tell(
      {Verbosity::info,
       "file_begun",
       fmt::format("{} sends {}{}{}{}", short_id(event.peer), name,
                   event.broadcast ? " to everybody" : "",
                   event.info.total_size ? ", " + format_bytes(*event.info.total_size) : "",
                   event.offset > 0 ? ", going on where it stopped" : ""),
       {{"peer", event.peer.to_text()}, {"name", name}, {"offset", event.offset}}});
  return true;
}

std::string_view Downloads::objection(const pigeon::StreamReceived& event) const {
  if (event.info.total_size.value_or(0) > limits_.file_bytes_max) {
    return "larger than is accepted here";
  }
  if (event.broadcast && !event.verified) return "what goes to everybody has to be signed";
  if (files_in_all_ + files_.size() >= limits_.files_max) return "no more files are taken";
  // What strangers send to everybody leaves room for what neighbors send to us.
  const bool is_full = files_.size() >= limits_.open_max ||
                       (event.broadcast && broadcast_count() >= limits_.open_max / 4);
  if (is_full) return "too many files at a time";
  return "";
}

std::size_t Downloads::broadcast_count() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(files_, [](const auto& entry) { return entry.second.is_for_all; }));
}

std::optional<PartFile> Downloads::open_part(const pigeon::StreamReceived& event) {
  if (!std::exchange(has_folder_, true)) {
    std::error_code ignored;
    std::filesystem::create_directories(folder_, ignored);
    PartFile::remove_leftovers(folder_);
  }
  // It begins anew, so what was kept of it has no use.
  std::erase_if(broken_, [&](const File& broken) {
    return broken.peer == event.peer && broken.token == event.info.resume_token;
  });
  return PartFile::create(folder_);
}

/// The part that was kept when the stream of the same token broke off.
std::optional<PartFile> Downloads::take_broken(const pigeon::StreamReceived& event) {
  const auto found = std::ranges::find_if(broken_, [&](const File& broken) {
    return broken.peer == event.peer && broken.token == event.info.resume_token;
  });
  if (found == broken_.end() || found->bytes < event.offset) return std::nullopt;
  std::optional<PartFile> part(std::move(found->part));
  broken_.erase(found);
  if (!part->cut(event.offset)) part.reset();
  return part;
}

bool Downloads::write(const pigeon::StreamData& event) {
  const auto found = files_.find(event.stream);
  if (found == files_.end()) return true;
  File& file = found->second;
  file.bytes += event.data.size();
  bytes_in_all_ += event.data.size();
  if (file.bytes > limits_.file_bytes_max) {
    refuse(found, "larger than is accepted here");
  } else if (bytes_in_all_ / limits_.full_files_max > limits_.file_bytes_max) {
    refuse(found, "no more files are taken");
  } else if (!file.part.write(event.data)) {
    refuse(found, "it cannot be stored here");
  }
  return true;
}

bool Downloads::finish(const pigeon::StreamCompleted& event) {
  const auto found = files_.find(event.stream);
  if (found == files_.end()) return false;
  File file = std::move(found->second);
  files_.erase(found);
  std::filesystem::path stored;
  if (file.bytes == event.total_bytes) stored = file.part.keep_as(folder_, file.name);
  const std::string from = short_id(event.peer);
  if (stored.empty()) {
    console_.tell({Verbosity::error,
                   "file_failed",
                   fmt::format("{} of {} could not be stored", file.name, from),
                   {{"peer", event.peer.to_text()}, {"name", file.name}}});
    return true;
  }
  ++files_in_all_;
  console_.tell({Verbosity::error,
                 "file_received",
                 fmt::format("{} has sent {}, {}: {}", from, file.name, format_bytes(file.bytes),
                             pigeon::safe_text(stored.native())),
                 {{"peer", event.peer.to_text()},
                  {"name", file.name},
                  {"bytes", file.bytes},
                  {"path", pigeon::valid_utf8(stored.native())}}});
  return true;
}

bool Downloads::break_off(const pigeon::StreamAborted& event) {
  const auto found = files_.find(event.stream);
  if (found == files_.end()) return false;
  File file = std::move(found->second);
  files_.erase(found);
  console_.tell({Verbosity::warn,
                 "file_broken_off",
                 fmt::format("{} of {} broke off after {}: {}", file.name, short_id(event.peer),
                             format_bytes(file.bytes), pigeon::safe_text(event.reason)),
                 {{"peer", event.peer.to_text()},
                  {"name", file.name},
                  {"bytes", file.bytes},
                  {"reason", pigeon::valid_utf8(event.reason)}}});
  if (!file.token.empty()) broken_.push_back(std::move(file));
  if (broken_.size() > limits_.broken_max) broken_.pop_front();
  return true;
}

void Downloads::refuse(Files::iterator file, std::string_view reason) {
  tell_refusal(file->second.peer, file->second.name, reason);
  abort_(file->first, reason);
  files_.erase(file);
}

void Downloads::tell_refusal(const pigeon::PeerId& peer, std::string_view name,
                             std::string_view reason) {
  console_.tell({Verbosity::warn,
                 "file_refused",
                 fmt::format("{} of {} is not taken: {}", name, short_id(peer), reason),
                 {{"peer", peer.to_text()}, {"name", name}, {"reason", reason}}});
}

}  // namespace peerpigeon
