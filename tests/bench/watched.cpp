#include "tests/bench/watched.hpp"

#include <charconv>
#include <ctime>
#include <fstream>
#include <stdexcept>

namespace ks::bench {

std::int64_t Watched::processor_nanos() const
{
    clockid_t clock{};
    timespec time{};
    if (::clock_getcpuclockid(id_, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
        throw std::runtime_error{name_ + " has ended"};
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

std::int64_t Watched::kib_of(const std::string& key) const
{
    std::ifstream file{"/proc/" + std::to_string(id_) + "/status"};
    std::string word;
    while (file >> word) {
        std::int64_t kib = 0;
        if (word == key && file >> kib) return kib;
    }
    throw std::runtime_error{name_ + " has ended"};
}

Watched watched_from(const std::string& text)
{
    const auto equals = text.find('=');
    pid_t id = 0;
    if (equals != std::string::npos)
        std::from_chars(text.data() + equals + 1, text.data() + text.size(), id);
    if (id <= 0) throw std::runtime_error{"\"" + text + "\" is not NAME=PID"};
    return {text.substr(0, equals), id};
}

}  // namespace ks::bench
