#include "suite/answerer.hpp"

#include <string>
#include <utility>
#include <variant>

namespace pigeon::suite {

namespace {

struct Visit {
  Verifier& verifier;
  const NodeIdentity& identity;

  crypto::Answer operator()(const crypto::SignRequest& request) const {
    const auto signature = identity.signing().sign(as_bytes(request.text));
    if (!signature) return {};
    return *signature;
  }

  crypto::Answer operator()(const crypto::VerifyRequest& request) const {
    return verifier.verify(request.key, as_bytes(request.text), request.signature);
  }

  crypto::Answer operator()(const crypto::SealRequest& request) const {
    auto sealed = seal(request.key, as_bytes(request.text));
    if (!sealed) return {};
    return std::move(*sealed);
  }

  crypto::Answer operator()(const crypto::OpenRequest& request) const {
    const auto text = identity.encryption().open(request.sealed);
    if (!text) return {};
    return std::string(as_text(*text));
  }
};

}  // namespace

Answerer::Answerer(std::size_t key_count_max) : verifier_(key_count_max) {}

crypto::Answer Answerer::answer(const crypto::Operation& operation, const NodeIdentity& identity) {
  return std::visit(Visit{verifier_, identity}, operation);
}

}  // namespace pigeon::suite
