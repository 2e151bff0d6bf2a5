#include "edge/runtime/last_words.hpp"

#include "firmware/base/check.hpp"

#include <csignal>
#include <cstring>
#include <unistd.h>

namespace ks::edge {

namespace {

void write_text(const char* text)
{
    // Nothing else is safe inside a signal handler; a short write has nobody left to tell.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, std::strlen(text));
}

void write_number(unsigned number)
{
    char digits[12]{};
    std::size_t place = sizeof digits - 1;
    do {
        digits[--place] = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number != 0 && place > 0);
    write_text(digits + place);
}

void tell(int signal)
{
    write_text("check.failed file=");
    write_text(last_words.file != nullptr ? last_words.file : "unknown");
    write_text(" line=");
    write_number(last_words.line);
    write_text(" signal=");
    write_number(static_cast<unsigned>(signal));
    write_text("\n");
    // The handler was for once: the instruction runs again and kills the process as it should.
}

}  // namespace

void install_last_words()
{
    struct sigaction action {};
    action.sa_handler = tell;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGILL, &action, nullptr);
    sigaction(SIGTRAP, &action, nullptr);
}

}  // namespace ks::edge
