// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/assetstore.h"
#include "db/auditlog.h"
#include "db/database.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// What is deleted or restored together, by ids. A set stands for its samples too.
struct TrashSelection {
    std::vector<std::string> sets;
    std::vector<std::string> samples;
    std::vector<std::string> checkpoints;

    [[nodiscard]] bool empty() const {
        return sets.empty() && samples.empty() && checkpoints.empty();
    }
};

/// One deletion as it lies in the trash.
struct Deletion {
    std::string at;                  ///< UTC; names the deletion
    std::vector<std::string> sets;   ///< their former names
    std::vector<std::string> models; ///< names of the checkpoints
    std::int64_t samples = 0;        ///< those of its sets included
};

/// What emptying the trash took away for good.
struct Purged {
    std::int64_t sets = 0;
    std::int64_t samples = 0;
    std::int64_t checkpoints = 0;
    std::uintmax_t bytes = 0; ///< freed on the disk
};

/// Deletion with a way back. What is deleted is left out by every list, but its rows and files stay
/// until purge(). Nothing that is kept may depend on what is deleted: a set or sample that a frozen
/// study uses, the parent of an image, the model of an image and the set of a model are refused
/// with Error(conflict), unless what depends on them goes in the same deletion. Every function that
/// writes is one transaction.
class Trash {
public:
    /// `checkpoints` is the project's folder of that name.
    Trash(Database& database,
          AssetStore& assets,
          AuditLog& audit,
          std::filesystem::path checkpoints);

    /// Returns the time that names the deletion. Throws Error(notFound) for ids that the project
    /// does not have, Error(conflict).
    std::string remove(const TrashSelection& selection);

    /// Takes back a whole deletion. A set whose name was used again meanwhile comes back as
    /// "NAME (restored)". Throws Error(notFound), Error(conflict) when what it depends on lies in
    /// the trash since another deletion.
    void restore(const std::string& at);

    /// Newest first.
    [[nodiscard]] std::vector<Deletion> deletions();

    /// The newest deletion of a set of that name, or of a sample or checkpoint of that id.
    [[nodiscard]] std::optional<std::string> deletionOfSet(const std::string& name);
    [[nodiscard]] std::optional<std::string> deletionOf(const std::string& id);

    /// Empties the trash: rows, metric values of the sets and samples, checkpoint files, and the
    /// assets that no other sample or study uses.
    Purged purge();

    /// What is kept although something it depends on is deleted, one sentence each.
    [[nodiscard]] std::vector<std::string> faults();

private:
    struct Broken;

    void mark(const TrashSelection& selection, const std::string& at);
    void markSet(const std::string& id, const std::string& at);
    void refuseFrozen(const TrashSelection& selection);
    [[nodiscard]] std::optional<Broken> broken();
    [[nodiscard]] std::string freeName(const std::string& wanted);
    [[nodiscard]] std::uintmax_t removeStrayCheckpoints();

    Database& m_database;
    AssetStore& m_assets;
    AuditLog& m_audit;
    std::filesystem::path m_checkpoints;
};

} // namespace likeness
