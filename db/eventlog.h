// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/database.h"
#include "db/ratingevent.h"
#include "db/witness.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// What verifying a chain found: its length and head, and the first fault in one sentence.
struct ChainReport {
    std::int64_t length = 0;
    std::string head;
    std::string fault; ///< empty if sound
};

/// The append-only rating events of one store (table `rating_event`), chained by SHA-256 from
/// `origin`, with the head of the chain in a witness file in another directory.
class EventLog {
public:
    /// Verifies the whole chain and the witness. The witness may lag by one event, because a crash
    /// can fall between COMMIT and its own sync; it is then brought up. Throws Error(database) for
    /// any other difference, with the event's number.
    EventLog(Database& database, std::string chain, std::string origin, Witness& witness);

    /// Fills id, chain, seq, prevHash and hash, and stores the event in one transaction. Returns
    /// after COMMIT. Throws Error(io) when the disk is full or fails: then nothing was stored and
    /// nothing may be shown as saved.
    const RatingEvent& append(RatingEvent event);

    [[nodiscard]] std::int64_t length() const noexcept { return m_length; }

    [[nodiscard]] const std::string& head() const noexcept { return m_head; }

    /// The answer that stands for a trial; empty if it has none or it was taken back.
    [[nodiscard]] std::optional<RatingEvent> current(std::int64_t planSeq) const;

    [[nodiscard]] const std::map<std::int64_t, RatingEvent>& currentAnswers() const noexcept {
        return m_current;
    }

    /// The last answer ever given to a trial, whether taken back or not.
    [[nodiscard]] std::optional<std::string> lastAnswerId(std::int64_t planSeq) const;

private:
    void apply(const RatingEvent& event);
    void bringWitnessUp();

    Database& m_database;
    Witness& m_witness;
    std::string m_chain;
    std::string m_head;
    std::int64_t m_length = 0;
    RatingEvent m_last;
    std::map<std::int64_t, RatingEvent> m_current;
    std::map<std::int64_t, std::string> m_lastAnswer;
};

/// Calls `each` for the events of a chain in order, as stored, unverified.
void readEvents(Database& database,
                const std::string& chain,
                const std::function<void(const RatingEvent&)>& each);

/// Inserts one event as it is. Part of the caller's transaction.
void insertEvent(Database& database, const RatingEvent& event);

/// Verifies hashes, numbers and links from `origin`; calls `each` for every sound event.
[[nodiscard]] ChainReport verifyChain(Database& database,
                                      const std::string& chain,
                                      const std::string& origin,
                                      const std::function<void(const RatingEvent&)>& each = {});

/// Compares a sound chain with its witness; one sentence, empty if they agree or the witness lags
/// by one. `previousHead` is the hash before the last event.
[[nodiscard]] std::string witnessFault(const ChainReport& chain,
                                       const std::string& previousHead,
                                       const std::optional<Witness::Head>& witness);

} // namespace likeness
