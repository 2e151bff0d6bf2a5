#pragma once

namespace ks::edge {

/// Makes a failed `check` leave its place on standard error before the process dies by the signal,
/// so that the supervisor's log says where to look.
void install_last_words();

}  // namespace ks::edge
