#include "rtc/sdp/parse.hpp"

#include <limits>
#include <string>

#include <gmock/gmock.h>

#include "rtc/sdp/description_testing.hpp"
#include "rtc/sdp/golden_testing.hpp"

namespace pigeon::sdp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view head = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
constexpr std::string_view data_line = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";

std::string data_section(std::string_view attributes) {
  return std::string(head) + std::string(data_line) + std::string(attributes);
}

SdpError error_of(std::string_view text) {
  const auto description = parse(text);
  EXPECT_FALSE(description.has_value()) << text;
  return description ? SdpError{} : description.error();
}

TEST(ParseTest, ReadsTheOfferOfABrowser) {
  const SessionDescription offer = parsed(chromium_offer);

  EXPECT_EQ(offer.session_id, 2859608398611465048U);
  EXPECT_EQ(offer.session_version, 2U);
  EXPECT_THAT(offer.bundles, ElementsAre(ElementsAre("0", "1", "2")));
  EXPECT_EQ(offer.attributes, (LineList{"extmap-allow-mixed", "msid-semantic: WMS"}));
  ASSERT_THAT(offer.media, SizeIs(3));
  const MediaSection& audio = offer.media[0];
  EXPECT_EQ(audio.kind, "audio");
  EXPECT_EQ(audio.protocol, "UDP/TLS/RTP/SAVPF");
  EXPECT_THAT(audio.formats, ElementsAre("111", "63", "9", "0", "8", "13", "110", "126"));
  EXPECT_EQ(audio.direction, Direction::recvonly);
  EXPECT_EQ(audio.mid, "0");
  EXPECT_TRUE(audio.attributes.contains("rtpmap:111 opus/48000/2"));
  const MediaSection& data = offer.media[2];
  EXPECT_TRUE(is_data_section(data));
  EXPECT_EQ(data.port, 9);
  EXPECT_EQ(data.ice_ufrag, "a7+s");
  EXPECT_EQ(data.ice_pwd, "Ox8BbuDioddYcM5ofesaHJac");
  EXPECT_THAT(data.ice_options, ElementsAre("trickle"));
  EXPECT_EQ(data.setup, SetupRole::actpass);
  EXPECT_EQ(data.sctp_port, 5'000);
  EXPECT_EQ(data.max_message_size, 262'144U);
  EXPECT_EQ(data.direction, std::nullopt);
  ASSERT_THAT(data.fingerprints, SizeIs(1));
  EXPECT_EQ(data.fingerprints[0].algorithm, "sha-256");
  ASSERT_THAT(data.fingerprints[0].value, SizeIs(32));
  EXPECT_EQ(data.fingerprints[0].value[0], 0xA2);
  EXPECT_EQ(data.fingerprints[0].value[31], 0x59);
}

TEST(ParseTest, KeepsCandidatesAsTheyAre) {
  const SessionDescription offer = parsed(libdatachannel_offer);

  EXPECT_THAT(offer.media[0].candidates,
              ElementsAre("2 1 UDP 2116026111 2001:db8::2 35132 typ host",
                          "1 1 UDP 2114977791 192.0.2.2 35132 typ host"));
  EXPECT_TRUE(offer.media[0].end_of_candidates);
  EXPECT_FALSE(parsed(chromium_data_offer).media[0].end_of_candidates);
}

TEST(ParseTest, GivesSectionsWhatTheSessionSays) {
  const SessionDescription offer = parsed(firefox_offer);

  ASSERT_THAT(offer.media, SizeIs(2));
  for (const MediaSection& section : offer.media) {
    ASSERT_THAT(section.fingerprints, SizeIs(1));
    EXPECT_EQ(section.fingerprints[0].value[0], 0x9C);
    EXPECT_THAT(section.ice_options, ElementsAre("trickle"));
  }
}

TEST(ParseTest, PrefersWhatASectionSaysItself) {
  const SessionDescription offer = parsed(
      std::string(head) +
      "a=ice-ufrag:session\r\na=ice-pwd:session-pwd\r\na=setup:passive\r\na=fingerprint:x 01\r\n" +
      std::string(data_line) +
      "a=ice-ufrag:own\r\na=ice-pwd:own-pwd\r\na=setup:active\r\na=fingerprint:y 02\r\n" +
      std::string(data_line));

  EXPECT_EQ(offer.media[0].ice_ufrag, "own");
  EXPECT_EQ(offer.media[0].ice_pwd, "own-pwd");
  EXPECT_EQ(offer.media[0].setup, SetupRole::active);
  EXPECT_THAT(offer.media[0].fingerprints, ElementsAre(Fingerprint{"y", {2}}));
  EXPECT_EQ(offer.media[1].ice_ufrag, "session");
  EXPECT_EQ(offer.media[1].ice_pwd, "session-pwd");
  EXPECT_EQ(offer.media[1].setup, SetupRole::passive);
  EXPECT_THAT(offer.media[1].fingerprints, ElementsAre(Fingerprint{"x", {1}}));
}

TEST(ParseTest, SplitsIceOptionsAtSpacesAndCommas) {
  EXPECT_THAT(parsed(libdatachannel_offer).media[0].ice_options, ElementsAre("ice2", "trickle"));
  EXPECT_THAT(parsed(data_section("a=ice-options:ice2 trickle")).media[0].ice_options,
              ElementsAre("ice2", "trickle"));
}

TEST(ParseTest, UnderstandsTheFormBeforeRfc8841) {
  const SessionDescription offer = parsed(aiortc_offer);

  EXPECT_TRUE(is_data_section(offer.media[0]));
  EXPECT_TRUE(is_old_data_section(offer.media[0]));
  EXPECT_EQ(offer.media[0].sctp_port, 5'000);
  EXPECT_EQ(offer.media[0].max_message_size, 65'536U);
  EXPECT_THAT(offer.media[0].fingerprints, SizeIs(3));
}

TEST(ParseTest, TakesLineFeedsAlone) {
  std::string text(chromium_offer);
  std::erase(text, '\r');

  EXPECT_EQ(parsed(text), parsed(chromium_offer));
}

TEST(ParseTest, NeedsNoEndOfTheLastLine) {
  EXPECT_EQ(parsed(chromium_offer.substr(0, chromium_offer.size() - 2)), parsed(chromium_offer));
}

TEST(ParseTest, KeepsAttributesThatNobodyKnows) {
  const SessionDescription description =
      parsed(std::string(head) + "a=x-session:1\r\n" + std::string(data_line) +
             "b=AS:30\r\na=x-flag\r\na=x-value: 2 \r\na=mid\r\na=end-of-candidates:now\r\n");

  EXPECT_EQ(description.attributes, LineList{"x-session:1"});
  EXPECT_EQ(description.media[0].attributes,
            (LineList{"x-flag", "x-value: 2 ", "mid", "end-of-candidates:now"}));
  EXPECT_EQ(description.media[0].preamble, LineList{"b=AS:30"});
}

TEST(ParseTest, CountsAMaxMessageSizeThatIsNoNumberAsAbsent) {
  for (const std::string_view value : {"-1", "", "12x", "0x10", " 5", "1.5"}) {
    const SessionDescription description =
        parsed(data_section("a=max-message-size:" + std::string(value)));

    EXPECT_EQ(description.media[0].max_message_size, std::nullopt) << value;
    EXPECT_TRUE(description.media[0].attributes.empty()) << value;
  }
}

TEST(ParseTest, TakesAnyMaxMessageSizeThatIsANumber) {
  const auto size_of = [](std::string_view value) {
    return parsed(data_section("a=max-message-size:" + std::string(value)))
        .media[0]
        .max_message_size;
  };

  EXPECT_EQ(size_of("0"), 0U);
  EXPECT_EQ(size_of("1073741823"), 1'073'741'823U);
  EXPECT_EQ(size_of("99999999999999999999999"), std::numeric_limits<std::uint64_t>::max());
}

TEST(ParseTest, KeepsFingerprintsOfUnknownHashes) {
  const SessionDescription description =
      parsed(data_section("a=fingerprint:SHA-1 4A:ad\r\na=fingerprint:sha-999 not-hex\r\n"));

  ASSERT_THAT(description.media[0].fingerprints, ElementsAre(Fingerprint{"sha-1", {0x4A, 0xAD}}));
  EXPECT_FALSE(is_verifiable(description.media[0].fingerprints[0]));
  EXPECT_EQ(description.media[0].attributes, LineList{"fingerprint:sha-999 not-hex"});
}

TEST(ParseTest, VerifiesFingerprintsOfTheKnownHashes) {
  const SessionDescription offer = parsed(aiortc_offer);

  for (const Fingerprint& fingerprint : offer.media[0].fingerprints) {
    EXPECT_TRUE(is_verifiable(fingerprint)) << fingerprint.algorithm;
  }
}

TEST(ParseTest, RefusesFingerprintsOfTheWrongLength) {
  const std::string fingerprint = "a=fingerprint:sha-256 ";
  const SdpError expected{6, SdpErrorKind::bad_fingerprint};

  EXPECT_EQ(error_of(data_section(fingerprint + "AA:BB")), expected);
  EXPECT_EQ(error_of(data_section(fingerprint)), expected);
  EXPECT_EQ(error_of(data_section("a=fingerprint:sha-256")), expected);
  EXPECT_EQ(error_of(data_section("a=fingerprint:sha-512 AA")), expected);
}

TEST(ParseTest, DropsCandidatesAndFingerprintsPastTheirLimits) {
  std::string attributes;
  for (std::size_t i = 0; i < candidates_max + 5; ++i) attributes += "a=candidate:x\r\n";
  for (std::size_t i = 0; i < fingerprints_max + 5; ++i) attributes += "a=fingerprint:x 01\r\n";

  const SessionDescription description = parsed(data_section(attributes));

  EXPECT_THAT(description.media[0].candidates, SizeIs(candidates_max));
  EXPECT_THAT(description.media[0].fingerprints, SizeIs(fingerprints_max));
  EXPECT_TRUE(description.media[0].attributes.empty());
}

TEST(ParseTest, RefusesWhatIsTooLarge) {
  EXPECT_EQ(error_of(std::string(text_bytes_max + 1, 'a')).what, SdpErrorKind::too_large);
  EXPECT_EQ(error_of(data_section("a=" + std::string(line_bytes_max - 1, 'x'))),
            (SdpError{6, SdpErrorKind::line_too_long}));
  EXPECT_EQ(error_of(std::string(head) + std::string(lines_max, '\n')),
            (SdpError{lines_max + 1, SdpErrorKind::too_many_lines}));
  std::string sections(head);
  for (std::size_t i = 0; i <= media_sections_max; ++i) sections += data_line;
  EXPECT_EQ(error_of(sections),
            (SdpError{4 + media_sections_max + 1, SdpErrorKind::too_many_sections}));
}

TEST(ParseTest, RefusesTooManyBundles) {
  std::string groups(head);
  for (std::size_t i = 0; i <= bundles_max; ++i) groups += "a=group:BUNDLE 0\r\n";
  std::string mids = std::string(head) + "a=group:BUNDLE";
  for (std::size_t i = 0; i <= bundles_max; ++i) mids += " 0";

  EXPECT_EQ(error_of(groups).what, SdpErrorKind::bad_group);
  EXPECT_EQ(error_of(mids), (SdpError{5, SdpErrorKind::bad_group}));
}

TEST(ParseTest, KeepsOtherGroupsAsAttributes) {
  const SessionDescription description =
      parsed(std::string(head) + "a=group:LS 0 1\r\na=group:BUNDLE-ONLY 0\r\na=group:BUNDLE\r\n");

  EXPECT_EQ(description.attributes, (LineList{"group:LS 0 1", "group:BUNDLE-ONLY 0"}));
  EXPECT_THAT(description.bundles, ElementsAre(IsEmpty()));
}

TEST(ParseTest, RefusesTwoSectionsOfOneMid) {
  EXPECT_EQ(error_of(with(chromium_offer, "a=mid:1", "a=mid:0")).what, SdpErrorKind::repeated_mid);
}

TEST(ParseTest, NamesTheLineAndTheFault) {
  EXPECT_EQ(error_of("o=- 1 2 IN IP4 0.0.0.0"), (SdpError{1, SdpErrorKind::bad_version}));
  EXPECT_EQ(error_of("v=1"), (SdpError{1, SdpErrorKind::bad_version}));
  EXPECT_EQ(error_of("v=0\nv=0"), (SdpError{2, SdpErrorKind::bad_version}));
  EXPECT_EQ(error_of(""), (SdpError{1, SdpErrorKind::bad_version}));
  EXPECT_EQ(error_of("v=0\n"), (SdpError{2, SdpErrorKind::bad_origin}));
  EXPECT_EQ(error_of("v=0\no=- x 2 IN IP4 0.0.0.0"), (SdpError{2, SdpErrorKind::bad_origin}));
  EXPECT_EQ(error_of("v=0\no=- 1 2 IN IP4"), (SdpError{2, SdpErrorKind::bad_origin}));
  EXPECT_EQ(error_of("v=0\nm=audio 9 RTP 0"), (SdpError{2, SdpErrorKind::bad_origin}));
  EXPECT_EQ(error_of(std::string(head) + "m=audio 9 RTP"),
            (SdpError{5, SdpErrorKind::bad_media_line}));
  EXPECT_EQ(error_of(std::string(head) + "m=audio 65536 RTP 0"),
            (SdpError{5, SdpErrorKind::bad_media_line}));
  EXPECT_EQ(error_of(std::string(head) + "rubbish"), (SdpError{5, SdpErrorKind::bad_line}));
  EXPECT_EQ(error_of(std::string(head) + "a=x\ry"), (SdpError{5, SdpErrorKind::bad_character}));
  EXPECT_EQ(error_of(data_section("a=setup:both")), (SdpError{6, SdpErrorKind::bad_setup}));
  EXPECT_EQ(error_of(data_section("a=sctp-port:65536")),
            (SdpError{6, SdpErrorKind::bad_sctp_port}));
  EXPECT_EQ(error_of(data_section("a=mid:a b")), (SdpError{6, SdpErrorKind::bad_mid}));
  EXPECT_EQ(error_of(data_section("a=ice-ufrag:" + std::string(257, 'x'))),
            (SdpError{6, SdpErrorKind::bad_ice_attribute}));
  EXPECT_EQ(error_of(std::string(head) + "m=application 9 DTLS/SCTP 70000"),
            (SdpError{5, SdpErrorKind::bad_sctp_port}));
  EXPECT_EQ(to_text({5, SdpErrorKind::bad_setup}),
            "line 5: the setup role is not one of active, passive, actpass, holdconn");
}

TEST(ParseTest, DropsTheNumberOfPorts) {
  const SessionDescription description = parsed(std::string(head) + "m=audio 49170/2 RTP/AVP 0\n");

  EXPECT_EQ(description.media[0].port, 49'170);
}

}  // namespace
}  // namespace pigeon::sdp
