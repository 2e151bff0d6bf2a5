#pragma once

#include "firmware/base/bytes.hpp"

#include <sqlite3.h>

#include <concepts>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// SQLite, owned and used. Nothing outside this folder sees it.
namespace ks::edge {

/// What kind of refusal it was, for whoever must decide what to do about it.
enum class StoreFault : std::uint8_t {
    other,    // in use, of a newer program, a bug
    full,     // no room; nothing else is the matter
    io,       // the disk refused: nothing that is in doubt may be trusted (F-109)
    damaged,  // what is there is no sound database (F-107)
};

/// The log refused: the library's own words.
class StoreError : public std::runtime_error {
public:
    explicit StoreError(const std::string& words) : StoreError{words, StoreFault::other} {}
    StoreError(const std::string& words, StoreFault fault)
        : std::runtime_error{words}, fault_{fault}
    {}

    [[nodiscard]] StoreFault fault() const { return fault_; }

private:
    StoreFault fault_;
};

/// Of an extended result code.
[[nodiscard]] StoreFault fault_of(int result);

/// Turns a C library's destroy function into a deleter.
template <auto Free>
struct Deleter {
    template <class Handle>
    void operator()(Handle* handle) const noexcept
    {
        Free(handle);
    }
};

using DatabaseHandle = std::unique_ptr<sqlite3, Deleter<&sqlite3_close_v2>>;
using StatementHandle = std::unique_ptr<sqlite3_stmt, Deleter<&sqlite3_finalize>>;

/// One connection. Opened for writing it is the only writer and the only checkpointer of its file.
class Database {
public:
    enum class Mode : std::uint8_t { write, read };
    Database(const std::string& path, Mode mode);

    [[nodiscard]] sqlite3* raw() const { return handle_.get(); }
    void run(const char* sql);
    [[noreturn]] void fail(const char* doing) const;

private:
    DatabaseHandle handle_;
};

/// One row while it is looked at.
class Row {
public:
    explicit Row(sqlite3_stmt* statement) : statement_{statement} {}

    [[nodiscard]] std::int64_t integer(int column) const
    {
        return sqlite3_column_int64(statement_, column);
    }
    template <class Word>
    [[nodiscard]] Word word(int column) const
    {
        return static_cast<Word>(sqlite3_column_int64(statement_, column));
    }
    [[nodiscard]] bool is_null(int column) const
    {
        return sqlite3_column_type(statement_, column) == SQLITE_NULL;
    }
    [[nodiscard]] std::string text(int column) const { return std::string{text_of(blob(column))}; }
    /// Valid until the statement's next step.
    [[nodiscard]] Bytes blob(int column) const
    {
        const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
        return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }
    /// Filled with zeros when the column holds another length.
    template <std::size_t size>
    [[nodiscard]] std::array<std::byte, size> bytes(int column) const
    {
        std::array<std::byte, size> result{};
        const auto from = blob(column);
        if (from.size() == size) std::copy(from.begin(), from.end(), result.begin());
        return result;
    }

private:
    sqlite3_stmt* statement_;
};

/// One statement, prepared once. `run` accepts no rows, `first` at most one, `each` any number;
/// all leave it reset, whichever way they leave.
class Statement {
public:
    Statement(Database& database, const char* sql);

    template <class... Values>
    void run(const Values&... values)
    {
        const Reset reset{*this};
        bind_all(values...);
        if (step()) database_.fail("a statement that gives rows");
    }
    template <class Read, class... Values>
    auto first(Read read, const Values&... values) -> std::optional<std::invoke_result_t<Read, Row>>
    {
        const Reset reset{*this};
        bind_all(values...);
        if (!step()) return std::nullopt;
        return read(Row{handle_.get()});
    }
    template <class Visit, class... Values>
    void each(Visit visit, const Values&... values)
    {
        const Reset reset{*this};
        bind_all(values...);
        while (step())
            visit(Row{handle_.get()});
    }

private:
    struct Reset {
        explicit Reset(Statement& of) : statement{of} {}
        ~Reset()
        {
            sqlite3_reset(statement.handle_.get());
            sqlite3_clear_bindings(statement.handle_.get());
        }
        Reset(const Reset&) = delete;
        Reset& operator=(const Reset&) = delete;
        Statement& statement;
    };

    template <class... Values>
    void bind_all(const Values&... values)
    {
        int place = 0;
        (bind(++place, values), ...);
    }
    template <class Value>
    requires(std::integral<Value> || std::is_enum_v<Value>) void bind(int place, Value value)
    {
        bind_integer(place, static_cast<std::int64_t>(value));
    }
    template <class Value>
    void bind(int place, const std::optional<Value>& value)
    {
        if (value) bind(place, *value);
    }
    void bind(int place, Bytes value);
    void bind(int place, std::string_view value);
    void bind_integer(int place, std::int64_t value);
    [[nodiscard]] bool step();

    Database& database_;
    StatementHandle handle_;
};

/// Rolls back unless committed. Takes the write lock at once: a transaction that reads first and
/// writes later fails without waiting when somebody wrote in between.
class Transaction {
public:
    explicit Transaction(Database& database) : database_{&database}
    {
        database.run("BEGIN IMMEDIATE");
    }
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit();

private:
    Database* database_;
};

}  // namespace ks::edge
