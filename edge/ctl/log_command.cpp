#include "edge/ctl/log_lines.hpp"
#include "edge/ctl/noun.hpp"
#include "firmware/protocol/names.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <memory>
#include <ostream>

namespace ks::edge {
namespace {

namespace json = boost::json;

struct LogOptions {
    std::string file;
    bool as_json{false};
};

ChainVerifier verify(const std::string& file)
{
    constexpr std::string_view magic = "SQLite format 3";
    std::ifstream in{file, std::ios::binary};
    if (!in) throw std::runtime_error{"cannot read " + file};
    std::string head(magic.size(), '\0');
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    if (head == magic) {
        in.close();
        return verify_database(file);
    }
    in.clear();
    in.seekg(0);
    return verify_export(in);
}

void print(const ChainVerifier& result, std::ostream& out)
{
    for (const auto& fault : result.faults())
        out << fault.post << ' ' << protocol::name_of(fault.key.lane) << " record " << fault.key.seq
            << " (epoch " << fault.key.epoch << "): " << name_of(fault.what) << '\n';
    const auto& figures = result.figures();
    out << figures.records << " records in " << figures.lanes << " lanes, " << figures.gaps
        << " declared gaps, " << result.faults().size() << " faults\n";
}

void print_json(const ChainVerifier& result, std::ostream& out)
{
    json::array faults;
    for (const auto& fault : result.faults()) {
        json::object one;
        one["post"] = fault.post;
        one["epoch"] = fault.key.epoch;
        one["lane"] = std::string{protocol::name_of(fault.key.lane)};
        one["seq"] = fault.key.seq;
        one["what"] = std::string{name_of(fault.what)};
        faults.push_back(std::move(one));
    }
    json::object all;
    all["records"] = result.figures().records;
    all["lanes"] = result.figures().lanes;
    all["gaps"] = result.figures().gaps;
    all["faults"] = std::move(faults);
    out << json::serialize(all) << '\n';
}

}  // namespace

void add_log(CLI::App& app, Terminal& terminal)
{
    auto* log = app.add_subcommand("log", "The evidence log");
    log->require_subcommand(1);
    const auto options = std::make_shared<LogOptions>();

    auto* verify_log = log->add_subcommand(
        "verify", "Walks every chain of a log or an export; exit code 3 when one is broken");
    verify_log->add_option("file", options->file, "The log's database, or an export")->required();
    verify_log->add_flag("--json", options->as_json, "Says what was found as one line of JSON");
    verify_log->callback([options, &terminal] {
        const auto result = verify(options->file);
        options->as_json ? print_json(result, terminal.out) : print(result, terminal.out);
        if (!result.faults().empty()) terminal.code = ExitCode::found;
    });

    auto* export_all = log->add_subcommand(
        "export", "Records, gaps and heads, one line of JSON each, for `log verify` elsewhere");
    export_all->add_option("file", options->file, "The log's database")->required();
    export_all->callback([options, &terminal] { export_log(options->file, terminal.out); });
}

}  // namespace ks::edge
