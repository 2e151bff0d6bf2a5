#include "firmware/base/check.hpp"

namespace ks {

LastWords last_words{};

void check_failed(LastWords where)
{
    last_words = where;
    // A trap, not an abort: the post's fault handler opens the relays before anything else.
    __builtin_trap();
}

}  // namespace ks
