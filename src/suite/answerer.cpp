#include "suite/answerer.hpp"

#include <string>
#include <utility>
#include <variant>

namespace pigeon::suite {

namespace {

struct Visit {
  Verifier& verifier;
  const NodeIdentity& identity;
  const GroupKeys& groups;

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
    const EncryptionKey* key = find(request.group);
    const auto text = key != nullptr ? key->open(request.sealed) : std::nullopt;
    if (!text) return {};
    return std::string(as_text(*text));
  }

  const EncryptionKey* find(std::string_view group) const {
    if (group.empty()) return &identity.encryption();
    const auto found = groups.find(group);
    return found == groups.end() ? nullptr : &found->second;
  }
};

}  // namespace

Answerer::Answerer(std::size_t key_count_max) : verifier_(key_count_max) {}

crypto::Answer Answerer::answer(const crypto::Operation& operation, const NodeIdentity& identity,
                                const GroupKeys& groups) {
  return std::visit(Visit{verifier_, identity, groups}, operation);
}

}  // namespace pigeon::suite
