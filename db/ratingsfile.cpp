// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/ratingsfile.h"

#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/study/canonicaljson.h"
#include "db/signedarchive.h"

#include <algorithm>

namespace likeness {

namespace {

constexpr const char* kFormat = "likeness-ratings";
constexpr int kSchema = 1;
constexpr const char* kEvents = "events.ndjson";

std::vector<RatingEvent> eventsOf(const std::string& text) {
    std::vector<RatingEvent> events;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        events.push_back(eventFromLine(std::string_view(text).substr(begin, end - begin)));
        begin = end + 1;
    }
    return events;
}

/// The first disagreement between events, header and head; empty if there is none.
std::string chainFault(const RatingsFile& ratings) {
    std::string head = originHash(ratings.header);
    std::int64_t seq = 0;
    for (const RatingEvent& event : ratings.events) {
        ++seq;
        const bool linked =
            event.seq == seq && event.prevHash == head && eventHash(event) == event.hash;
        const bool belongs =
            event.chain == ratings.header.chain && event.study == ratings.header.study &&
            event.rater == ratings.header.rater && event.simulated == ratings.header.simulated;
        if (!linked || !belongs)
            return "rating event " + std::to_string(seq) + " does not belong where it stands";
        head = event.hash;
    }
    return head == ratings.head ? std::string() : "rating events are missing at its end";
}

} // namespace

Json toJson(const StoreHeader& header) {
    return {{"chain", header.chain},
            {"study", header.study},
            {"manifest_sha256", header.manifestSha256},
            {"rater", header.rater},
            {"slot", header.slot},
            {"plan_sha256", header.planSha256},
            {"simulated", header.simulated},
            {"signing_key", header.signingKey},
            {"created_at", header.createdAt}};
}

StoreHeader headerFromJson(const Json& document) {
    try {
        return {document.at("chain").get<std::string>(),
                document.at("study").get<std::string>(),
                document.at("manifest_sha256").get<std::string>(),
                document.at("rater").get<std::string>(),
                document.at("slot").get<int>(),
                document.at("plan_sha256").get<std::string>(),
                document.at("simulated").get<bool>(),
                document.at("signing_key").get<std::string>(),
                document.at("created_at").get<std::string>()};
    } catch (const Json::exception&) {
        throw Error(ErrorCode::format, "the header of a rating store", "it lacks a field");
    }
}

std::string originHash(const StoreHeader& header) {
    return canonicalSha256(toJson(header));
}

void writeRatings(const std::filesystem::path& path,
                  const RatingsFile& ratings,
                  const KeyPair& key) {
    std::string lines;
    for (const RatingEvent& event : ratings.events)
        lines.append(toLine(event)).push_back('\n');
    SignedContent content;
    content.format = kFormat;
    content.schema = kSchema;
    content.facts = {{"store", toJson(ratings.header)},
                     {"head", ratings.head},
                     {"events", ratings.events.size()},
                     {"fault", ratings.fault}};
    content.files[kEvents] = [&lines] {
        const auto* const data = reinterpret_cast<const std::byte*>(lines.data());
        return std::vector<std::byte>(data, data + lines.size());
    };
    writeSigned(path, content, key);
}

RatingsFile readRatings(const std::filesystem::path& path) {
    const SignedArchive archive(path, kFormat, kSchema);
    RatingsFile ratings;
    try {
        ratings.header = headerFromJson(archive.facts().at("store"));
        ratings.head = archive.facts().at("head").get<std::string>();
        ratings.fault = archive.facts().at("fault").get<std::string>();
        ratings.events = eventsOf(archive.text(kEvents));
        if (archive.facts().at("events") != ratings.events.size())
            archive.refuse("it holds another number of events than its manifest says");
    } catch (const Json::exception&) {
        archive.refuse("its manifest lacks what a ratings file tells");
    } catch (const Error& error) {
        if (error.code() != ErrorCode::format || error.subject() == path.string())
            throw;
        archive.refuse(error.why());
    }
    if (archive.signingKey() != ratings.header.signingKey)
        archive.refuse("it was not signed by the installation that the ratings were made on");
    if (ratings.fault.empty())
        if (const std::string fault = chainFault(ratings); !fault.empty())
            archive.refuse(fault);
    return ratings;
}

} // namespace likeness
