#pragma once

#include "firmware/app/rest_side.hpp"

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace ks::sim {

/// Why the simulator cannot start or go on: one line for a person.
class Trouble : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What provisioning put into one post. The identity points into the certificates beside it, so it
/// stays where it was made.
struct ProvisionedPost {
    std::vector<std::byte> certificate;
    app::Identity identity;
};

/// The folder that `kickstand site init` made, as far as posts need it.
class SiteFolder {
public:
    /// Throws `Trouble` with the file that is missing or wrong.
    explicit SiteFolder(std::filesystem::path folder);

    /// In the order in which they were added to the site.
    [[nodiscard]] const std::vector<std::string>& posts() const { return posts_; }

    /// `broker_name` is what the broker's certificate must carry. Throws `Trouble`.
    [[nodiscard]] std::unique_ptr<ProvisionedPost> provision(const std::string& post,
                                                             std::string_view broker_name) const;
    /// The first so many posts, all of them without a number. Throws `Trouble`.
    [[nodiscard]] std::vector<std::unique_ptr<ProvisionedPost>>
    provision_all(std::optional<std::size_t> count, std::string_view broker_name) const;

private:
    std::filesystem::path folder_;
    std::string site_;
    std::vector<std::string> posts_;
};

}  // namespace ks::sim
