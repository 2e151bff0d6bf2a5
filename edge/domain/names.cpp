#include "edge/domain/names.hpp"

#include "edge/domain/stop_reasons.hpp"
#include "firmware/protocol/names.hpp"

namespace ks::edge {

std::string_view name_of(AlarmKind word)
{
    if (is_trip(word)) {
        const auto name = protocol::name_of(cause_of(word));
        return name.empty() ? "unknown" : name;
    }
    const auto row = own_alarm(word);
    return row ? row->name : "unknown";
}

std::string_view unit_of(protocol::TripCause word)
{
    switch (word) {
        using enum protocol::TripCause;
    case hard_overcurrent:
    case overload:
    case relay_welded:
    case contactor_welded:
    case residual_current:
    case meters_mixed_up:
    case load_shorted: return "mA";
    case overpower:
    case no_taper:
    case late_rise:
    case power_step:
    case meter_implausible: return "mW";
    case overvoltage:
    case undervoltage:
    case supply_low: return "mV";
    case contact_overheated:
    case contact_rising:
    case cabinet_overheated: return "dC";  // tenths of a degree Celsius
    case meter_silent:
    case meter_frozen: return "ms";
    case arcing: return "dropouts";
    case no_current: return "closings";
    case sensor_failed:
    case calibration_lost:
    case coil_mismatch:
    case residual_failed:
    case smoke:
    case heat:
    case water:
    case emergency:
    case extinguisher:
    case enclosure_opened:
    case tilted:
    case input_failed:
    case group_cut:
    case memory_fault:
    case self_test_failed: return "";
    }
    return "";
}

std::string_view unit_of(AlarmKind word)
{
    if (is_trip(word)) return unit_of(cause_of(word));
    if (word == AlarmKind::post_silent || word == AlarmKind::edge_unheard) return "ms";
    if (word == AlarmKind::records_lost || word == AlarmKind::log_went_back) return "records";
    if (word == AlarmKind::relay_worn || word == AlarmKind::disk_filling ||
        word == AlarmKind::disk_nearly_full || word == AlarmKind::disk_full)
        return "permille";
    return "";
}

std::string_view name_of(Condition word)
{
    switch (word) {
    case Condition::active: return "active";
    case Condition::cleared: return "cleared";
    }
    return "unknown";
}

std::string_view name_of(Attention word)
{
    switch (word) {
    case Attention::fresh: return "new";
    case Attention::acknowledged: return "acknowledged";
    }
    return "unknown";
}

std::string_view name_of(AlarmStep word)
{
    switch (word) {
    case AlarmStep::raised: return "raised";
    case AlarmStep::repeated: return "repeated";
    case AlarmStep::cleared: return "cleared";
    case AlarmStep::acknowledged: return "acknowledged";
    }
    return "unknown";
}

std::string_view name_of(Standing word)
{
    switch (word) {
    case Standing::chained: return "chained";
    case Standing::broken: return "broken";
    case Standing::unreadable: return "unreadable";
    }
    return "unknown";
}

std::string_view name_of(GapOrigin word)
{
    switch (word) {
    case GapOrigin::birth: return "birth";
    case GapOrigin::record: return "record";
    case GapOrigin::before_log: return "before_log";
    case GapOrigin::disk_full: return "disk_full";
    case GapOrigin::log_lost: return "log_lost";
    }
    return "unknown";
}

std::string_view name_of(CommandStage word)
{
    switch (word) {
    case CommandStage::waiting_for_nonce: return "waiting_for_nonce";
    case CommandStage::sent: return "sent";
    case CommandStage::answered: return "answered";
    case CommandStage::expired: return "expired";
    }
    return "unknown";
}

std::string_view name_of(const OwnReason& ours)
{
    return std::visit([](const auto& word) { return protocol::name_of(word); }, ours);
}

}  // namespace ks::edge
