#pragma once

#include <memory>

namespace pigeon::dtls {

/// Frees what OpenSSL has made with its own function.
template <auto free_function>
struct OpensslDeleter {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};

template <class T, auto free_function>
using OpensslPointer = std::unique_ptr<T, OpensslDeleter<free_function>>;

}  // namespace pigeon::dtls
