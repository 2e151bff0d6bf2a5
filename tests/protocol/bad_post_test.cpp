#include "tests/protocol/bad_rows.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;
using enum Refusal;

// Bad fields of what a post tells of itself, its cards and its bays, and of its settings.

TEST_CASE("a bad trace of a trip is refused", "[protocol][record][bad][unit]")
{
    check_rows("record_trip_trace",
               {row("[60000, 1815,", "[86400000, 1815,", good),
                row("[60000, 1815,", "[86400001, 1815,", out_of_range),
                row("[60000, 1815,", "[-1, 1815,", out_of_range),
                row("401000, 412,", "401000, 32767,", good),
                row("401000, 412,", "401000, 32768,", out_of_range),
                row("401000, 412,", "401000, -32768,", good),
                row("401000, 412,", "401000, -32769,", out_of_range),
                row("401000, 412,", "2147483648, 412,", out_of_range),
                row(", 0, 1814, 400750, null]", "]", good),
                row(", 400750, null]", ", 400750]", wrong_length),
                row(", 0, 1814, 400750, null]", ", 0]", wrong_length),
                row("[3, 11, 12884901895", "[3, 38, 12884901895", unknown_value),
                row("[3, 11, 12884901895", "[13, 11, 12884901895", out_of_range)});
}

TEST_CASE("a trace of twenty-five points is refused", "[protocol][record][bad][unit]")
{
    std::string points = "0, 0, 0, null";
    for (int i = 1; i < 22; ++i)
        points += ", 0, 0, 0, null";
    const auto more = points + ", 0, 0, 0, null";
    check_rows("record_trip_trace", {row("0, 1814, 400750, null", points, good),
                                     row("0, 1814, 400750, null", more, wrong_length)});
}

TEST_CASE("a bad reading of a post is refused", "[protocol][record][bad][unit]")
{
    check_rows(
        "record_post_reading",
        {row("[384, 12060,", "[null, 12060,", good), row("[384, 12060,", "[384, null,", wrong_type),
         row("[2, null]", "[]", good), row("[2, null]", "[null, null, null, null]", good),
         row("[2, null]", "[1, 2, 3, 4, 5]", wrong_length), row("[2, null]", "null", wrong_type),
         row("[0, 2, 3]", "[0, 0, 0, 0, 0, 0, 0, 3]", good),
         row("[0, 2, 3]", "[0, 0, 0, 0, 0, 0, 0, 0, 3]", wrong_length),
         row("[0, 2, 3]", "[0, 4, 3]", unknown_value), row("[0, 2, 3]", "[null]", wrong_type),
         row("3640, 802500]", "3640, 2147483648]", out_of_range),
         row("3640, 802500]", "3640]", wrong_length)});
}

TEST_CASE("a bad input, self-test or relay is refused", "[protocol][record][bad][unit]")
{
    check_rows("record_input_changed",
               {row("[0, 0, 1]", "[7, 0, 3]", good), row("[0, 0, 1]", "[8, 0, 1]", unknown_value),
                row("[0, 0, 1]", "[0, 4, 1]", unknown_value),
                row("[0, 0, 1]", "[0, 0, 4]", unknown_value),
                row("[0, 0, 1]", "[0, 1]", wrong_length)});
    check_rows("record_self_test_failed",
               {row("[2, 4096, 2]", "[11, 4294967295, 4294967295]", good),
                row("[2, 4096, 2]", "[0, 4096, 2]", unknown_value),
                row("[2, 4096, 2]", "[12, 4096, 2]", unknown_value),
                row("[2, 4096, 2]", "[2, 4294967296, 2]", out_of_range),
                row("[2, 4096, 2]", "[2, 4096, -1]", wrong_type)});
    check_rows("record_relay_wear",
               {row("412, 87]", "412, 1000]", good), row("412, 87]", "412, 1001]", out_of_range),
                row("[3, 18250", "[13, 18250", out_of_range),
                row("[3, 18250", "[3, 4294967296", out_of_range)});
}

TEST_CASE("a bad authority or card is refused", "[protocol][record][bad][unit]")
{
    check_rows("record_authority_kept",
               {row("3, 5, 1234", "3, 0, 1234", unknown_value),
                row("3, 5, 1234", "3, 6, 1234", unknown_value), row("7200000", "-1", out_of_range),
                row("250000", "-1", out_of_range), row("300000]", "-1]", out_of_range)});
    check_rows("record_card_decided",
               {row("552, 32]", "552, 36]", good), row("552, 32]", "552, 37]", unknown_value),
                row("[4, 1234", "[13, 1234", out_of_range)});
    check_rows("record_cards_changed",
               {row("[4, 31,", "[4, 96,", good), row("[4, 31,", "[4, 97,", out_of_range),
                row("[4, 31,", "[4294967296, 31,", out_of_range)});
}

TEST_CASE("a bad bay or silence is refused", "[protocol][record][bad][unit]")
{
    check_rows("record_bay_changed",
               {row("[7, 2, 1,", "[16, 0, 0,", good), row("[7, 2, 1,", "[0, 2, 1,", out_of_range),
                row("[7, 2, 1,", "[17, 2, 1,", out_of_range),
                row("[7, 2, 1,", "[7, 3, 1,", unknown_value),
                row("[7, 2, 1,", "[7, 2, 3,", unknown_value), row("856, 3, ", "856, 0, ", good),
                row("856, 3, ", "856, 13, ", out_of_range), row("1800000]", "null]", good),
                row("1800000]", "-1]", out_of_range)});
    check_rows("record_bay_noticed",
               {row("[1, 7, 2, 3,", "[2, 1, 6, 0,", good),
                row("[1, 7, 2, 3,", "[6, 16, 10, 3,", good),
                row("[1, 7, 2, 3,", "[7, 0, 4, 0,", good),
                row("[1, 7, 2, 3,", "[7, 1, 4, 0,", out_of_range),
                row("[1, 7, 2, 3,", "[1, 0, 2, 3,", out_of_range),
                row("[1, 7, 2, 3,", "[1, 17, 2, 3,", out_of_range),
                row("[1, 7, 2, 3,", "[0, 7, 2, 3,", unknown_value),
                row("[1, 7, 2, 3,", "[8, 7, 2, 3,", unknown_value),
                row("[1, 7, 2, 3,", "[1, 7, 0, 3,", unknown_value),
                row("[1, 7, 2, 3,", "[1, 7, 11, 3,", unknown_value),
                row("[1, 7, 2, 3,", "[1, 7, 2, 13,", out_of_range), row("7200000]", "null]", good),
                row("7200000]", "-1]", out_of_range)});
    check_rows("record_link_noticed", {row("[1, 60000]", "[0, 60000]", unknown_value),
                                       row("[1, 60000]", "[3, 60000]", unknown_value),
                                       row("[1, 60000]", "[2, -1]", out_of_range)});
}

TEST_CASE("settings that cannot be settings are refused", "[protocol][settings][bad][unit]")
{
    check_rows(
        "settings",
        {row("[1, 9, \"", "[1, 4294967296, \"", out_of_range), row("\"shed-10+2\"", "\"\"", good),
         row("\"shed-10+2\"", "\"twenty letters, all.\"", good),
         row("\"shed-10+2\"", "\"twenty-one letters it.\"", wrong_length),
         row("\"shed-10+2\"", "\"two\tcolumns\"", unknown_value),
         row("\"shed-10+2\"", "\"caf\xC3\xA9\"", unknown_value),
         row("\"shed-10+2\"", "\"del\x7F\"", unknown_value),
         row("\"shed-10+2\"", "h'73686564'", wrong_type),
         row("[[10000, 6000,", "[[0, 2147483647,", good),
         row("[[10000, 6000,", "[[-1, 6000,", out_of_range),
         row("[[10000, 6000,", "[[10000, 2147483648,", out_of_range),
         row("[[10000, 6000,", "[[10000,", wrong_length),
         row("[[10000, 6000,", "[[10000, 6000, 0,", wrong_length),
         row("6000, 100, ", "6000, 4294967295, ", good),
         row("6000, 100, ", "6000, 4294967296, ", out_of_range),
         row("6000, 100, ", "6000, -1, ", wrong_type), row("36000000", "9007199254740991", good),
         row("36000000", "9007199254740992", out_of_range), row("36000000", "-1", out_of_range)});
    check_rows("settings", {row("1, 1, 0, 0]", "1, 1, 0, 1]", good),
                            row("1, 1, 0, 0]", "1, 1, 0, 2]", out_of_range),
                            row("1, 1, 0, 0]", "1, 1, 0]", wrong_length),
                            row("1, 1, 0, 0]", "1, 1, 0, 0, 0]", wrong_length),
                            row("1, 1, 0, 0]", "1, 1, 0, null]", wrong_type),
                            row("[264000, 176000,", "[-264000, 176000,", out_of_range),
                            row("[264000, 176000,", "[264000,", wrong_length),
                            row("86400000, 1]", "86400000, 1, 0]", wrong_length)});
    check_rows("settings", {row("[10044, 9871]", "[0, 65535]", good),
                            row("[10044, 9871]", "[10044, 65536]", out_of_range),
                            row("[10044, 9871]", "[-1, 9871]", wrong_type),
                            row("[10044, 9871]", "[10044]", wrong_length),
                            row("[10044, 9871]", "[10044, 9871, 0]", wrong_length),
                            row("[10044, 9871], ", "", wrong_length),
                            row("[10044, 9871]", "null", wrong_type)});
    check_rows("settings_record", {row("[1, [1, 9,", "[1, [2, 9,", wrong_version),
                                   row(", h'8182", ", h'82", wrong_length),
                                   row(", h'0102", ", null, h'0102", wrong_length),
                                   row("[1, [1, 9,", "[1, null, [1, 9,", wrong_length)});
}

TEST_CASE("settings that only a guard may refuse are read", "[protocol][settings][unit]")
{
    // Far above what is compiled in: the bytes are well said.
    check_rows("settings", {row("[[10000, 6000,", "[[900000, 900000,", good)});
}
