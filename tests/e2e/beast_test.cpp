#include <cstdint>
#include <string>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/json/parse.hpp>

#include "tests/e2e/hub_test.hpp"

// A second opinion on the WebSocket protocol: a client that somebody else has written.

namespace pigeon::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

class BeastTest : public HubTest {
 protected:
  using Socket = websocket::stream<asio::ip::tcp::socket>;

  void SetUp() override { start(); }

  Socket open(const std::string& target) {
    Socket socket(context_);
    socket.next_layer().connect({asio::ip::make_address("127.0.0.1"), port()});
    // The hub must cope with a client that offers compression.
    websocket::permessage_deflate deflate;
    deflate.client_enable = true;
    socket.set_option(deflate);
    socket.read_message_max(0);
    socket.handshake("localhost:" + std::to_string(port()), target);
    return socket;
  }

  static json::object read(Socket& socket) {
    beast::flat_buffer buffer;
    socket.read(buffer);
    EXPECT_TRUE(socket.got_text());
    return json::parse(beast::buffers_to_string(buffer.data())).as_object();
  }

  asio::io_context context_;
};

TEST_F(BeastTest, WalksTheMainPath) {
  const std::string id = make_id(1);
  Socket socket = open("/?peerId=" + id);
  EXPECT_EQ(text_at(read(socket), "type"), "connected");
  socket.write(asio::buffer(R"({"type":"announce","data":{"peerId":")" + id + "\"}}"));

  std::string pong;
  socket.control_callback([&](websocket::frame_type type, beast::string_view payload) {
    if (type == websocket::frame_type::pong) pong.assign(payload.data(), payload.size());
  });
  socket.ping("are you there");
  // In frames as Beast cuts them, and in one.
  for (const bool is_fragmented : {true, false}) {
    socket.auto_fragment(is_fragmented);
    for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U, 900'000U}) {
      const std::string data(size, 'b');
      const std::string message =
          R"({"type":"offer","data":")" + data + R"(","targetPeerId":")" + id + "\"}";
      socket.binary(size % 2 == 1);
      socket.write(asio::buffer(message));
      const json::object offer = read(socket);
      EXPECT_EQ(text_at(offer, "data"), data);
      EXPECT_EQ(text_at(offer, "fromPeerId"), id);
    }
  }
  EXPECT_EQ(pong, "are you there");

  socket.close({websocket::close_code::going_away, "bye"});
  EXPECT_EQ(socket.reason().code, websocket::close_code::going_away);
}

TEST_F(BeastTest, IsToldWhyItIsRefused) {
  Socket socket = open("/?peerId=short");

  beast::flat_buffer buffer;
  beast::error_code error;
  socket.read(buffer, error);

  EXPECT_EQ(error, websocket::error::closed);
  EXPECT_EQ(socket.reason().code, websocket::close_code::policy_error);
  EXPECT_EQ(std::string(socket.reason().reason.c_str()), "Invalid peerId");
}

TEST_F(BeastTest, IsClosedWhenItSaysTooMuch) {
  Socket socket = open("/?peerId=" + make_id(1));
  read(socket);

  beast::error_code error;
  socket.write(asio::buffer(std::string(std::size_t{2} << 20U, 'x')), error);
  beast::flat_buffer buffer;
  if (!error) socket.read(buffer, error);

  EXPECT_EQ(error, websocket::error::closed);
  EXPECT_EQ(socket.reason().code, websocket::close_code::too_big);
}

}  // namespace
}  // namespace pigeon::test
