"""The list of sins, one screen long and public. Each has a reason; one that no finding needs any
more is itself a finding."""

import dataclasses
import fnmatch


@dataclasses.dataclass(frozen=True)
class Exemption:
    rule: str
    path: str  # a pattern as of the shell; `*` also crosses slashes
    reason: str

    def covers(self, finding):
        return finding.rule == self.rule and fnmatch.fnmatchcase(finding.path, self.path)


EXEMPTIONS = [
    Exemption("macro", "tests/main.cpp", "Catch2 is told by a macro to bring its own main"),
    Exemption("bool-parameter", "firmware/base/check.hpp", "a condition is what it is told"),
    Exemption("bool-parameter", "firmware/core/guard/rules/since.hpp", "turns a condition into a "
              "word, in this one place"),
    Exemption("post-header", "firmware/base/spsc_ring.hpp", "the one place with atomics (D16)"),
    Exemption("post-header", "firmware/crypto/opaque.hpp", "std::construct_at; nothing allocates"),
    Exemption("post-header", "firmware/crypto/certificate.cpp", "calendar arithmetic, no clock"),
    Exemption("bool-parameter", "edge/ctl/certify.cpp", "a condition is what it is told"),
    Exemption("missing-include", "edge/ctl/broker_config.cpp", "CMake makes it out of config/"),
    Exemption("missing-include", "edge/ctl/settings_words.cpp", "likewise"),
    Exemption("shared-owner", "edge/ctl/*_command.cpp", "CLI11 copies its callbacks and keeps "
              "them longer than the function that registers them"),
    Exemption("long-line", "edge/web/src/ui/icons.tsx", "the path of a drawing has no line breaks"),
    Exemption("sleep", "tests/stories/site.cpp", "a story waits for programs that it does not own, "
              "in this one place"),
    Exemption("sleep", "tests/support/http_receiver.cpp", "it plays a receiver that is slow"),
    Exemption("sleep", "tests/edge/*", "a test waits for a process or a slow peer it does not own"),
    Exemption("clock", "edge/app/daemon.cpp", "a thread's processor time decides nothing"),
    Exemption("threads", "edge/broker/inbox.*", "the seam to Paho's threads (D11)"),
    Exemption("threads", "sim/backtest/in_parallel.hpp", "worlds that share nothing, on all cores"),
]

# What the tree owes: found, printed, counted, and failing nobody until it is paid. The reason says
# when that is.
DEBTS: list[Exemption] = []
