#pragma once

#include "sim/fleet/post_world.hpp"
#include "sim/fleet/processor_fault.hpp"

#include <array>

namespace ks::sim {

/// A post's processor as it ages. What is broken in silicon stays so through a reset; what the
/// program did to itself does not.
class Processor {
public:
    void inject(ProcessorFault fault) { broken_.at(static_cast<std::size_t>(fault)) = true; }
    void mend() { broken_ = {}; }
    /// The program begins anew.
    void begin_anew();

    [[nodiscard]] bool has(ProcessorFault fault) const
    {
        return broken_.at(static_cast<std::size_t>(fault));
    }
    /// Makes the board show what is broken, before the firmware's next tick.
    void impair(SimBoard& board, Millis since_last) const;

private:
    std::array<bool, processor_faults> broken_{};
};

}  // namespace ks::sim
