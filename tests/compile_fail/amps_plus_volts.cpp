#include "firmware/base/quantity.hpp"

using namespace ks::literals;

const auto nonsense = 16_A + 230_V;
