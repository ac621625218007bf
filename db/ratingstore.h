// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/eventlog.h"
#include "db/ratingsfile.h"
#include "db/signing.h"
#include "db/witness.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace likeness {

/// Letters, digits, '-' and '_' of a rater's name, for file names; a mark of the whole name follows
/// where something was left out. Throws Error(config) for a name that is empty, longer than 64
/// bytes, not UTF-8 or holds control characters.
[[nodiscard]] std::string fileWord(const std::string& rater);

/// The local store of one rater at one study: `<folder>/<8 digits of the study>-<rater>.sqlite`,
/// its witness in `<folder>/witness`, and the installation's keys in `<folder>/keys`. Throws as
/// RatingSession's constructor does.
class RatingStore {
public:
    struct Opening {
        std::filesystem::path folder;
        StoreHeader header;   ///< chain, signing key and time are filled for a new store
        bool salvage = false; ///< only to export: no check stops it, nothing is written
    };

    explicit RatingStore(const Opening& opening);

    [[nodiscard]] const StoreHeader& header() const noexcept { return m_header; }

    /// Throws Error(conflict) for a store that was opened only to export.
    [[nodiscard]] EventLog& log();

    [[nodiscard]] const EventLog* logOrNull() const noexcept { return m_log.get(); }

    /// Everything that is stored, with what is wrong with it.
    [[nodiscard]] RatingsFile content() const;

    [[nodiscard]] const KeyPair& keys() const noexcept { return *m_keys; }

private:
    void readHeader(const Opening& opening);
    void requireSame(const StoreHeader& wanted) const;
    [[nodiscard]] std::string storedFault() const;

    std::optional<KeyPair> m_keys;
    StoreHeader m_header;
    std::string m_origin;
    std::unique_ptr<Database> m_database;
    std::unique_ptr<Witness> m_witness;
    std::unique_ptr<EventLog> m_log;
    std::string m_fault; ///< found while opening for export
};

} // namespace likeness
