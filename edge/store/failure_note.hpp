#pragma once

#include "edge/store/sqlite.hpp"

#include <optional>
#include <string>

namespace ks::edge {

/// A word from a run whose log failed to the run after it, beside the database. The dying run does
/// what it can; on a disk that takes nothing there is no note, and the mark and the posts tell.
class FailureNote {
public:
    explicit FailureNote(const std::string& database);

    /// Why the run before ended, when it left a note.
    [[nodiscard]] const std::optional<std::string>& found() const { return found_; }
    void write(StoreFault fault, std::string_view why) noexcept;
    /// What was found has been heard.
    void forget() noexcept;

    /// The run before found the database itself to be damaged.
    [[nodiscard]] static bool says_damaged(const std::string& database);

private:
    std::string file_;
    std::optional<std::string> found_;
};

}  // namespace ks::edge
