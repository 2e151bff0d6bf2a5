#pragma once

#include "sim/backtest/verdict.hpp"

#include <iosfwd>

namespace ks::sim {

/// Why a curve went as it did: its label, every deed of the guard with rule, limit and hold time,
/// and the power and contact temperature minute by minute around the first.
void explain(std::ostream& out, const Curve& curve);

}  // namespace ks::sim
