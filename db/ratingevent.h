// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace likeness {

enum class EventKind { answer, undo };

[[nodiscard]] std::string_view toString(EventKind kind) noexcept;

/// One thing a rater did. Never changed and never deleted: a correction is a further event. An
/// event names the one before it by hash, so that a chain of them cannot be altered in the middle.
struct RatingEvent {
    std::string id;       ///< 32 random hexadecimal digits
    std::string chain;    ///< id of the rating store it was made in
    std::int64_t seq = 0; ///< position in the chain, from 1
    std::string study;    ///< SHA-256 of the frozen public definition
    std::string rater;
    std::string session; ///< id of one sitting
    EventKind kind = EventKind::answer;
    std::int64_t planSeq = 0;              ///< which trial of the plan
    std::string stimulus;                  ///< opaque id
    std::optional<std::int64_t> value;     ///< 1..levels; answers only
    std::optional<std::string> supersedes; ///< the answer that this one replaces or takes back
    std::int64_t rtNs = 0;                 ///< first frame to answer
    std::string utc;                       ///< wall time, for people; order is `seq`
    std::int64_t monotonicNs = 0;          ///< when answered, on the clock of `bootId`
    std::string bootId;
    std::string appVersion;
    bool simulated = false;
    std::string input; ///< "key" or "mouse"; empty for an undo
    Json telemetry = Json::object();
    std::string prevHash; ///< of the event before; the store's own hash for the first
    std::string hash;     ///< SHA-256 of the canonical JSON of all fields above
};

/// Canonical JSON without `hash`: what is hashed.
[[nodiscard]] std::string hashedText(const RatingEvent& event);
[[nodiscard]] std::string eventHash(const RatingEvent& event);

/// One line of `events.ndjson`: canonical JSON with `hash`.
[[nodiscard]] std::string toLine(const RatingEvent& event);

/// Throws Error(format) naming the field that is missing, of another type or out of range.
[[nodiscard]] RatingEvent eventFromLine(std::string_view line);

} // namespace likeness
