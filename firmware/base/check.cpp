#include "firmware/base/check.hpp"

namespace ks {

LastWords last_words{};

void check_failed(std::source_location where)
{
    last_words = {.file = where.file_name(), .line = where.line()};
    // A trap, not an abort: the post's fault handler opens the relays before anything else.
    __builtin_trap();
}

}  // namespace ks
