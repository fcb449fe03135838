#pragma once

#include "base/random.hpp"

namespace pigeon::suite {

/// From now on OpenSSL draws its chance, keys included, from this stream: for simulated runs that
/// shall repeat themselves. For the whole process and every thread of it, which must be only one;
/// never in a program that talks to anybody. May be called again, to begin anew.
void seed_openssl(const Random& random);

}  // namespace pigeon::suite
