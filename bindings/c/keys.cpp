#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "bindings/c/error.hpp"
#include "bindings/c/handles.hpp"

namespace pigeon::c {

namespace {

using Text = Result<std::string, NodeError>;

/// Overwrites a text that may be a key (an application may only include the public headers, and
/// this interface does as applications do), also where the compiler sees that nobody reads it
/// again.
void wipe(char* text, std::size_t size) {
  volatile char* const memory = text;
  for (std::size_t i = 0; i < size; ++i) memory[i] = 0;
}

/// Gives the caller a text of its own, and wipes ours.
Done give_text(Text made, char** text) {
  if (!made) return Unexpected(made.error());
  const std::size_t size = made->size() + 1;
  char* copy = static_cast<char*>(std::malloc(size));
  if (copy != nullptr) std::memcpy(copy, made->c_str(), size);
  wipe(made->data(), made->size());
  if (copy == nullptr) throw std::bad_alloc();
  *text = copy;
  return {};
}

/// Makes the call that encrypts a text.
template <class Call>
Done encrypt(const char* text, std::size_t size, char** json, Call call) {
  if (text == nullptr) return missing("text");
  if (json == nullptr) return missing("json");
  return give_text(call(std::string_view(text, size)), json);
}

/// What was decrypted, with all that it points at. Stays where it is.
class Decrypted : public pigeon_decrypted {
 public:
  explicit Decrypted(DecryptedContent content) : pigeon_decrypted{}, content_(std::move(content)) {
    text = content_.text.c_str();
    text_size = content_.text.size();
    json = content_.json.c_str();
    json_size = content_.json.size();
    group = content_.group.c_str();
  }
  Decrypted(const Decrypted&) = delete;
  Decrypted& operator=(const Decrypted&) = delete;
  ~Decrypted() {
    wipe(content_.text.data(), content_.text.size());
    wipe(content_.json.data(), content_.json.size());
  }

 private:
  DecryptedContent content_;
};

}  // namespace

}  // namespace pigeon::c

using pigeon::Node;
using pigeon::PeerId;
using pigeon::Unexpected;
using pigeon::c::Done;

// ---- Keys

pigeon_error_kind pigeon_node_exchange_keys(pigeon_node* node, const char* peer,
                                            pigeon_error** error) {
  return pigeon::c::with_peer(node, peer, "peer", error,
                              [](Node& on, const PeerId& id) { return on.exchange_keys(id); });
}

pigeon_error_kind pigeon_node_add_peer_key(pigeon_node* node, const char* peer,
                                           const char* signing_key, const char* encryption_key,
                                           pigeon_error** error) {
  return pigeon::c::with_peer(node, peer, "peer", error, [&](Node& on, const PeerId& id) -> Done {
    if (signing_key == nullptr) return pigeon::c::missing("signing_key");
    if (encryption_key == nullptr) return pigeon::c::missing("encryption_key");
    return on.add_peer_key(id, {signing_key, encryption_key});
  });
}

pigeon_error_kind pigeon_node_sign(const pigeon_node* node, const char* text, size_t size,
                                   char* signature, pigeon_error** error) {
  return pigeon::c::guard(error, [&]() -> Done {
    if (node == nullptr) return pigeon::c::missing("node");
    if (text == nullptr) return pigeon::c::missing("text");
    if (signature == nullptr) return pigeon::c::missing("signature");
    const auto made = node->node.sign({text, size});
    if (!made) return Unexpected(made.error());
    std::memcpy(signature, made->c_str(), PIGEON_SIGNATURE_SIZE);
    return {};
  });
}

bool pigeon_verify_signature(const char* signature, const char* text, size_t size,
                             const char* signing_key) {
  if (signature == nullptr || text == nullptr || signing_key == nullptr) return false;
  try {
    return pigeon::verify_signature(signature, {text, size}, signing_key);
  } catch (const std::exception&) {
    return false;
  }
}

// ---- Groups

void pigeon_text_free(char* text) {
  if (text == nullptr) return;
  pigeon::c::wipe(text, std::strlen(text));
  std::free(text);
}

pigeon_error_kind pigeon_node_generate_group_key(pigeon_node* node, const char* group, char** key,
                                                 pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](Node& on) -> Done {
    if (group == nullptr) return pigeon::c::missing("group");
    if (key == nullptr) return pigeon::c::missing("key");
    return pigeon::c::give_text(on.generate_group_key(group), key);
  });
}

pigeon_error_kind pigeon_node_add_group_key(pigeon_node* node, const char* group, const char* key,
                                            pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](Node& on) -> Done {
    if (group == nullptr) return pigeon::c::missing("group");
    if (key == nullptr) return pigeon::c::missing("key");
    return on.add_group_key(group, key);
  });
}

pigeon_error_kind pigeon_node_remove_group_key(pigeon_node* node, const char* group,
                                               bool* was_member, pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](Node& on) -> Done {
    if (group == nullptr) return pigeon::c::missing("group");
    const bool was_there = on.remove_group_key(group);
    if (was_member != nullptr) *was_member = was_there;
    return {};
  });
}

// ---- Encryption without sending

pigeon_error_kind pigeon_node_encrypt(const pigeon_node* node, const char* text, size_t size,
                                      char** json, pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](const Node& on) {
    return pigeon::c::encrypt(text, size, json,
                              [&](std::string_view plain) { return on.encrypt(plain); });
  });
}

pigeon_error_kind pigeon_node_encrypt_for_peer(const pigeon_node* node, const char* peer,
                                               const char* text, size_t size, char** json,
                                               pigeon_error** error) {
  return pigeon::c::with_peer(node, peer, "peer", error, [&](const Node& on, const PeerId& id) {
    return pigeon::c::encrypt(
        text, size, json, [&](std::string_view plain) { return on.encrypt_for_peer(id, plain); });
  });
}

pigeon_error_kind pigeon_node_encrypt_for_group(const pigeon_node* node, const char* group,
                                                const char* text, size_t size, char** json,
                                                pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](const Node& on) -> Done {
    if (group == nullptr) return pigeon::c::missing("group");
    return pigeon::c::encrypt(text, size, json, [&](std::string_view plain) {
      return on.encrypt_for_group(group, plain);
    });
  });
}

pigeon_error_kind pigeon_node_decrypt(const pigeon_node* node, const char* json,
                                      const pigeon_decrypted** content, pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](const Node& on) -> Done {
    if (json == nullptr) return pigeon::c::missing("json");
    if (content == nullptr) return pigeon::c::missing("content");
    auto opened = on.decrypt(json);
    if (!opened) return Unexpected(opened.error());
    *content = std::make_unique<pigeon::c::Decrypted>(*std::move(opened)).release();
    return {};
  });
}

void pigeon_decrypted_free(const pigeon_decrypted* content) {
  delete static_cast<const pigeon::c::Decrypted*>(content);
}
