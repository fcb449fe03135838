#pragma once

#include <utility>
#include <vector>

#include "node/output.hpp"

namespace pigeon::node {

/// Collects what a node wants done, in order.
class Outbox {
 public:
  template <class OneOutput>
  void add(OneOutput output) {
    outputs_.emplace_back(std::move(output));
  }
  template <class OneEvent>
  void emit(OneEvent event) {
    outputs_.emplace_back(Emit{std::move(event)});
  }
  std::vector<Output> take() { return std::exchange(outputs_, {}); }

 private:
  std::vector<Output> outputs_;
};

}  // namespace pigeon::node
