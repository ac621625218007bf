// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/annotation.h"
#include "db/database.h"

#include <optional>
#include <string>
#include <vector>

namespace likeness {

struct AnnotationRecord {
    std::string id; ///< kept through all changes
    std::string sampleId;
    Annotation mark;
    std::string author;    ///< operating-system user of the last change
    std::string createdAt; ///< UTC
    std::string changedAt; ///< UTC, of the last change
};

/// What people marked in samples. Each function that writes adds one row in a transaction of its
/// own, or in the caller's; former states stay in the project. Annotations of samples in the trash
/// are left out.
class AnnotationRepository {
public:
    explicit AnnotationRepository(Database& database);

    /// Throws Error(notFound) for an unknown sample, Error(config) as requireAnnotation() does and
    /// for an id that is taken.
    AnnotationRecord
    add(const std::string& sampleId, const Annotation& mark, const std::string& id = newId());

    [[nodiscard]] static std::string newId();

    /// Gives an annotation another place or text; one that was removed comes back with them. Throws
    /// Error(notFound) for an unknown id, Error(config) as above.
    AnnotationRecord change(const std::string& id, const Annotation& mark);

    /// Throws Error(notFound) if there is none, or it was removed already.
    void remove(const std::string& id);

    /// As it stood before it was removed. Throws Error(notFound) for an unknown id.
    AnnotationRecord restore(const std::string& id);

    /// Throws Error(notFound) if there is none, or it was removed.
    [[nodiscard]] AnnotationRecord find(const std::string& id);

    /// In the order in which they were made; of one sample, or of all.
    [[nodiscard]] std::vector<AnnotationRecord>
    all(const std::optional<std::string>& sampleId = std::nullopt);

private:
    struct Row;

    [[nodiscard]] std::optional<Row> last(const std::string& id);
    void insert(const AnnotationRecord& record, bool removed);
    void requireFits(const std::string& sampleId, const Annotation& mark);

    Database& m_database;
};

} // namespace likeness
