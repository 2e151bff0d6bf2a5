#include "edge/uplinks/webhook.hpp"

#include "edge/runtime/log.hpp"
#include "edge/uplinks/signature.hpp"

#include <curl/curl.h>
#include <memory>

namespace ks::edge {

namespace {

template <auto Free>
struct CurlDeleter {
    template <class Handle>
    void operator()(Handle* handle) const noexcept
    {
        Free(handle);
    }
};
using EasyHandle = std::unique_ptr<CURL, CurlDeleter<&curl_easy_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, CurlDeleter<&curl_slist_free_all>>;

/// One connection per thread, kept open between attempts: the handshake is most of an alarm's way.
CURL* handle_of_this_thread()
{
    thread_local EasyHandle handle{curl_easy_init()};
    return handle.get();
}

std::size_t swallow(char*, std::size_t size, std::size_t count, void* so_far)
{
    auto& total = *static_cast<std::size_t*>(so_far);
    total += size * count;
    return total > Webhook::answer_limit ? 0 : size * count;
}

void add(HeaderList& list, const std::string& header)
{
    auto* longer = curl_slist_append(list.get(), header.c_str());
    if (longer == nullptr) throw std::bad_alloc{};
    (void)list.release();
    list.reset(longer);
}

std::optional<Millis> retry_after(CURL* handle)
{
    curl_off_t seconds = 0;
    if (curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK || seconds <= 0)
        return std::nullopt;
    return Millis{seconds * 1'000};
}

}  // namespace

Webhook::Webhook(Setup setup) : setup_{std::move(setup)} { curl_global_init(CURL_GLOBAL_DEFAULT); }

Webhook::~Webhook() { pool_.join(); }

Attempt Webhook::post(const std::string& id, const std::string& body, UnixMillis wall)
{
    CURL* handle = handle_of_this_thread();
    if (handle == nullptr)
        return {.kind = Attempt::Kind::unanswered, .status = 0, .retry_after = {}};
    const std::int64_t seconds = wall.count() / 1000;
    HeaderList headers;
    add(headers, "content-type: application/json");
    add(headers, "webhook-id: " + id);
    add(headers, "webhook-timestamp: " + std::to_string(seconds));
    add(headers, "webhook-signature: " + webhook_signature(setup_.key, id, seconds, body));
    add(headers, "expect:");  // no second round trip before the body

    std::size_t answered = 0;
    char why[CURL_ERROR_SIZE]{};
    curl_easy_reset(handle);
    curl_easy_setopt(handle, CURLOPT_URL, setup_.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "kickstand-edge");
    // A redirect would send a signed alarm to somebody whom nobody configured.
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(setup_.deadline.count()));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answered);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, why);
    if (!setup_.authority.empty())
        curl_easy_setopt(handle, CURLOPT_CAINFO, setup_.authority.c_str());

    const CURLcode result = curl_easy_perform(handle);
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (result != CURLE_OK) {
        log_warning("webhook.unanswered", {{"id", id}, {"error", why[0] ? why : "unknown"}});
        return {.kind = Attempt::Kind::unanswered, .status = 0, .retry_after = {}};
    }
    return {.kind = Attempt::Kind::answered,
            .status = static_cast<std::uint16_t>(status),
            .retry_after = retry_after(handle)};
}

}  // namespace ks::edge
