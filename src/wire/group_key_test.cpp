#include "wire/group_key.hpp"

#include <array>

#include <gtest/gtest.h>

namespace pigeon::wire {
namespace {

using crypto::PrivateScalar;
using crypto::SigningPublicKey;

// What `generateGroupKey` of 1.1.3 gave.
constexpr std::string_view upstream = R"({"pub":"GjLdH3_GMws-RDFAeCLLZEp7pLTnc1Rdpd-1Nf_ODfY.)"
                                      R"(STSwgOo-r69VTUXlMGQxMiwl3zhBrhGHrGYi2eNMzSc",)"
                                      R"("priv":"pkkt0LG_q6sT49ydN7Ydv9QOrOSkK_YgT0hdNOts7Lw",)"
                                      R"("epub":"vNmSagU45wM9q3gHqTk4qsDjlJHphq2iv0Pc_ZyQSvQ.)"
                                      R"(92QYwQT8kHrfSVQPlzDvRbdYZhWh8mSbEt0hVDBTSic",)"
                                      R"("epriv":"x1bsp6WbI2x1Y9kBa-BWzkOLLkEniydpiMRsMlVQCDg",)"
                                      R"("created":1795307641285,"groupId":"chess"})";

TEST(GroupKeyTest, ReadsAndWritesTheKeyAsUpstreamHasIt) {
  const auto key = decode_group_key(upstream);

  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->encryption_private.to_text(), "x1bsp6WbI2x1Y9kBa-BWzkOLLkEniydpiMRsMlVQCDg");
  EXPECT_EQ(key->encryption_public.to_text(),
            "vNmSagU45wM9q3gHqTk4qsDjlJHphq2iv0Pc_ZyQSvQ."
            "92QYwQT8kHrfSVQPlzDvRbdYZhWh8mSbEt0hVDBTSic");
  const crypto::StoredKeys keys{
      *PrivateScalar::parse("pkkt0LG_q6sT49ydN7Ydv9QOrOSkK_YgT0hdNOts7Lw"),
      *SigningPublicKey::parse("GjLdH3_GMws-RDFAeCLLZEp7pLTnc1Rdpd-1Nf_ODfY."
                               "STSwgOo-r69VTUXlMGQxMiwl3zhBrhGHrGYi2eNMzSc"),
      key->encryption_private, key->encryption_public};
  EXPECT_EQ(encode_group_key(keys, "chess", 1'795'307'641'285), upstream);
}

TEST(GroupKeyTest, ReadsNoTruncation) {
  for (std::size_t size = 0; size < upstream.size(); ++size) {
    EXPECT_FALSE(decode_group_key(upstream.substr(0, size))) << size;
  }
}

TEST(GroupKeyTest, RefusesWhatIsNoKey) {
  const std::string epub = R"("epub":")" + std::string(43, 'A') + "." + std::string(43, 'A') + '"';
  const std::string epriv = R"("epriv":")" + std::string(43, 'A') + '"';
  EXPECT_TRUE(decode_group_key("{" + epub + "," + epriv + "}")) << "no more is needed";
  for (const std::string& wrong :
       {std::string(), std::string("[]"), "{" + epub + "}", "{" + epriv + "}",
        "{" + epub + "," + epriv + "," + epriv + "}", "{" + epub + R"(,"epriv":1})",
        "{" + epub + R"(,"epriv":"x"})", "{" + epriv + R"(,"epub":"x.y"})",
        "{" + epub + "," + epriv + R"(,"more":")" + std::string(group_key_bytes_max, 'x') +
            "\"}"}) {
    EXPECT_FALSE(decode_group_key(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace pigeon::wire
