// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/resultstable.h"

#include "core/metrics/catalogue.h"
#include "ui/words.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <utility>

namespace likeness {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(ResultsTable)
};

struct KnownMetric {
    const char* name;
    const char* title;
    const char* definition = nullptr; ///< of those that the catalogue of metrics does not hold
};

// Short heads for the table; the definition comes from the catalogue.
constexpr std::array kTitles = {
    KnownMetric{"fd_handcrafted", QT_TRANSLATE_NOOP("ResultsTable", "Fr\u00e9chet distance")},
    KnownMetric{"kd_handcrafted", QT_TRANSLATE_NOOP("ResultsTable", "Kernel distance")},
    KnownMetric{"precision", QT_TRANSLATE_NOOP("ResultsTable", "Precision")},
    KnownMetric{"recall", QT_TRANSLATE_NOOP("ResultsTable", "Recall")},
    KnownMetric{"density", QT_TRANSLATE_NOOP("ResultsTable", "Density")},
    KnownMetric{"coverage", QT_TRANSLATE_NOOP("ResultsTable", "Coverage")},
    KnownMetric{"mind", QT_TRANSLATE_NOOP("ResultsTable", "MIND")},
    KnownMetric{"spectrum_distance", QT_TRANSLATE_NOOP("ResultsTable", "Spectrum distance")},
    KnownMetric{"within_set_ms_ssim", QT_TRANSLATE_NOOP("ResultsTable", "Within-set MS-SSIM")},
    KnownMetric{"porosity_difference", QT_TRANSLATE_NOOP("ResultsTable", "Porosity difference"),
                QT_TRANSLATE_NOOP(
                    "ResultsTable",
                    "Mean porosity of the set minus that of the reference, both cut at Otsu's "
                    "threshold of the reference; 0 is equal.")},
    KnownMetric{"s2_rmse", QT_TRANSLATE_NOOP("ResultsTable", "S2 RMSE"),
                QT_TRANSLATE_NOOP(
                    "ResultsTable",
                    "Root mean square difference of the two-point correlation functions S2 of set "
                    "and reference; 0 is equal.")},
};

ResultsCell textCell(QString text) {
    ResultsCell cell;
    cell.text = std::move(text);
    return cell;
}

ResultsCell countCell(std::int64_t count) {
    ResultsCell cell;
    cell.value = static_cast<double>(count);
    return cell;
}

ResultsCell estimateCell(const Estimate& estimate) {
    ResultsCell cell;
    cell.value = estimate.value;
    cell.lo = estimate.lo;
    cell.hi = estimate.hi;
    cell.n = estimate.n;
    cell.method = words::text(estimate.method);
    cell.reason = words::text(estimate.reason);
    return cell;
}

ResultsCell metricCell(const MetricBeside& metric) {
    ResultsCell cell;
    cell.value = metric.value;
    cell.lo = metric.lo;
    cell.hi = metric.hi;
    cell.n = metric.n;
    cell.reason = words::text(metric.reason);
    return cell;
}

ResultsColumn valueColumn(const char* id, const QString& title, const QString& definition) {
    return {QString::fromLatin1(id), title, definition, {}, false, true};
}

std::vector<ResultsColumn> keyColumns() {
    return {
        {QStringLiteral("condition"),
         Tr::tr("Condition"),
         Tr::tr("The reference or the generator that was judged."),
         {},
         true,
         false},
        {QStringLiteral("set"),
         Tr::tr("Set"),
         Tr::tr("The set of the project that the images were drawn from."),
         {},
         true,
         false},
        {QStringLiteral("n"),
         Tr::tr("n"),
         Tr::tr("Answers to first showings; hidden repeats are not counted."),
         {},
         false,
         false,
         true},
    };
}

std::vector<ResultsColumn> ratingColumns(const StudyResults& results) {
    std::vector<ResultsColumn> columns = keyColumns();
    const bool detection = results.protocol == Protocol::realOrSynthetic;
    if (detection)
        columns.push_back(valueColumn("judged_real", Tr::tr("Judged real"),
                                      Tr::tr("Share of answers on the real side of the scale "
                                             "(levels 4 to 6), with its 95 % interval.")));
    columns.push_back(valueColumn(
        "mean_rating", Tr::tr("Mean rating"),
        detection ? Tr::tr("Mean of the levels 1 (definitely synthetic) to 6 (definitely real), "
                           "with its 95 % interval.")
                  : Tr::tr("Mean opinion score: the mean of the levels 1 (bad) to 5 (excellent), "
                           "with its 95 % interval.")));
    columns.push_back(valueColumn("agreement", Tr::tr("Agreement"),
                                  Tr::tr("Krippendorff's alpha for ordinal levels, between raters, "
                                         "within this row: 1 is full agreement, 0 is chance.")));
    if (detection)
        columns.push_back(
            valueColumn("d_prime", Tr::tr("d\u2032"),
                        Tr::tr("Sensitivity of the raters between the reference and this row, "
                               "answers pooled: 0 is chance, larger is easier to tell apart.")));
    return columns;
}

ResultsRow ratingRow(const ConditionRow& condition, Protocol protocol) {
    ResultsRow row;
    row.setName = condition.setName;
    row.reference = condition.reference;
    row.cells = {textCell(words::text(condition.label)), textCell(words::text(condition.setName)),
                 countCell(condition.answers)};
    if (protocol == Protocol::realOrSynthetic)
        row.cells.push_back(estimateCell(condition.judgedReal));
    row.cells.push_back(estimateCell(condition.meanRating));
    row.cells.push_back(estimateCell(condition.agreement));
    if (protocol == Protocol::realOrSynthetic)
        row.cells.push_back(estimateCell(condition.dPrime));
    return row;
}

void addMetricColumns(const StudyResults& results, ResultsTable& table) {
    std::vector<std::string> names;
    for (const MetricBeside& metric : results.versusMetrics) {
        if (std::find(names.begin(), names.end(), metric.metric) == names.end())
            names.push_back(metric.metric);
    }
    for (const std::string& name : names) {
        ResultsColumn column{
            words::text(name), metricTitle(name), metricDefinition(name), {}, false, false};
        for (ResultsRow& row : table.rows) {
            ResultsCell cell;
            cell.reason = Tr::tr("Not measured for this set.");
            for (const MetricBeside& metric : results.versusMetrics) {
                if (metric.metric != name || metric.setName != row.setName)
                    continue;
                cell = metricCell(metric);
                column.unit = metric.unit == "1" ? QString() : words::text(metric.unit);
                column.hasInterval = column.hasInterval || metric.lo.has_value();
            }
            row.cells.push_back(std::move(cell));
        }
        table.columns.push_back(std::move(column));
    }
}

QByteArray csvNumber(const std::optional<double>& value) {
    return value ? QByteArray::number(*value, 'g', 17) : QByteArray();
}

} // namespace

QString metricTitle(const std::string& metric) {
    for (const KnownMetric& known : kTitles) {
        if (metric == known.name)
            return Tr::tr(known.title);
    }
    QString title = words::text(metric).replace(QLatin1Char('_'), QLatin1Char(' '));
    if (!title.isEmpty())
        title[0] = title[0].toUpper();
    return title;
}

QString metricDefinition(const std::string& metric) {
    for (const KnownMetric& known : kTitles) {
        if (known.definition && metric == known.name)
            return Tr::tr(known.definition);
    }
    const MetricInfo* info = findMetric(metric, MetricKind::set);
    if (!info)
        return metricTitle(metric);
    QString definition = words::text(std::string(info->definition));
    if (!info->reference.empty())
        definition += QLatin1Char(' ') + words::text(std::string(info->reference));
    return definition;
}

ResultsTable makeResultsTable(const StudyResults& results) {
    ResultsTable table;
    table.columns = ratingColumns(results);
    for (const ConditionRow& condition : results.byGenerator)
        table.rows.push_back(ratingRow(condition, results.protocol));
    std::stable_partition(table.rows.begin(), table.rows.end(),
                          [](const ResultsRow& row) { return row.reference; });
    addMetricColumns(results, table);
    return table;
}

QByteArray csvText(const QString& text) {
    // Spreadsheets run a cell that begins with one of these, ASCII or full-width, even behind white
    // space.
    static const QString starters = QStringLiteral("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20");
    QString safe = text;
    safe.remove(QChar(u'\0'));
    const QString trimmed = safe.trimmed();
    if (!safe.isEmpty() &&
        (starters.contains(safe[0]) || (!trimmed.isEmpty() && starters.contains(trimmed[0]))))
        safe.prepend(QLatin1Char('\''));
    safe.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return '"' + safe.toUtf8() + '"';
}

QByteArray toCsv(const ResultsTable& table) {
    QByteArray csv;
    QByteArrayList line;
    for (const ResultsColumn& column : table.columns) {
        line << csvText(column.id);
        if (column.hasInterval)
            line << csvText(column.id + QStringLiteral("_lo"))
                 << csvText(column.id + QStringLiteral("_hi"));
    }
    csv += line.join(',') + "\r\n";
    for (const ResultsRow& row : table.rows) {
        line.clear();
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const ResultsCell& cell = row.cells.at(i);
            line << (table.columns[i].isText ? csvText(cell.text) : csvNumber(cell.value));
            if (table.columns[i].hasInterval)
                line << csvNumber(cell.lo) << csvNumber(cell.hi);
        }
        csv += line.join(',') + "\r\n";
    }
    return csv;
}

} // namespace likeness
