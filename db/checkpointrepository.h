// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/auditlog.h"
#include "db/database.h"
#include "db/records.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// Checkpoints: a row and `checkpoints/<id>.safetensors`; what lies in the trash is left out.
class CheckpointRepository {
public:
    /// `folder` is the project's `checkpoints`.
    CheckpointRepository(Database& database, std::filesystem::path folder, AuditLog& audit);

    /// Copies the file in (durable) and stores the row; fills id, sha256 and createdAt. A file that
    /// is there already is not added twice: its record is returned. Throws Error(io),
    /// Error(notFound).
    CheckpointRecord add(CheckpointRecord checkpoint, const std::filesystem::path& file);

    /// The same for files on the project's own disk that are safely written already, whose SHA-256
    /// `checkpoint` tells: they are moved in without being read. `state`, if it exists, is what the
    /// training needs to go on, and lies beside the checkpoint from then on.
    CheckpointRecord take(CheckpointRecord checkpoint,
                          const std::filesystem::path& file,
                          const std::filesystem::path& state);

    [[nodiscard]] std::vector<CheckpointRecord> all();
    [[nodiscard]] CheckpointRecord byId(const std::string& id); ///< Throws Error(notFound).
    [[nodiscard]] std::optional<CheckpointRecord> findSha256(const std::string& sha256);
    [[nodiscard]] std::filesystem::path file(const std::string& id) const;

    /// Missing or altered files, one sentence each.
    [[nodiscard]] std::vector<std::string> faults();

private:
    void undelete(const std::string& sha256);
    void insert(const CheckpointRecord& checkpoint);

    Database& m_database;
    std::filesystem::path m_folder;
    AuditLog& m_audit;
};

} // namespace likeness
