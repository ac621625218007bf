// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "db/ratingevent.h"
#include "db/signing.h"

#include <filesystem>
#include <string>
#include <vector>

namespace likeness {

/// What a rating store is: fixed before its first event, hashed into it.
struct StoreHeader {
    std::string chain;          ///< 32 random hexadecimal digits
    std::string study;          ///< SHA-256 of the frozen public definition
    std::string manifestSha256; ///< of the package
    std::string rater;
    int slot = 1;
    std::string planSha256;
    bool simulated = false;
    std::string signingKey; ///< of the installation, public
    std::string createdAt;  ///< UTC
};

[[nodiscard]] Json toJson(const StoreHeader& header);

/// Throws Error(format).
[[nodiscard]] StoreHeader headerFromJson(const Json& document);

/// SHA-256 of the header's canonical JSON: the hash before the first event.
[[nodiscard]] std::string originHash(const StoreHeader& header);

/// Content of NAME--RATER.ratings.
struct RatingsFile {
    StoreHeader header;
    std::string head; ///< hash of the last event, or the origin
    std::vector<RatingEvent> events;
    std::string fault; ///< what is wrong with the store they come from; empty if sound
};

/// Writes a signed zip with stored entries: manifest.json (header, head, count, files), signature,
/// events.ndjson. Durable. Throws Error(io).
void writeRatings(const std::filesystem::path& path,
                  const RatingsFile& ratings,
                  const KeyPair& key);

/// Verifies signature, hashes, and the chain from origin to head. Throws Error: notFound, io,
/// memory, unsupported, format. A file from a damaged store is returned with its `fault`, its chain
/// unverified; it is for people to look at, never to be merged.
[[nodiscard]] RatingsFile readRatings(const std::filesystem::path& path);

} // namespace likeness
