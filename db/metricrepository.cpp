// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/metricrepository.h"

#include "core/base/error.h"
#include "db/clock.h"
#include "db/signing.h"
#include "db/statement.h"

#include <cmath>

namespace likeness {

namespace {

constexpr const char* kColumns =
    "id, set_id, reference_set_id, sample_id, metric, value, lo, hi, n, "
    "unit, encoder, reason_if_null, conventions, computed_at";

MetricRecord metricOf(const Statement& row) {
    MetricRecord metric;
    metric.id = row.text(0);
    metric.setId = row.text(1);
    metric.referenceSetId = row.optionalText(2);
    metric.sampleId = row.optionalText(3);
    metric.metric = row.text(4);
    metric.value = row.optionalReal(5);
    metric.lo = row.optionalReal(6);
    metric.hi = row.optionalReal(7);
    metric.n = row.integer(8);
    metric.unit = row.text(9);
    metric.encoder = row.text(10);
    metric.reasonIfNull = row.text(11);
    metric.conventions = row.json(12);
    metric.computedAt = row.text(13);
    return metric;
}

bool isFinite(const std::optional<double>& value) {
    return !value || std::isfinite(*value);
}

} // namespace

MetricRepository::MetricRepository(Database& database)
    : m_database(database) {}

std::vector<MetricRecord> MetricRepository::add(std::vector<MetricRecord> values) {
    Database::Transaction transaction(m_database);
    Statement insert(m_database, std::string("INSERT INTO metric_value (") + kColumns +
                                     ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    for (MetricRecord& value : values) {
        if (!isFinite(value.value) || !isFinite(value.lo) || !isFinite(value.hi))
            throw Error(ErrorCode::config, "metric " + value.metric, "its value is not a number",
                        "store no value and the reason why");
        if (!value.value && value.reasonIfNull.empty())
            throw Error(ErrorCode::config, "metric " + value.metric,
                        "it has no value and no reason", "say why there is none");
        value.id = randomId(8);
        if (value.computedAt.empty())
            value.computedAt = utcNow();
        insert
            .bind(value.id, value.setId, value.referenceSetId, value.sampleId, value.metric,
                  value.value, value.lo, value.hi, value.n, value.unit, value.encoder,
                  value.reasonIfNull, value.conventions, value.computedAt)
            .run();
    }
    transaction.commit();
    return values;
}

std::vector<MetricRecord> MetricRepository::latest(const std::string& setId) {
    Statement rows(m_database, std::string("SELECT ") + kColumns +
                                   " FROM metric_value WHERE rowid IN (SELECT max(rowid) FROM "
                                   "metric_value WHERE set_id = ? GROUP BY metric, encoder, "
                                   "reference_set_id, sample_id) ORDER BY rowid");
    rows.bind(setId);
    std::vector<MetricRecord> values;
    while (rows.step())
        values.push_back(metricOf(rows));
    return values;
}

} // namespace likeness
