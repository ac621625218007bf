// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/database.h"
#include "db/records.h"

#include <string>
#include <vector>

namespace likeness {

/// Metric values. Rows are only added; the newest of a kind is the one that counts.
class MetricRepository {
public:
    explicit MetricRepository(Database& database);

    /// Fills id and computedAt (if empty); one transaction for all. Throws Error(config) for a
    /// value that is missing without a reason.
    std::vector<MetricRecord> add(std::vector<MetricRecord> values);

    /// The newest value of every (metric, encoder, reference set, sample) of a set, in the order
    /// they were added.
    [[nodiscard]] std::vector<MetricRecord> latest(const std::string& setId);

private:
    Database& m_database;
};

} // namespace likeness
