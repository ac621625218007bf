// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/results.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// A column of the results table. The definition says what the number is, in one or two sentences.
struct ResultsColumn {
    QString id; ///< stable word, heads the CSV
    QString title;
    QString definition;
    QString unit;
    bool isText = false;
    bool hasInterval = false;
    bool isCount = false; ///< whole numbers
};

/// One value with all that belongs to it. Without a value there is a reason.
struct ResultsCell {
    QString text; ///< text columns
    std::optional<double> value;
    std::optional<double> lo;
    std::optional<double> hi;
    std::int64_t n = 0;
    QString method;
    QString reason;
};

struct ResultsRow {
    std::string setName;
    bool reference = false;
    std::vector<ResultsCell> cells; ///< as many as columns
};

/// One row per condition, the reference first: ratings, then each automated metric that any row
/// has.
struct ResultsTable {
    std::vector<ResultsColumn> columns;
    std::vector<ResultsRow> rows;
};

[[nodiscard]] ResultsTable makeResultsTable(const StudyResults& results);

/// What a metric is, in words; the metric's own name when it is not in the list.
[[nodiscard]] QString metricTitle(const std::string& metric);
[[nodiscard]] QString metricDefinition(const std::string& metric);

/// RFC 4180 with a header line; an interval gives two more columns. Text that a spreadsheet would
/// take for a formula is defused by a leading apostrophe; numbers are written with all digits and a
/// point, missing ones are empty.
[[nodiscard]] QByteArray toCsv(const ResultsTable& table);

/// One text cell of a CSV file, quoted and defused.
[[nodiscard]] QByteArray csvText(const QString& text);

} // namespace likeness
