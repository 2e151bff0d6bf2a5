#include "edge/domain/names.hpp"

namespace ks::edge {

std::string_view name_of(AlarmKind word)
{
    switch (word) {
    case AlarmKind::hard_overcurrent: return "hard_overcurrent";
    case AlarmKind::overload: return "overload";
    case AlarmKind::contact_overheated: return "contact_overheated";
    case AlarmKind::sensor_failed: return "sensor_failed";
    case AlarmKind::meter_silent: return "meter_silent";
    case AlarmKind::relay_welded: return "relay_welded";
    case AlarmKind::contactor_welded: return "contactor_welded";
    case AlarmKind::post_silent: return "post_silent";
    case AlarmKind::chain_broken: return "chain_broken";
    case AlarmKind::record_unreadable: return "record_unreadable";
    case AlarmKind::journal_restarted: return "journal_restarted";
    case AlarmKind::records_lost: return "records_lost";
    case AlarmKind::delivery_dead: return "delivery_dead";
    case AlarmKind::identity_contested: return "identity_contested";
    }
    return "unknown";
}

std::string_view unit_of(AlarmKind word)
{
    switch (word) {
    case AlarmKind::hard_overcurrent:
    case AlarmKind::overload:
    case AlarmKind::relay_welded:
    case AlarmKind::contactor_welded: return "mA";
    case AlarmKind::contact_overheated: return "dC";  // tenths of a degree Celsius
    case AlarmKind::meter_silent:
    case AlarmKind::post_silent: return "ms";
    case AlarmKind::records_lost: return "records";
    case AlarmKind::sensor_failed:
    case AlarmKind::chain_broken:
    case AlarmKind::record_unreadable:
    case AlarmKind::journal_restarted:
    case AlarmKind::delivery_dead:
    case AlarmKind::identity_contested: return "";
    }
    return "";
}

std::string_view name_of(Severity word)
{
    switch (word) {
    case Severity::notice: return "notice";
    case Severity::warning: return "warning";
    case Severity::hazard: return "hazard";
    case Severity::fire: return "fire";
    }
    return "unknown";
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

}  // namespace ks::edge
