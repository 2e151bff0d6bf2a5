#include "tests/protocol/samples.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;

TEST_CASE("every kind of record comes back as it was written", "[protocol][record][unit]")
{
    const auto before = genesis(samples::post(), Lane::event);
    const auto records = samples::records();
    REQUIRE(records.size() == std::variant_size_v<RecordBody>);

    for (std::size_t i = 0; i < records.size(); ++i) {
        CAPTURE(i);
        const auto bytes = encode(records[i], before);
        const auto back = decode_record(records[i].head.lane, bytes.view());
        REQUIRE(back.ok());
        CHECK(back->body.index() == i);
        CHECK(*back == records[i]);
        CHECK(digest_of(bytes.view()) == chained(before, bytes.view()));
    }
}

TEST_CASE("F-120: no rollover of a calendar or a counter is anything special to a record's time",
          "[protocol][record][unit]")
{
    constexpr std::int64_t seconds[] = {
        0,              // 1970
        1'483'228'799,  // the last second before a leap second, which Unix time does not count
        1'743'296'400,  // summer time begins in Berlin
        2'085'978'495,  // NTP's first era ends, 2036
        2'147'483'647,  // 31 bits end, 2038
        4'294'967'295,  // 32 bits end, 2106
        32'503'680'000  // the year 3000
    };
    const auto before = genesis(samples::post(), Lane::event);
    for (const auto second : seconds)
        for (const std::int64_t milli : {0, 1, 999, 1'000, 1'001}) {
            auto record = samples::records().at(0);
            record.head.mono = Instant{Millis{second * 1'000 + milli}};
            record.head.wall =
                WallTime{.at = UnixMillis{second * 1'000 + milli}, .error = Millis{1}};
            const auto bytes = encode(record, before);
            const auto back = decode_record(record.head.lane, bytes.view());
            REQUIRE(back.ok());
            CHECK(*back == record);
        }
}

TEST_CASE("every command comes back as it was written, proven or bare", "[protocol][command][unit]")
{
    const auto commands = samples::commands();
    REQUIRE(commands.size() == std::variant_size_v<CommandBody>);

    for (const auto& command : commands) {
        const auto proven = encode(command, samples::key);
        const auto bare = encode_bare(command);

        CHECK(*decode_command(proven.view()) == command);
        CHECK(*decode_command(bare.view()) == command);
        CHECK(authenticity(proven.view(), samples::key) == Authenticity::proven);
        CHECK(authenticity(bare.view(), samples::key) == Authenticity::absent);
    }
}

TEST_CASE("every message comes back as it was written", "[protocol][message][unit]")
{
    CHECK(*decode_birth(encode(samples::birth()).view()) == samples::birth());
    CHECK(*decode_nonce_offer(encode(samples::nonce_offer()).view()) == samples::nonce_offer());
    CHECK(*decode_will(encode(samples::will()).view()) == samples::will());
    CHECK(*decode_ack(encode(samples::ack()).view()) == samples::ack());
    CHECK(*decode_time_notice(encode(samples::time_notice()).view()) == samples::time_notice());
    CHECK(*decode_range_request(encode(samples::range_request()).view()) ==
          samples::range_request());
    CHECK(decode_nonce_request(encode(NonceRequest{}).view()).ok());
    CHECK(*decode_settings(encode(samples::settings()).view()) == samples::settings());
}
