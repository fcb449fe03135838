#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"

namespace pigeon {

/// Overwrites bytes with zeros, also where the compiler sees that nobody reads them again.
inline void wipe(MutableBytesView bytes) {
  volatile std::uint8_t* const memory = bytes.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) memory[i] = 0;
}
inline void wipe(std::string& text) {
  wipe(MutableBytesView(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
}

/// Wipes what it refers to when it goes.
template <class Memory>
class Wiper {
 public:
  explicit Wiper(Memory& memory) : memory_(memory) {}
  ~Wiper() { wipe(memory_); }
  Wiper(const Wiper&) = delete;
  Wiper& operator=(const Wiper&) = delete;

 private:
  Memory& memory_;
};

}  // namespace pigeon
