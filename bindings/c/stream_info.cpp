#include "bindings/c/stream_info.hpp"

#include "bindings/c/error.hpp"

namespace pigeon::c {

Result<StreamInfo, NodeError> read_stream_info(const pigeon_stream_info* info) {
  StreamInfo read;
  if (info == nullptr) return read;
  // Fields of later versions lie behind these: look at them only if the size says so.
  if (info->struct_size < sizeof(pigeon_stream_info)) {
    return bad_argument("info->struct_size must be sizeof(pigeon_stream_info).");
  }
  if (info->type != nullptr) read.type = info->type;
  read.filename = text_or_empty(info->filename);
  read.mime_type = text_or_empty(info->mime_type);
  if (info->has_total_size) read.total_size = info->total_size;
  if (info->chunk_size != 0) read.chunk_size = info->chunk_size;
  read.resume_token = text_or_empty(info->resume_token);
  return read;
}

pigeon_stream_info view_stream_info(const StreamInfo& info) {
  return {.struct_size = sizeof(pigeon_stream_info),
          .type = info.type.c_str(),
          .filename = info.filename.c_str(),
          .mime_type = info.mime_type.c_str(),
          .total_size = info.total_size.value_or(0),
          .has_total_size = info.total_size.has_value(),
          .chunk_size = info.chunk_size,
          .resume_token = info.resume_token.c_str()};
}

}  // namespace pigeon::c
