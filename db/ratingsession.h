// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/imaging/image.h"
#include "core/study/plan.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace likeness {

/// A rater at work on a study package. Holds no truth, because the package holds none. Every answer
/// is one transaction (journal DELETE, synchronous EXTRA) and acknowledged only after COMMIT; a
/// crash resumes at the same trial. One thread at a time.
class RatingSession {
public:
    struct Start {
        std::filesystem::path package;
        std::filesystem::path store; ///< folder of the local rating stores
        std::string rater;           ///< pseudonym
        int slot = 1;                ///< which of the package's plans, from 1; a rater keeps hers
        bool simulated = false;
        bool exportOnly = false; ///< opens even an altered store, but only exportRatings() works
    };

    /// Verifies signature, hashes and chain. Throws Error: format (altered package), conflict
    /// (store in use, other slot, other package of the same definition), config (rater's name),
    /// database (altered store; then it is opened for nothing but export: Start::exportOnly).
    explicit RatingSession(const Start& start);
    ~RatingSession();
    RatingSession(const RatingSession&) = delete;
    RatingSession& operator=(const RatingSession&) = delete;

    [[nodiscard]] const Json& definition() const noexcept; ///< the public, frozen definition
    [[nodiscard]] std::string title() const;
    [[nodiscard]] int trials() const noexcept;
    [[nodiscard]] int answered() const noexcept;
    [[nodiscard]] bool finished() const noexcept;

    /// The trial to answer now, in plan order; empty when finished.
    [[nodiscard]] std::optional<PlanItem> current() const;

    /// Canonical pixels of a trial, current or later (for prefetching).
    [[nodiscard]] Image stimulus(const PlanItem& item) const;

    struct Answer {
        int value = 0;                   ///< 1..levels
        std::int64_t firstFrameNs = 0;   ///< monotonic
        std::int64_t answeredNs = 0;     ///< monotonic
        std::string input = "key";       ///< "key" or "mouse"
        Json telemetry = Json::object(); ///< at most 64 KiB of text
    };

    /// Returns after COMMIT; only then may the next trial be shown. Throws Error(io) when the disk
    /// is full or fails: nothing was stored, the trial stays.
    void answer(const Answer& answer);

    /// Goes back one trial; its former answer stays in the history and is superseded by the next.
    /// False at the start.
    bool undo();

    /// Writes NAME--RATER.ratings (signed zip, NDJSON events, head). May be called at any time.
    [[nodiscard]] std::filesystem::path exportRatings(const std::filesystem::path& folder) const;

    /// The receipt shown to the rater: first 8 characters of the chain's head.
    [[nodiscard]] std::string receipt() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace likeness
