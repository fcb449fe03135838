#include "sim/world/hostile_peer.hpp"

namespace pigeon::sim {

namespace {
constexpr std::size_t recorded_max = 64;
/// What a channel carries at most.
constexpr std::size_t message_bytes_max = 262'144;
}  // namespace

HostilePeer::HostilePeer(MeshWorld& world, UpstreamPeer& peer, Duration period)
    : world_(world), peer_(peer), random_(world.random().split()), period_(period) {
  world_.expect_lies();
  peer_.set_on_text([this](const PeerId& /*neighbor*/, std::string_view text) {
    if (recorded_.size() >= recorded_max) recorded_.pop_front();
    recorded_.emplace_back(text);
  });
  world_.scheduler().after(period_, [this] { attack(); });
}

void HostilePeer::attack() {
  if (!is_active_ || !peer_.is_up()) return;
  const auto neighbors = peer_.links();
  if (!neighbors.empty()) {
    const PeerId& victim = neighbors[random_.below(neighbors.size())];
    ++sent_count_;
    if (random_.chance(1, 10)) {
      peer_.send_raw_binary(victim, Bytes(random_.below(1'000), 7));
    } else {
      peer_.send_raw(victim, next_text());
    }
  }
  world_.scheduler().after(period_, [this] { attack(); });
}

std::string HostilePeer::next_text() {
  switch (random_.below(12)) {
    case 0:
      return forged("chat", R"("forged")");
    case 1:
      return forged("chat", R"("forged")", R"("proof":{"pub":"x","sig":"y"},)");
    case 2:
      return forged("dm", R"("forged")",
                    R"("ack":true,"spread":true,"to":")" + member_text() + R"(",)");
    case 3:
      return recorded();
    case 4:
      return with_other_content(recorded());
    case 5:
      return with_other_id(recorded());
    case 6:
      return damaged(recorded());
    case 7:
      return with_absurd_numbers();
    case 8:
      return oversized();
    case 9:
      return in_the_name_of_others();
    case 10:
      return of_streams();
    default:
      return std::string(1 + random_.below(5'000), random_.chance(1, 2) ? '[' : '{');
  }
}

std::string HostilePeer::member_text() {
  const auto all = world_.participants();
  return all[random_.below(all.size())].id.to_text();
}

// As if it came from another one over us.
std::string HostilePeer::forged(std::string_view subtype, std::string_view content,
                                std::string_view members) {
  const std::string from = member_text();
  std::string text = R"({"id":")" + random_.id<MessageId>().to_text() + R"(","type":"gossip",)";
  text.append(R"("subtype":")").append(subtype).append(R"(","content":)").append(content);
  text.append(R"(,"from":")").append(from).append("\",").append(members);
  text.append(R"("networkName":"global","timestamp":)")
      .append(std::to_string(world_.now().wall_ms));
  text.append(R"(,"ttl":40,"path":[")").append(from).append("\",\"");
  return text.append(peer_.id().to_text()).append("\"]}");
}

std::string HostilePeer::recorded() {
  return recorded_.empty() ? "{}" : recorded_[random_.below(recorded_.size())];
}

std::string HostilePeer::with_other_content(std::string text) {
  const std::size_t at = text.find("message ");
  if (at != std::string::npos) text.replace(at, 7, "changed");
  return text;
}

std::string HostilePeer::with_other_id(std::string text) {
  constexpr std::string_view mark = R"("id":")";
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return text;
  const std::string id = random_.id<MessageId>().to_text();
  return text.replace(at + mark.size(), id.size(), id);
}

std::string HostilePeer::damaged(std::string text) {
  for (std::uint64_t i = 1 + random_.below(3); i > 0 && !text.empty(); --i) {
    const std::size_t at = random_.below(text.size());
    switch (random_.below(3)) {
      case 0:
        text[at] = static_cast<char>(random_.below(256));
        break;
      case 1:
        text.resize(at);
        break;
      default:
        text.insert(at, text.substr(at, random_.below(40)));
    }
  }
  return text;
}

std::string HostilePeer::with_absurd_numbers() {
  std::string text = forged("chat", R"("forged")");
  if (random_.chance(1, 2)) {
    constexpr std::string_view numbers[] = {"1e308", "-5", "40.5", "99999999999999999999",
                                            "\"40\""};
    return text.replace(text.find("40,\"path"), 2, numbers[random_.below(5)]);
  }
  std::string path;
  for (int i = 0; i < 1'000; ++i) path += '"' + random_.id<PeerId>().to_text() + "\",";
  return text.insert(text.find("\"path\":[") + 8, path);
}

std::string HostilePeer::oversized() {
  const std::size_t size = random_.chance(1, 2) ? message_bytes_max + 1 : message_bytes_max - 600;
  return forged("chat", '"' + std::string(size, 'x') + '"');
}

std::string HostilePeer::in_the_name_of_others() {
  const std::string member = member_text();
  switch (random_.below(4)) {
    case 0:
      return R"({"type":"signaling","data":{"type":"goodbye","data":{"peerId":")" + member +
             R"("}},"fromPeerId":")" + member + R"(","timestamp":1})";
    case 1:
      return R"({"type":"signaling","data":{"type":"offer","data":{"type":"offer","sdp":)"
             R"("v=0 not from there"}},"fromPeerId":")" +
             member + R"(","timestamp":1})";
    case 2:
      return R"({"type":"peer-announce-relay","data":")" + random_.id<PeerId>().to_text() + "\"}";
    default:
      return forged("key_exchange",
                    R"({"type":"key_exchange","publicKey":{"pub":"a.b","epub":"c.d"},)"
                    R"("timestamp":1})");
  }
}

std::string HostilePeer::of_streams() {
  const std::string stream = "stream-" + std::to_string(random_.below(200));
  switch (random_.below(4)) {
    case 0:
      return R"({"type":"__STREAM_INIT__","streamId":")" + stream +
             R"(","metadata":{"type":"file","totalSize":-1,"chunkSize":1}})";
    case 1:
      return R"({"type":"__STREAM_CHUNK__","streamId":")" + stream +
             R"(","chunkIndex":4294967296,"size":9,"data":[1,2,300]})";
    case 2:
      return R"({"type":"__STREAM_END__","streamId":")" + stream + R"(","totalChunks":1})";
    default:
      return R"({"type":"__BINARY__","size":99999999})";
  }
}

}  // namespace pigeon::sim
