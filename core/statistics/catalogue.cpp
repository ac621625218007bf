// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/catalogue.h"

#include "core/base/error.h"
#include "core/statistics/catalogueentries.h"

#include <array>

namespace likeness {

namespace {

struct Entry {
    std::string_view name;
    std::string_view alias; // short word for people; may be empty
    std::string_view summary;
    std::string_view inputs;
    Json (*evaluate)(const Json&, const StatisticOptions&);
};

constexpr std::array<Entry, 6> kEntries = {{
    {"cohen_kappa", "", "Cohen's kappa of two raters: plain, linear, quadratic and given weights",
     "{table: [[...]]} | {rater1: [...], rater2: [...], categories: k} | {table, "
     "agreement_weights}",
     catalogue::cohenKappaEntry},
    {"krippendorff_alpha", "",
     "Krippendorff's alpha (nominal, ordinal, interval, ratio), Gwet's AC1, Brennan-Prediger",
     "{observers_x_units: [[...]], q_categories: k}, null = missing",
     catalogue::krippendorffAlphaEntry},
    {"sdt_dprime", "sdt", "d', c, beta, A' of yes/no answers; proportion correct in forced choice",
     "{hits, signal_trials, false_alarms, noise_trials, correction} | {d, m} | {pc}",
     catalogue::detectionEntry},
    {"roc_auc_delong", "roc_auc", "Empirical ROC areas with DeLong's covariance and contrasts",
     "{scores: {name: [...]}, truth: [0|1 ...]} | {columns, rows} with the truth last",
     catalogue::rocEntry},
    {"mos_bt500_p910", "mos",
     "Mean opinion scores with intervals, BT.500 screening, P.910 subject model",
     "{scores: [...]} | {scores: [[...]]} or {csv: FILE}, stimuli in rows, subjects in columns",
     catalogue::opinionEntry},
    {"proportion_mcnemar", "proportion",
     "Wilson and Clopper-Pearson intervals, exact binomial test, McNemar's test",
     "{x_n: [[x, n] ...]} | {correct, n} | {table: [[a, b], [c, d]]}", catalogue::proportionEntry},
}};

std::string listOfNames() {
    std::string names;
    for (const Entry& entry : kEntries)
        names += (names.empty() ? "" : ", ") + std::string(entry.name);
    return names;
}

const Entry& find(std::string_view name) {
    for (const Entry& entry : kEntries) {
        if (name == entry.name || (!entry.alias.empty() && name == entry.alias))
            return entry;
    }
    throw Error(ErrorCode::unsupported, "statistic '" + std::string(name) + "'",
                "this build does not offer it", "choose one of " + listOfNames());
}

Json rowsOf(const RatingMatrix& matrix) {
    Json rows = Json::array();
    for (const auto& row : matrix) {
        Json cells = Json::array();
        for (const auto& cell : row)
            cells.push_back(cell ? Json(*cell) : Json());
        rows.push_back(std::move(cells));
    }
    return rows;
}

Json column(const RatingMatrix& matrix, std::size_t index) {
    Json cells = Json::array();
    for (const auto& row : matrix)
        cells.push_back(row[index] ? Json(*row[index]) : Json());
    return cells;
}

} // namespace

std::vector<StatisticInfo> availableStatistics() {
    std::vector<StatisticInfo> list;
    for (const Entry& entry : kEntries)
        list.push_back(
            {std::string(entry.name), std::string(entry.summary), std::string(entry.inputs)});
    return list;
}

Json evaluateStatistic(std::string_view name, const Json& inputs, const StatisticOptions& options) {
    const Entry& entry = find(name);
    if (!inputs.is_object()) {
        throw Error(ErrorCode::config, "inputs of " + std::string(entry.name),
                    "they are not a JSON object", "give " + std::string(entry.inputs));
    }
    if (!(options.level > 0.0 && options.level < 1.0))
        throw Error(ErrorCode::config, "confidence level", "it must lie between 0 and 1");
    return entry.evaluate(inputs, options);
}

Json statisticInputsFromCsv(std::string_view name, std::string_view csv) {
    const Entry& entry = find(name);
    const catalogue::CsvTable parsed = catalogue::parseCsv(csv);
    const RatingMatrix& rows = parsed.rows;
    const std::size_t columns = rows.front().size();
    if (entry.name == "cohen_kappa" && columns == 2 && rows.size() != 2)
        return {{"rater1", column(rows, 0)}, {"rater2", column(rows, 1)}};
    if (entry.name == "cohen_kappa")
        return {{"table", rowsOf(rows)}};
    if (entry.name == "krippendorff_alpha")
        return {{"observers_x_units", rowsOf(rows)}};
    if (entry.name == "mos_bt500_p910")
        return {{"scores", rowsOf(rows)}};
    if (entry.name == "roc_auc_delong" && columns >= 2) {
        Json names = parsed.columns;
        for (std::size_t c = names.size(); c < columns; ++c)
            names.push_back("score " + std::to_string(c + 1));
        return {{"columns", names}, {"rows", rowsOf(rows)}};
    }
    if (entry.name == "proportion_mcnemar" && columns == 2)
        return {{"x_n", rowsOf(rows)}};
    if (entry.name == "sdt_dprime" && columns == 4 && rows.size() == 1) {
        return {{"hits", column(rows, 0)[0]},
                {"signal_trials", column(rows, 1)[0]},
                {"false_alarms", column(rows, 2)[0]},
                {"noise_trials", column(rows, 3)[0]}};
    }
    throw Error(ErrorCode::format, "CSV for " + std::string(entry.name),
                "its shape of " + std::to_string(rows.size()) + " rows and " +
                    std::to_string(columns) + " columns does not fit",
                "give JSON: " + std::string(entry.inputs));
}

} // namespace likeness
