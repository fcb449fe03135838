#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

namespace pigeon {

/// Carries an error into a `Result`, as `std::unexpected` does.
template <class E>
class Unexpected {
 public:
  constexpr explicit Unexpected(E error) : error_(std::move(error)) {}

  /// The error that was given.
  constexpr const E& error() const& { return error_; }
  constexpr E&& error() && { return std::move(error_); }

 private:
  E error_;
};

/// Either a value or the reason why there is none. Has the names of `std::expected`, so that it can
/// be replaced by it. Asking for what is not there is a bug in the caller and ends the program.
template <class T, class E>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = E;

  // Implicit on purpose: `return value;` and `return Unexpected(error);` read as they should.
  template <class U = T>
  requires std::is_convertible_v<U&&, T>
  // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): constrained.
  constexpr Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  constexpr Result(Unexpected<E> error)
      : state_(std::in_place_index<1>, std::move(error).error()) {}

  /// True if there is a value.
  constexpr bool has_value() const { return state_.index() == 0; }
  constexpr explicit operator bool() const { return has_value(); }

  /// The value; the caller has checked that there is one.
  constexpr T& value() & { return *checked<0>(&state_); }
  constexpr const T& value() const& { return *checked<0>(&state_); }
  constexpr T&& value() && { return std::move(*checked<0>(&state_)); }
  constexpr T& operator*() & { return value(); }
  constexpr const T& operator*() const& { return value(); }
  constexpr T&& operator*() && { return std::move(*this).value(); }
  constexpr T* operator->() { return checked<0>(&state_); }
  constexpr const T* operator->() const { return checked<0>(&state_); }

  /// The error; the caller has checked that there is no value.
  constexpr const E& error() const& { return *checked<1>(&state_); }
  constexpr E&& error() && { return std::move(*checked<1>(&state_)); }

  /// The value, or `fallback` if there is none.
  template <class U>
  constexpr T value_or(U&& fallback) const& {
    return has_value() ? value() : static_cast<T>(std::forward<U>(fallback));
  }

 private:
  template <std::size_t index, class State>
  static constexpr auto* checked(State* state) {
    auto* held = std::get_if<index>(state);
    if (held == nullptr) __builtin_trap();
    return held;
  }

  std::variant<T, E> state_;
};

/// A `Result` without a value: done, or the reason why not.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  constexpr Result() = default;
  constexpr Result(Unexpected<E> error)
      : state_(std::in_place_index<1>, std::move(error).error()) {}

  /// True if it was done.
  constexpr bool has_value() const { return state_.index() == 0; }
  constexpr explicit operator bool() const { return has_value(); }

  /// The error; the caller has checked that there is one.
  constexpr const E& error() const {
    const E* held = std::get_if<1>(&state_);
    if (held == nullptr) __builtin_trap();
    return *held;
  }

 private:
  std::variant<std::monostate, E> state_;
};

}  // namespace pigeon
