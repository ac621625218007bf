// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "db/assetstore.h"
#include "db/auditlog.h"
#include "db/database.h"
#include "db/records.h"

#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// Sets and their samples; what lies in the trash is left out. Every function that writes is one
/// transaction, or part of the caller's Database::Transaction.
class SampleRepository {
public:
    SampleRepository(Database& database, AssetStore& assets, AuditLog& audit);

    /// Fills id and createdAt. Throws Error(conflict) if the name is taken, Error(config) for an
    /// empty name or a synthetic set without generator.
    SetRecord addSet(SetRecord set);

    /// Stores pixels and row; fills id, index, hashes, type, sizes, voxel size (if the record has
    /// none) and createdAt. The rest of the record is taken as given.
    SampleRecord addSample(SampleRecord sample, const Volume& pixels);

    [[nodiscard]] std::vector<SetRecord> sets();
    [[nodiscard]] std::optional<SetRecord> findSet(const std::string& name);
    [[nodiscard]] SetRecord setById(const std::string& id); ///< Throws Error(notFound).
    [[nodiscard]] std::vector<SampleRecord> samples(const std::string& setId);
    [[nodiscard]] SampleRecord sample(const std::string& id); ///< Throws Error(notFound).
    /// Position of the next sample; deleted ones keep theirs.
    [[nodiscard]] std::int64_t count(const std::string& setId);

    /// The sample of a set that has these pixels already.
    [[nodiscard]] std::optional<std::string> findPixels(const std::string& setId,
                                                        const std::string& pixelsSha256);

private:
    Database& m_database;
    AssetStore& m_assets;
    AuditLog& m_audit;
};

} // namespace likeness
