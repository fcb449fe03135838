#pragma once

#include <cerrno>
#include <string>
#include <system_error>

#include <unistd.h>

#include "pigeon/result.hpp"

namespace pigeon::persist {

/// A descriptor of the operating system.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

/// The sentence for a call of the system that has failed, with its words for `errno`.
inline Unexpected<std::string> failed(const std::string& what, const std::string& path) {
  return Unexpected("Cannot " + what + ' ' + path + ": " + std::generic_category().message(errno) +
                    '.');
}

}  // namespace pigeon::persist
