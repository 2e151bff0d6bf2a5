#include "edge/store/failure_note.hpp"

#include "edge/store/file.hpp"

#include <unistd.h>

namespace ks::edge {

namespace {

constexpr std::string_view damaged_word = "damaged: ";
constexpr std::string_view io_word = "io: ";

std::string file_beside(const std::string& database) { return database + ".failed"; }

std::optional<std::string> text_in(const std::string& file)
{
    const auto bytes = content_of(file);
    if (!bytes) return std::nullopt;
    return std::string{text_of(*bytes)};
}

}  // namespace

FailureNote::FailureNote(const std::string& database)
    : file_{file_beside(database)}, found_{text_in(file_)}
{}

void FailureNote::write(StoreFault fault, std::string_view why) noexcept
{
    try {
        const auto word = fault == StoreFault::damaged ? damaged_word : io_word;
        write_new(file_, bytes_of(std::string{word} + std::string{why}));
    } catch (const std::exception&) {
        // The disk has failed already; there is nowhere else to write.
    }
}

void FailureNote::forget() noexcept
{
    if (!found_) return;
    ::unlink(file_.c_str());
    found_.reset();
}

bool FailureNote::says_damaged(const std::string& database)
{
    const auto text = text_in(file_beside(database));
    return text && text->starts_with(damaged_word);
}

}  // namespace ks::edge
