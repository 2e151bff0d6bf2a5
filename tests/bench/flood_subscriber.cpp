// The least that can be done with what a broker sends: Paho's callback, and a count. What it takes
// in a second is the wall in front of any edge that uses the same library and the same broker.

#include <mqtt/async_client.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <semaphore>

namespace {

using Clock = std::chrono::steady_clock;

/// Counts until all are there, and knows when a fifth and nine tenths of them were, as the load
/// generator measures.
class Counter : public mqtt::callback {
public:
    explicit Counter(std::uint64_t total) : total_{total} {}

    void message_arrived(mqtt::const_message_ptr) override
    {
        const auto count = ++count_;
        if (count == total_ / 5) began_ = Clock::now();
        if (count == total_ - total_ / 10) ended_ = Clock::now();
        if (count == total_) all_.release();
    }
    void wait() { all_.acquire(); }
    [[nodiscard]] double per_second() const
    {
        const auto frames = static_cast<double>(total_ - total_ / 10 - total_ / 5);
        return frames / std::chrono::duration<double>(ended_ - began_).count();
    }

private:
    std::uint64_t total_;
    std::uint64_t count_{0};  // touched by Paho's one receiving thread only
    Clock::time_point began_;
    Clock::time_point ended_;
    std::binary_semaphore all_{0};
};

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 4) {
        std::cerr << "bench_flood_subscriber: needs port, filter and number of messages\n";
        return 2;
    }
    try {
        Counter counter{std::strtoull(argv[3], nullptr, 10)};
        mqtt::async_client client{std::string{"tcp://127.0.0.1:"} + argv[1], "FLOOD-0001",
                                  static_cast<mqtt::iclient_persistence*>(nullptr)};
        client.set_callback(counter);
        mqtt::connect_options options;
        options.set_mqtt_version(MQTTVERSION_3_1_1);
        options.set_max_inflight(1'000);
        client.connect(options)->wait();
        client.subscribe(argv[2], 1)->wait();
        std::cout << "subscribed" << std::endl;
        counter.wait();
        client.disable_callbacks();
        std::cout << "{\"frames_per_s\":" << counter.per_second() << "}\n";
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "bench_flood_subscriber: " << error.what() << '\n';
        return 1;
    }
}
