#include "tests/e2e/rfc6455_case.hpp"

#include <algorithm>

namespace pigeon::test {

void PrintTo(const Rfc6455Case& tested, std::ostream* out) { *out << tested.name; }

std::string signal_with(std::string_view text) {
  std::string message = R"({"type":"offer","targetPeerId":")";
  message.append(conformance_id).append(R"(","networkName":")").append(conformance_network);
  return message.append(R"(","data":")").append(text).append("\"}");
}

std::string echo_of(std::string_view text) { return brief("echo ", text); }

std::string brief(std::string_view words, std::string_view text) {
  std::string told(words);
  if (text.size() <= 200) return told.append(text);
  // FNV-1a.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return told + std::to_string(text.size()) + " bytes #" + std::to_string(hash);
}

std::vector<std::string> chop(std::string_view bytes, std::size_t size) {
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    pieces.emplace_back(bytes.substr(at, size));
  }
  return pieces;
}

std::vector<std::string> fragments(std::string_view message, std::size_t size,
                                   std::uint8_t opcode) {
  std::vector<std::string> frames;
  for (std::size_t at = 0; at < message.size(); at += size) {
    frames.push_back(encode({.opcode = at == 0 ? opcode : opcode::continuation,
                             .payload = std::string(message.substr(at, size)),
                             .is_final = at + size >= message.size()}));
  }
  return frames;
}

std::string join(const std::vector<std::string>& pieces) {
  std::string all;
  for (const std::string& piece : pieces) all += piece;
  return all;
}

}  // namespace pigeon::test
