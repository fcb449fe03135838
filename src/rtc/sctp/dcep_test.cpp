#include "rtc/sctp/dcep.hpp"

#include <gtest/gtest.h>

#include "base/hex.hpp"

namespace pigeon::sctp {
namespace {

Result<DcepMessage, DcepError> decode_hex_dcep(std::string_view hex) {
  return decode_dcep(*decode_hex(hex));
}

// RFC 8832 section 5.1.
TEST(DcepTest, OpenLiesAsTheRfcDrawsIt) {
  const DcepOpen open = {.ordered = false,
                         .reliability = Reliability::limited_lifetime,
                         .reliability_limit = 0x01020304,
                         .priority = 512,
                         .label = "chat",
                         .protocol = "p"};

  EXPECT_EQ(encode_hex(*encode(open)),
            "03820200"
            "01020304"
            "00040001"
            "6368617470");
}

TEST(DcepTest, EveryChannelTypeReadsBack) {
  for (const bool ordered : {true, false}) {
    for (const auto reliability : {Reliability::reliable, Reliability::limited_retransmissions,
                                   Reliability::limited_lifetime}) {
      const DcepOpen open = {.ordered = ordered,
                             .reliability = reliability,
                             .reliability_limit = 7,
                             .label = "l",
                             .protocol = "proto"};

      const auto read = decode_dcep(*encode(open));

      ASSERT_TRUE(read);
      EXPECT_EQ(std::get<DcepOpen>(*read), open);
    }
  }
}

TEST(DcepTest, AckIsOneByte) {
  EXPECT_EQ(encode_hex(encode(DcepAck{})), "02");
  EXPECT_TRUE(std::holds_alternative<DcepAck>(*decode_hex_dcep("02")));
  EXPECT_EQ(decode_hex_dcep("0200").error(), DcepError::bad_size);
}

TEST(DcepTest, LabelsMayFillTheirLengthButNotMore) {
  DcepOpen open = {.label = std::string(65'535, 'l'), .protocol = std::string(65'535, 'p')};
  const auto message = encode(open);
  ASSERT_TRUE(message);
  EXPECT_EQ(std::get<DcepOpen>(*decode_dcep(*message)), open);

  open.label.push_back('l');
  EXPECT_FALSE(encode(open));
}

TEST(DcepTest, RefusesEveryTruncationAndWhatFollows) {
  const Bytes message = *encode(DcepOpen{.label = "label", .protocol = "protocol"});

  for (std::size_t size = 0; size < message.size(); ++size) {
    EXPECT_FALSE(
        decode_dcep(Bytes(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size))))
        << size;
  }
  Bytes longer = message;
  longer.push_back(0);
  EXPECT_EQ(decode_dcep(longer).error(), DcepError::bad_size);
}

TEST(DcepTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(decode_hex_dcep("01").error(), DcepError::unknown_message);
  EXPECT_EQ(decode_hex_dcep("030300000000000000000000").error(), DcepError::unknown_channel_type);
  EXPECT_EQ(decode_hex_dcep("038300000000000000000000").error(), DcepError::unknown_channel_type);
}

}  // namespace
}  // namespace pigeon::sctp
