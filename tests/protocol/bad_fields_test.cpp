#include "tests/protocol/bad_rows.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::protocol;
using enum Refusal;

TEST_CASE("a bad head of a record is refused", "[protocol][record][bad][unit]")
{
    // [1, boot, seq, mono, wall, kind, ...
    check_rows("record_card_presented",
               {row("[1, 3, 259", "[1, 4294967295, 259", good),
                row("[1, 3, 259", "[1, 4294967296, 259", out_of_range),
                row("[1, 3, 259", "[1, -1, 259", wrong_type),
                row("[1, 3, 259", "[1, null, 259", wrong_type),
                row("3, 259,", "3, 1,", good),
                row("3, 259,", "3, 0,", out_of_range),
                row("3, 259,", "3, 9007199254740991,", good),
                row("3, 259,", "3, 9007199254740992,", out_of_range),
                row("60259", "0", good),
                row("60259", "-1", out_of_range),
                row("60259", "9007199254740992", out_of_range),
                row("60259", "\"60259\"", wrong_type),
                row("[1772352000000, 40]", "null", good),
                row("[1772352000000, 40]", "[1772352000000]", wrong_length),
                row("[1772352000000, 40]", "[1772352000000, 40, 0]", wrong_length),
                row("[1772352000000, 40]", "1772352000000", wrong_type),
                row("[1772352000000, 40]", "[-1, 40]", good),
                row("[1772352000000, 40]", "[-9007199254740992, 40]", out_of_range),
                row("[1772352000000, 40]", "[1772352000000, -1]", out_of_range),
                row("[1772352000000, 40]", "[]", wrong_length),
                row(", 12, [", ", 0, [", unknown_value),
                row(", 12, [", ", 26, [", unknown_value),
                row(", 12, [", ", 18446744073709551615, [", unknown_value),
                row(", 12, [", ", 4, [", wrong_length),
                row(", 12, [", ", h'0c', [", wrong_type)});
}

TEST_CASE("a bad boot, change or session record is refused", "[protocol][record][bad][unit]")
{
    check_rows("record_booted",
               {row("[2, 10,", "[0, 10,", unknown_value), row("[2, 10,", "[7, 10,", unknown_value),
                row("[2, 10,", "[2, 12,", good), row("[2, 10,", "[2, 13,", out_of_range),
                row("h'2021222324252627'", "h'20212223242526'", wrong_length),
                row("h'2021222324252627'", "h''", wrong_length),
                row("h'2021222324252627'", "null", wrong_type)});
    check_rows(
        "record_outlet_changed",
        {row("[3, 0, 1]", "[13, 0, 1]", out_of_range), row("[3, 0, 1]", "[0, 0, 1]", good),
         row("[3, 0, 1]", "[3, 5, 1]", unknown_value), row("[3, 0, 1]", "[3, 0, 5]", unknown_value),
         row("[3, 0, 1]", "[3, 0, 256]", unknown_value), row("[3, 0, 1]", "[3, 0]", wrong_length),
         row("[3, 0, 1]", "[3, 0, 1, 0]", wrong_length), row("[3, 0, 1]", "[]", wrong_length),
         row("[3, 0, 1]", "null", wrong_type)});
    check_rows("record_session_started",
               {row("14400000", "-1", out_of_range), row("14400000", "0", good),
                row(", 500000]", ", -1]", out_of_range),
                row(", 500000]", ", 9007199254740992]", out_of_range),
                row("12884901895", "18446744073709551615", good),
                row("12884901895", "-1", wrong_type),
                row("3, 1, 1234", "3, 0, 1234", unknown_value),
                row("3, 1, 1234", "3, 6, 1234", unknown_value)});
    check_rows("record_session_progressed",
               {row("600000", "-1", out_of_range), row("66000", "-66000", good),
                row("390000", "-2147483648", good), row("390000", "-2147483649", out_of_range),
                row("401000", "2147483648", out_of_range)});
    check_rows("record_session_ended", {row("3, 2, 9000000", "3, 0, 9000000", unknown_value),
                                        row("3, 2, 9000000", "3, 99, 9000000", unknown_value),
                                        row("9000000", "-9000000", out_of_range)});
}

TEST_CASE("a bad alarm or reading is refused", "[protocol][record][bad][unit]")
{
    check_rows("record_tripped",
               {row("[3, 1, 12884901895", "[3, 0, 12884901895", unknown_value),
                row("[3, 1, 12884901895", "[3, 99, 12884901895", unknown_value),
                row("23400", "-23400", good), row("23400", "9007199254740992", out_of_range),
                row("10000, 40", "10000, -40", out_of_range),
                row("40, 1]", "40, 4294967296]", out_of_range)});
    check_rows("record_trip_cleared", {row("[3, 1, h'", "[3, 0, h'", unknown_value),
                                       row("[3, 1, h'", "[3, 1, h'00", wrong_length)});
    check_rows("record_telemetry",
               {row("228400", "-1", good), row("228400", "2147483648", out_of_range),
                row("[[2, 1820", "[[9, 1820", unknown_value), row(", 412]", ", null]", good),
                row(", 412]", ", []]", wrong_type), row(", 412]", "]", wrong_length),
                row("[0, 0, -12, 0, null]", "0", wrong_type),
                row(", [0, 0, -12, 0, null]", "", good)});
}

TEST_CASE("a bad gap, answer or signature is refused", "[protocol][record][bad][unit]")
{
    check_rows("record_gap",
               {row("[12, 511,", "[511, 511,", good), row("[12, 511,", "[512, 511,", out_of_range),
                row("[12, 511,", "[0, 511,", out_of_range)});
    check_rows("record_command_result", {row(", 1, 3, 10]", ", 0, 3, 10]", unknown_value),
                                         row(", 1, 3, 10]", ", 9, 3, 10]", unknown_value),
                                         row(", 1, 3, 10]", ", 1, 13, 10]", out_of_range),
                                         row(", 1, 3, 10]", ", 1, 3, 99]", unknown_value)});
    check_rows("record_commands_refused",
               {row("[4, 17]", "[99, 17]", unknown_value), row("[4, 17]", "[4, -1]", wrong_type)});
    check_rows("record_card_presented", {row("[4, ", "[13, ", out_of_range)});
    check_rows("record_settings_changed", {row("[9, h'", "[4294967296, h'", out_of_range)});
    check_rows("record_heads_signed",
               {row("[[41, h'", "[[0, h'", good),
                row("[[41, h'", "[[9007199254740992, h'", out_of_range),
                row("[[41, h'", "[[41, h'00", wrong_length),
                row("[[41, h'404142434445464748494a4b4c4d4e4f'], ", "[", wrong_length)});
}

TEST_CASE("a telemetry record of thirteen outlets is refused", "[protocol][record][bad][unit]")
{
    std::string outlets = "[0, 0, 0, 0, null]";
    for (int i = 1; i < 12; ++i)
        outlets += ", [0, 0, 0, 0, null]";
    const auto thirteen = outlets + ", [0, 0, 0, 0, null]";
    check_rows("record_telemetry", {row("[0, 0, -12, 0, null]", outlets, wrong_length),
                                    row("[0, 0, -12, 0, null]", thirteen, wrong_length)});
}

TEST_CASE("a bad envelope of a command is refused", "[protocol][command][bad][unit]")
{
    check_rows("command_start",
               {row("\"POST-0001\"", "\"POST-00\"", unknown_value),
                row("\"POST-0001\"", "\"POST+0001\"", unknown_value),
                row("\"POST-0001\"", "\"POST/0001\"", unknown_value),
                row("\"POST-0001\"", "\"POST-000#\"", unknown_value),
                row("\"POST-0001\"", "\"post-0001\"", unknown_value),
                row("\"POST-0001\"", "\"POST-0001 \"", unknown_value),
                row("\"POST-0001\"", "\"$SYS/0001\"", unknown_value),
                row("\"POST-0001\"", "\"P\xC3\x96ST-0001\"", unknown_value),
                row("\"POST-0001\"", "\"\"", unknown_value),
                row("\"POST-0001\"", "\"POST-0001-POST-0001-POST-0001-PO\"", good),
                row("\"POST-0001\"", "\"POST-0001-POST-0001-POST-0001-POS\"", wrong_length),
                row("\"POST-0001\"", "h'504f53542d30303031'", wrong_type),
                row("h'a0a1", "h'a1", wrong_length),
                row("h'c0c1c2c3c4c5c6c7c8c9cacbcccdcecf'", "null", good),
                row("h'c0c1c2c3c4c5c6c7c8c9cacbcccdcecf'", "h''", wrong_length),
                row("h'c0c1c2c3c4c5c6c7c8c9cacbcccdcecf'", "0", wrong_type),
                row(", 2, h'10", ", 0, h'10", unknown_value),
                row(", 2, h'10", ", 7, h'10", unknown_value),
                row("h'1011", "h'11", wrong_length),
                row("1772352000000", "-1", good),
                row("1772352000000", "9007199254740992", out_of_range),
                row("15000", "0", good),
                row("15000", "-1", out_of_range),
                row("15000, 1, [", "15000, 0, [", unknown_value),
                row("15000, 1, [", "15000, 9, [", unknown_value),
                row("15000, 1, [", "15000, 2, [", wrong_length)});
}

TEST_CASE("a bad body of a command is refused", "[protocol][command][bad][unit]")
{
    check_rows("command_start",
               {row("[3, 1234605616436508552,", "[13, 1234605616436508552,", out_of_range),
                row("[3, 1234605616436508552,", "[0, 1234605616436508552,", good),
                row("14400000", "-1", out_of_range), row("500000]", "-1]", out_of_range),
                row(", 500000]", "]", wrong_length)});
    check_rows("command_stop",
               {row(", 2, [0]", ", 2, [13]", out_of_range),
                row(", 2, [0]", ", 2, [-1]", wrong_type), row(", 2, [0]", ", 2, []", wrong_length),
                row(", 2, [0]", ", 2, 0", wrong_type)});
    check_rows("command_clear_trip", {row("3, [3, 3]", "3, [3, 0]", unknown_value),
                                      row("3, [3, 3]", "3, [3, 99]", unknown_value)});
    check_rows("command_locate", {row("[4, 10000]", "[4, -1]", out_of_range),
                                  row("[4, 10000]", "[13, 1]", out_of_range)});
    check_rows("command_set_settings",
               {row("[[1, 9,", "[[2, 9,", wrong_version), row(", h'0102", ", h'02", wrong_length),
                row(", null], h'", ", h''], h'", wrong_length),
                row(", null], h'", "], h'", wrong_length)});
    check_rows("command_test_outlet", {row("[3, 60000]", "[13, 60000]", out_of_range),
                                       row("[3, 60000]", "[3, -1]", out_of_range),
                                       row("[3, 60000]", "[3]", wrong_length)});
    check_rows("command_silence_sounder",
               {row("[600000]", "[-1]", out_of_range), row("[600000]", "[]", wrong_length),
                row("[600000]", "600000", wrong_type)});
}

TEST_CASE("a bad part of an offline list is refused", "[protocol][command][bad][unit]")
{
    check_rows(
        "command_set_cards",
        {row("12, 14, [", "12, 15, [", good), row("12, 14, [", "94, 96, [", good),
         row("12, 14, [", "12, 13, [", out_of_range), row("12, 14, [", "15, 14, [", out_of_range),
         row("12, 14, [", "12, 97, [", out_of_range), row("12, 14, [", "-1, 14, [", wrong_type),
         row("[1234605616436508552, ", "[0, ", out_of_range), row("1772438400000", "-1", good),
         row("14400000", "-1", out_of_range), row("14400000", "null", wrong_type),
         row(", 500000]", ", -1]", out_of_range), row(", 500000]", "]", wrong_length)});
}

TEST_CASE("a command longer than any of ours is refused unread", "[protocol][command][bad][unit]")
{
    const std::vector<std::byte> bytes(command_limit + 1, std::byte{0x81});
    CHECK(decode_command(bytes).reason() == wrong_length);
    CHECK(decode_record(Lane::event, bytes).reason() == wrong_length);
}

TEST_CASE("a bad message of a post is refused", "[protocol][message][bad][unit]")
{
    check_rows("birth", {row("[1, 3, 61000, 10,", "[1, 3, 61000, 13,", out_of_range),
                         row("[1, 3, 61000, 10,", "[1, 3, -1, 10,", out_of_range),
                         row("[1, 3, h'40", "[3, 3, h'40", good),
                         row("[1, 3, h'40", "[4, 3, h'40", out_of_range),
                         row("[1, 3, h'40", "[0, 3, h'40", out_of_range),
                         row("[1, 3, h'40", "[1, 9007199254740992, h'40", out_of_range),
                         row("[1, 3, h'40", "[1, 3, h'", wrong_length),
                         row("[1, 3, h'404142434445464748494a4b4c4d4e4f'], ", "", wrong_length)});
    check_rows("nonce_offer",
               {row("h'c0", "h'", wrong_length), row("[1, 3, 62000", "[1, 3, -1", out_of_range),
                row("[1, 3, 62000", "[1, 4294967296, 62000", out_of_range)});
    check_rows("will", {row("[1, 3]", "[1, -3]", wrong_type), row("[1, 3]", "[1]", wrong_length)});
}

TEST_CASE("a bad message of the edge is refused", "[protocol][message][bad][unit]")
{
    check_rows("ack", {row("[2, 260, 65537]", "[0, 0, 0]", good),
                       row("[2, 260, 65537]", "[2, 260]", wrong_length),
                       row("[2, 260, 65537]", "[2, 260, 65537, 0]", wrong_length),
                       row("[2, 260, 65537]", "[-1, 260, 65537]", wrong_type),
                       row("[2, 260, 65537]", "[9007199254740992, 0, 0]", out_of_range),
                       row("[2, 260, 65537]", "[18446744073709551615, 0, 0]", out_of_range)});
    check_rows(
        "time_notice",
        {row("61000", "-1", out_of_range), row("1772352000000", "0", out_of_range),
         row("1772352000000", "-1", out_of_range), row("1772352000000", "2147483648", out_of_range),
         row("1772352000000", "1577836799999", out_of_range),
         row("1772352000000", "1577836800000", good), row("1772352000000", "7258118400000", good),
         row("1772352000000", "7258118400001", out_of_range),
         row("1772352000000", "\"2026-03-01\"", wrong_type)});
    check_rows("range_request", {row("[1, 1, 200, 260]", "[1, 3, 200, 260]", unknown_value),
                                 row("[1, 1, 200, 260]", "[1, 1, 260, 260]", good),
                                 row("[1, 1, 200, 260]", "[1, 1, 261, 260]", out_of_range),
                                 row("[1, 1, 200, 260]", "[1, 1, 0, 260]", out_of_range)});
    check_rows("nonce_request", {row("[1]", "[1, 1]", wrong_length), row("[1]", "1", wrong_type)});
}
