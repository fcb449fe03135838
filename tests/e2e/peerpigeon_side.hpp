#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "tests/support/certificate.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/hub_process.hpp"

// The command line with real processes on loopback.

namespace pigeon::test {

namespace json = boost::json;
using Arguments = std::vector<std::string>;

inline constexpr std::size_t demo_peers = 4;

/// The objects of an output of one each line; throws if a line is none.
inline std::vector<json::object> objects_of(const std::string& output) {
  std::vector<json::object> objects;
  for (std::size_t begin = 0; begin < output.size();) {
    const std::size_t end = std::min(output.find('\n', begin), output.size());
    objects.push_back(json::parse(output.substr(begin, end - begin)).as_object());
    begin = end + 1;
  }
  return objects;
}

inline std::string text_of(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PeerpigeonTest : public ::testing::Test {
 protected:
  struct Ended {
    int status = 0;
    std::string output;
  };

  ChildProcess start(const Arguments& arguments, const std::vector<std::string>& variables = {},
                     ChildProcess::Input input = ChildProcess::Input::none) {
    Arguments all = {PIGEON_PEER_BINARY};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<std::string> all_variables = environment();
    all_variables.insert(all_variables.end(), variables.begin(), variables.end());
    return {std::move(all), std::move(all_variables), input};
  }
  Ended run(const Arguments& arguments, const std::vector<std::string>& variables = {}) {
    ChildProcess program = start(arguments, variables);
    const int status = program.wait();
    return {status, program.output()};
  }

  std::vector<std::string> environment() const {
    std::vector<std::string> variables = hub_environment();
    variables.push_back("PORT=0");
    variables.push_back("PEERPIGEON_HOME=" + home().string());
    return variables;
  }
  /// Runs a line of the shell, in which "$@" is the program with these arguments.
  ChildProcess start_in_shell(const std::string& line, const Arguments& arguments,
                              ChildProcess::Input input = ChildProcess::Input::none) {
    Arguments all = {"/bin/sh", "-c", line, "sh", PIGEON_PEER_BINARY};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return {std::move(all), environment(), input};
  }

  std::filesystem::path home() const { return folder_.path() / "home"; }
  /// Bytes of the files that have not arrived whole.
  std::uintmax_t part_bytes() const {
    std::error_code ignored;
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(home() / "downloads", ignored)) {
      const bool is_part = entry.path().filename().native().starts_with(".part-");
      const auto size = is_part ? entry.file_size(ignored) : 0;
      if (size != static_cast<std::uintmax_t>(-1)) bytes += size;
    }
    return bytes;
  }
  std::filesystem::path write_file(const std::string& name, std::size_t size) const {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 977);
    std::ofstream(folder_.path() / name, std::ios::binary) << bytes;
    return folder_.path() / name;
  }

  TemporaryFolder folder_;
};

/// A port of this machine at which nobody listens, and which nobody else gets meanwhile.
class SilentPort {
 public:
  SilentPort() : socket_(loop_, boost::asio::ip::tcp::v4()) {
    socket_.bind({boost::asio::ip::make_address("127.0.0.1"), 0});
  }
  std::string number() const { return std::to_string(socket_.local_endpoint().port()); }

 private:
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::socket socket_;
};

/// A server that takes one connection, waits for a request, and answers what it was given.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer)
      : acceptor_(loop_, {boost::asio::ip::make_address("127.0.0.1"), 0}),
        server_([this, answer = std::move(answer)] {
          boost::asio::ip::tcp::socket socket(loop_);
          boost::system::error_code ignored;
          acceptor_.accept(socket, ignored);
          std::string request;
          boost::asio::read_until(socket, boost::asio::dynamic_buffer(request), "\r\n\r\n",
                                  ignored);
          boost::asio::write(socket, boost::asio::buffer(answer), ignored);
        }) {}
  ~OneAnswer() { server_.join(); }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;

  std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
  std::string url() const { return "ws://127.0.0.1:" + port(); }

 private:
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::thread server_;
};

/// A demo that others join.
class DemoTest : public PeerpigeonTest {
 protected:
  DemoTest() {
    const std::string ready = demo_.wait_for_line(R"("event":"ready")");
    if (ready.empty()) throw Failure("the demo did not start:\n" + demo_.output());
    url_ = text_of(json::parse(ready).as_object(), "url");
  }

  std::vector<std::string> peer_ids() const {
    std::vector<std::string> ids;
    for (const json::object& object : objects_of(demo_.output())) {
      if (text_of(object, "event") == "demo_peer") ids.push_back(text_of(object, "peer"));
    }
    return ids;
  }
  /// The id of one of the demo's peers.
  std::string peer_id(std::string_view name) const {
    for (const json::object& object : objects_of(demo_.output())) {
      if (text_of(object, "event") == "demo_peer" && text_of(object, "name") == name) {
        return text_of(object, "peer");
      }
    }
    return "";
  }
  Ended run_with_url(Arguments arguments) {
    arguments.insert(arguments.end(), {"--url", url_});
    return run(arguments);
  }

  ChildProcess demo_ = start({"demo", std::to_string(demo_peers), "--json"});
  std::string url_;
};

}  // namespace pigeon::test
