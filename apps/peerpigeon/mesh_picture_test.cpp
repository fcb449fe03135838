#include "apps/peerpigeon/mesh_picture.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace peerpigeon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> make_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back("p" + std::to_string(i));
  return names;
}

TEST(MeshPictureTest, DrawsTwoPeersAndTheirLink) {
  const std::string picture = draw_mesh(make_names(2), std::vector<Link>{{0, 1}});

  EXPECT_THAT(picture, HasSubstr(" p0"));
  EXPECT_THAT(picture, HasSubstr(" p1"));
  EXPECT_EQ(std::ranges::count(picture, '|'), 17);
}

TEST(MeshPictureTest, DrawsNoLinkThatIsNotThere) {
  const std::string picture = draw_mesh(make_names(4), std::vector<Link>{});
  EXPECT_THAT(picture, Not(HasSubstr("|")));
  EXPECT_THAT(picture, Not(HasSubstr("-")));
  EXPECT_EQ(std::ranges::count(picture, 'p'), 4);
}

TEST(MeshPictureTest, StaysWithinTheWidthOfATerminal) {
  for (std::size_t count = 1; count <= 50; ++count) {
    std::vector<Link> links;
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = a + 1; b < count; ++b) links.emplace_back(a, b);
    }
    const std::string picture = draw_mesh(make_names(count), links);
    std::size_t begin = 0;
    while (begin < picture.size()) {
      const std::size_t end = std::min(picture.find('\n', begin), picture.size());
      EXPECT_LE(end - begin, 80U);
      begin = end + 1;
    }
    for (const std::string& name : make_names(count)) EXPECT_THAT(picture, HasSubstr(name));
  }
}

TEST(MeshPictureTest, ManyPeersBecomeATable) {
  const std::string picture = draw_mesh(make_names(9), std::vector<Link>{{0, 1}, {0, 8}});

  EXPECT_TRUE(picture.starts_with("      p0  \\x......x  2 links\n      p1  x\\.......  1 links\n"))
      << picture;
}

}  // namespace
}  // namespace peerpigeon
