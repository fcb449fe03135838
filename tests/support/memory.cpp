#include "tests/support/memory.hpp"

#include <fstream>

#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Of their <sanitizer/allocator_interface.h>, which GCC does not come with.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace pigeon::test {

std::size_t used_bytes() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  // They keep what was freed.
  return __sanitizer_get_current_allocated_bytes();
#else
  std::ifstream file("/proc/self/statm");
  std::size_t all_pages = 0;
  std::size_t resident_pages = 0;
  file >> all_pages >> resident_pages;
  return resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
#endif
}

}  // namespace pigeon::test
