#pragma once

#include "firmware/hal/inputs.hpp"

namespace ks::test {

/// What a post senses around its outlets when nothing is wrong there and nothing else is fitted.
inline constexpr hal::PostInputs sound_post = [] {
    hal::PostInputs post{};
    post.cabinet = DeciCelsius{250};
    post.rail = Millivolts{12'000};
    return post;
}();

}  // namespace ks::test
