#pragma once

#include <string>
#include <string_view>

namespace ks::sim {

/// A scenario of one good bike, with lines added behind it.
inline std::string one_bike_and(std::string_view more)
{
    return "posts = 2\n"
           "[[bike]]\n"
           "post = 1\n"
           "outlet = 3\n"
           "at = \"12s\"\n"
           "battery = { kind = \"lead_acid\", capacity = \"2.5Wh\", charge = \"40%\" }\n"
           "charger = \"pb-48v-20ah\"\n"
           "card = \"0xC0FFEE01\"\n"
           "leaves_at = \"1min\"\n" +
           std::string{more};
}

}  // namespace ks::sim
