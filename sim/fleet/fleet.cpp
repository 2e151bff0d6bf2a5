#include "sim/fleet/fleet.hpp"

#include <algorithm>
#include <span>

namespace ks::sim {

namespace {

constexpr std::uint64_t token_of_repetition(std::uint64_t token, std::size_t repetition)
{
    // The same file at the next three posts is other people with other cards.
    return token ^ static_cast<std::uint64_t>(repetition) << 32;
}

std::optional<std::filesystem::path> image_of(const std::optional<std::filesystem::path>& state,
                                              const std::string& post)
{
    if (!state) return std::nullopt;
    return *state / (post + ".nor");
}

using Outcome = Result<Done, DeedRefusal>;

struct Place {
    SimPost& post;
    std::uint8_t outlet;
};

Outcome outcome_of(PlantPost::Injected injected)
{
    switch (injected) {
    case PlantPost::Injected::done: return Done{};
    case PlantPost::Injected::nothing_plugged: return Failure{DeedRefusal::empty};
    case PlantPost::Injected::no_room: return Failure{DeedRefusal::taken};
    case PlantPost::Injected::no_such_circuit: return Failure{DeedRefusal::no_such_circuit};
    }
    return Done{};
}

Outcome done(const Plug& plug, Place at)
{
    if (at.outlet == 0) return Failure{DeedRefusal::no_such_outlet};
    if (at.post.plant().outlet(at.outlet).plugged()) return Failure{DeedRefusal::taken};
    at.post.plant().plug(at.outlet, plug.bike);
    return Done{};
}

Outcome done(const Unplug&, Place at)
{
    if (at.outlet == 0) return Failure{DeedRefusal::no_such_outlet};
    if (!at.post.plant().outlet(at.outlet).plugged()) return Failure{DeedRefusal::empty};
    at.post.plant().unplug(at.outlet);
    return Done{};
}

Outcome done(const Tap& tap, Place at)
{
    if (at.outlet == 0) return Failure{DeedRefusal::no_such_outlet};
    if (!at.post.powered()) return Failure{DeedRefusal::off_already};
    if (!at.post.plant().tap({.outlet = at.outlet, .token = tap.token}))
        return Failure{DeedRefusal::reader_busy};
    return Done{};
}

Outcome done(const Inject& inject, Place at)
{
    if (at.outlet == 0) return Failure{DeedRefusal::no_such_outlet};
    return outcome_of(at.post.plant().inject(at.outlet, inject.fault));
}

Outcome done(const ClearFaults&, Place at)
{
    if (at.outlet == 0) return Failure{DeedRefusal::no_such_outlet};
    at.post.plant().clear_faults(at.outlet);
    return Done{};
}

Outcome done(const InjectPost& inject, Place at)
{
    return outcome_of(at.post.plant().inject(inject.fault));
}

Outcome done(const ClearPostFaults&, Place at)
{
    at.post.plant().clear_post_faults();
    at.post.processor().mend();
    return Done{};
}

Outcome done(const MainsAre& are, Place at)
{
    at.post.plant().set_mains(are.supply);
    return Done{};
}

Outcome done(const PostPower& is, Place at)
{
    switch (is.supply) {
    case Supply::off:
        if (!at.post.powered()) return Failure{DeedRefusal::off_already};
        at.post.power_cut();
        return Done{};
    case Supply::on:
        if (at.post.powered()) return Failure{DeedRefusal::on_already};
        at.post.power_up(protocol::ResetCause::power_on);
        return Done{};
    }
    return Done{};
}

Outcome done(const AirIs& is, Place at)
{
    at.post.set_air(is.air);
    return Done{};
}

Outcome done(const BreakProcessor& breaks, Place at)
{
    at.post.processor().inject(breaks.fault);
    return Done{};
}

/// What an element shows that has caught fire, and on a mild day.
constexpr DeciCelsius burning{950};
constexpr DeciCelsius mild{200};

Outcome done(const SensorSees& sees, Place at)
{
    auto* slave = at.post.sensors().sensor(sees.kind, sees.place);
    if (slave == nullptr) return Failure{DeedRefusal::no_such_sensor};
    if (sees.kind != hal::SensorKind::temperature) {
        show(*slave, sees.kind, sees.finding);
        return Done{};
    }
    switch (sees.finding) {
    case hal::Finding::quiet: show_temperature(*slave, mild); break;
    case hal::Finding::active: show_temperature(*slave, burning); break;
    case hal::Finding::faulty: show_temperature(*slave, std::nullopt); break;
    }
    return Done{};
}

Outcome done(const TagNear& tag, Place at)
{
    auto* slave = at.post.sensors().sensor(hal::SensorKind::tag_reader, tag.place);
    if (slave == nullptr) return Failure{DeedRefusal::no_such_sensor};
    show_tag(*slave, tag.tag);
    return Done{};
}

Outcome done(const SlaveSuffers& suffers, Place at)
{
    auto* slave = at.post.sensors().slave(suffers.address);
    if (slave == nullptr) return Failure{DeedRefusal::no_such_sensor};
    slave->suffer(suffers.fault);
    return Done{};
}

Outcome done(const TornPower&, Place at)
{
    if (!at.post.powered()) return Failure{DeedRefusal::off_already};
    at.post.power_fails_at_next_write();
    return Done{};
}

}  // namespace

std::string_view told(DeedRefusal refusal)
{
    switch (refusal) {
    case DeedRefusal::no_such_post: return "there is no such post";
    case DeedRefusal::no_such_outlet: return "there is no such outlet";
    case DeedRefusal::taken: return "a bike is plugged in there already";
    case DeedRefusal::empty: return "nothing is plugged in there";
    case DeedRefusal::no_such_circuit: return "there is no such circuit";
    case DeedRefusal::no_such_sensor: return "no such sensor hangs on the post's bus";
    case DeedRefusal::reader_busy: return "the card reader has not taken the last cards yet";
    case DeedRefusal::on_already: return "the post has power already";
    case DeedRefusal::off_already: return "the post has no power";
    }
    return "";
}

Fleet::Fleet(Identities identities, const Setup& setup, Scenario scenario)
    : scenario_{std::move(scenario)}, identities_{std::move(identities)}, truth_{setup.truth}
{
    if (setup.state) std::filesystem::create_directories(*setup.state);
    for (const auto& made : identities_) {
        const std::string id{made->identity.post.text()};
        posts_.push_back(std::make_unique<SimPost>(
            made->identity, SimPost::Setup{.build = setup.build,
                                           .broker_address = setup.broker_address,
                                           .broker_port = setup.broker_port,
                                           .outlets = scenario_.outlets,
                                           .seed = Random{scenario_.seed, posts_.size()}.next(),
                                           .nor_file = image_of(setup.state, id),
                                           .commissioned = scenario_.commissioned,
                                           .fittings = scenario_.fittings}));
    }
}

std::optional<std::uint16_t> Fleet::number_of(std::string_view id) const
{
    for (std::size_t i = 0; i < posts_.size(); ++i)
        if (posts_[i]->id() == id) return static_cast<std::uint16_t>(i + 1);
    return std::nullopt;
}

void Fleet::power_up_all()
{
    for (auto& post : posts_)
        post->power_up(protocol::ResetCause::power_on);
}

void Fleet::pass(Instant now)
{
    for (auto& post : posts_)
        post->pass(now);
    join_groups();
    do_what_is_due(now);
    for (auto& post : posts_)
        truth_.take(*post);
    truth_.write();
}

// What one pulls the others of its group sense at their next tick.
void Fleet::join_groups()
{
    if (scenario_.posts_of_a_group == 1) return;
    for (std::size_t first = 0; first < posts_.size(); first += scenario_.posts_of_a_group) {
        const auto past = std::min(posts_.size(), first + scenario_.posts_of_a_group);
        const auto group = std::span{posts_}.subspan(first, past - first);
        const auto pulls = [](const auto& post) {
            return post->group_line() == hal::GroupLine::pulled;
        };
        const auto pulling = std::count_if(group.begin(), group.end(), pulls);
        for (const auto& post : group)
            post->plant().set_group(pulling > (pulls(post) ? 1 : 0) ? hal::GroupLine::pulled
                                                                    : hal::GroupLine::released);
    }
}

void Fleet::do_what_is_due(Instant now)
{
    const auto& deeds = scenario_.deeds;
    for (; next_deed_ < deeds.size() && Instant{deeds[next_deed_].at} <= now; ++next_deed_) {
        auto deed = deeds[next_deed_].deed;
        const auto token = std::holds_alternative<Tap>(deed.action)
                               ? std::get<Tap>(deed.action).token
                               : std::uint64_t{0};
        // A larger fleet repeats the file; in a smaller one its last posts are not there.
        for (std::size_t repetition = 0; deed.post <= posts_.size(); ++repetition) {
            if (auto* tap = std::get_if<Tap>(&deed.action))
                tap->token = token_of_repetition(token, repetition);
            // Refused is what reality has overtaken, such as unplugging what someone else took.
            static_cast<void>(carry_out(deed));
            deed.post = static_cast<std::uint16_t>(deed.post + scenario_.posts);
        }
    }
}

Result<Done, DeedRefusal> Fleet::carry_out(const Deed& deed)
{
    if (deed.post < 1 || deed.post > posts_.size()) return Failure{DeedRefusal::no_such_post};
    auto& post = *posts_[deed.post - 1U];
    if (deed.outlet > scenario_.outlets) return Failure{DeedRefusal::no_such_outlet};
    return std::visit(
        [&](const auto& action) {
            return done(action, {post, deed.outlet});
        },
        deed.action);
}

}  // namespace ks::sim
