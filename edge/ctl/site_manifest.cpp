#include "edge/ctl/site_manifest.hpp"

#include "edge/ctl/site_folder.hpp"
#include "firmware/protocol/ids.hpp"

#include <algorithm>
#include <chrono>
#include <sstream>
#include <toml++/toml.h>

namespace ks::edge {
namespace {

toml::date_time as_toml(UnixMillis at)
{
    using namespace std::chrono;
    const sys_time<milliseconds> moment{milliseconds{at.count()}};
    const auto day = floor<days>(moment);
    const year_month_day date{day};
    const hh_mm_ss time{floor<seconds>(moment - day)};
    const auto whole = [](auto part) { return static_cast<unsigned>(part); };
    const toml::date on{static_cast<int>(date.year()), whole(date.month()), whole(date.day())};
    const toml::time in{whole(time.hours().count()), whole(time.minutes().count()),
                        whole(time.seconds().count())};
    return {on, in, toml::time_offset{}};
}

UnixMillis from_toml(const toml::date_time& moment)
{
    using namespace std::chrono;
    const sys_days day{year{moment.date.year} / moment.date.month / moment.date.day};
    const auto time = hours{moment.time.hour} + minutes{moment.time.minute} +
                      seconds{moment.time.second} -
                      minutes{moment.offset ? moment.offset->minutes : 0};
    return UnixMillis{duration_cast<milliseconds>(day.time_since_epoch() + time).count()};
}

class Reader {
public:
    explicit Reader(const std::filesystem::path& file) : file_{file.string()}
    {
        const auto text = read_text(file);
        if (text.empty()) throw SiteFault{file_ + ": is empty"};
        try {
            table_ = toml::parse(text, file_);
        } catch (const toml::parse_error& error) {
            refuse(error.source(), std::string{error.description()});
        }
    }

    SiteManifest read()
    {
        for (const auto& [key, value] : table_)
            if (key != "site" && key != "created" && key != "posts")
                refuse(value.source(), std::string{key.str()} + " is not known here");

        SiteManifest manifest{.site = id_in(need("site")), .created = {}, .posts = {}};
        const auto& created = need("created");
        if (!created.is_date_time()) refuse(created.source(), "created is not a date and time");
        manifest.created = from_toml(created.as_date_time()->get());
        const auto& posts = need("posts");
        if (!posts.is_array()) refuse(posts.source(), "posts is not a list");
        for (const auto& post : *posts.as_array()) {
            const auto id = id_in(post);
            if (std::find(manifest.posts.begin(), manifest.posts.end(), id) != manifest.posts.end())
                refuse(post.source(), id + " is there twice");
            manifest.posts.push_back(id);
        }
        return manifest;
    }

private:
    const toml::node& need(const char* key)
    {
        const auto* node = table_.get(key);
        if (node == nullptr) throw SiteFault{file_ + ": " + key + " is missing"};
        return *node;
    }
    std::string id_in(const toml::node& node) const
    {
        const auto text = node.value_or(std::string{});
        if (!protocol::is_id(text))
            refuse(node.source(), '"' + text + "\" is no id: 8 to 32 of A-Z, 0-9 and -");
        return text;
    }
    [[noreturn]] void refuse(const toml::source_region& where, const std::string& what) const
    {
        throw SiteFault{file_ + ":" + std::to_string(where.begin.line) + ": " + what};
    }

    std::string file_;
    toml::table table_;
};

}  // namespace

std::string SiteManifest::text() const
{
    toml::array list;
    for (const auto& post : posts)
        list.push_back(post);
    const toml::table table{{"site", site}, {"created", as_toml(created)}, {"posts", list}};
    std::ostringstream out;
    out << "# Made by `kickstand site init`, which reads it to know what is already there.\n"
        << table << '\n';
    return out.str();
}

SiteManifest read_manifest(const std::filesystem::path& file) { return Reader{file}.read(); }

}  // namespace ks::edge
