#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "apps/peerpigeon/mesh_picture.hpp"
#include "apps/peerpigeon/session.hpp"
#include "pigeon/hub.hpp"

namespace peerpigeon {

/// A hub and peers in one process that form a mesh before the user's eyes, and answer.
class Demo {
 public:
  Demo(const Invocation& invocation, Console& console, std::size_t count);
  Demo(const Demo&) = delete;
  Demo& operator=(const Demo&) = delete;
  ~Demo() = default;

  /// Runs until a signal; the exit status.
  int run();

 private:
  struct Peer {
    std::string name;
    pigeon::PeerId id;
    std::optional<pigeon::Node> node;
    std::set<pigeon::PeerId> links;
  };
  /// A message on its way through the mesh.
  struct Crossing {
    pigeon::MessageId id;
    Clock::time_point sent_at;
    std::set<std::size_t> heard_by;
  };

  bool start_hub();
  bool start_peers();
  bool add_peer(const pigeon::NodeLoop& loop, std::size_t index);
  Ending watch(std::optional<Clock::time_point> until, const std::function<bool()>& done);
  Ending form();
  Ending cross();
  void show_missing();
  void show_mesh();
  void show_invitation();

  void take(Arrival& arrival);
  void take_link(std::size_t index, const pigeon::PeerId& peer, Clock::time_point at);
  void take_loss(std::size_t index, const pigeon::PeerId& peer);
  void take_message(std::size_t index, const pigeon::MessageReceived& message,
                    Clock::time_point at);
  void take_stream_event(std::size_t index, const pigeon::NodeEvent& event);
  void show_hearing(std::size_t index, const pigeon::MessageReceived& message,
                    Clock::time_point at);
  void answer(std::size_t index, const pigeon::MessageReceived& message);
  bool may_answer();

  std::optional<std::size_t> index_of(const pigeon::PeerId& peer) const;
  std::string name_of(const pigeon::PeerId& peer) const;
  std::vector<Link> links() const;
  bool is_connected() const;
  double seconds_since_start(Clock::time_point at) const;

  const Invocation& invocation_;
  Console& console_;
  std::size_t count_;
  std::string url_;
  apps::Signals signals_;
  std::optional<pigeon::Hub> hub_;
  Inbox inbox_;
  std::vector<Peer> peers_;
  Clock::time_point started_at_ = Clock::now();
  Clock::time_point last_link_at_ = Clock::now();
  std::optional<Crossing> crossing_;
  /// Peers of others, and how many links they have with ours.
  std::map<pigeon::PeerId, std::size_t> guests_;
  /// Names of the files on their way, by the peer that they go to and its stream.
  std::map<std::pair<std::size_t, pigeon::StreamId>, std::string> files_;
  Clock::time_point answers_since_{};
  std::size_t answers_ = 0;
};

}  // namespace peerpigeon
