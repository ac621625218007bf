// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/resultstext.h"

#include <cmath>
#include <cstdio>
#include <vector>

namespace likeness::cli {

namespace {

/// Three decimals; small values keep three digits that count, so that none is shown as 0.
std::string number(double value) {
    char text[48];
    const bool small = value != 0.0 && std::abs(value) < 0.01;
    std::snprintf(text, sizeof text, small ? "%.3g" : "%.3f", value);
    return text;
}

std::string cell(const std::optional<double>& value,
                 const std::optional<double>& lo,
                 const std::optional<double>& hi,
                 const std::string& reason) {
    if (!value)
        return reason.empty() ? "-" : "- (" + reason + ")";
    std::string text = number(*value);
    if (lo && hi)
        text += " [" + number(*lo) + ", " + number(*hi) + "]";
    return text;
}

std::string cell(const Estimate& e) {
    const std::string text = cell(e.value, e.lo, e.hi, e.reason);
    return e.value ? text + " (n = " + std::to_string(e.n) + ")" : text;
}

std::string line(const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& c : cells)
        text += " " + c + " |";
    return text + "\n";
}

std::string ratingTable(const StudyResults& results) {
    std::string text =
        line({"set", "answers", "judged real", "mean rating", "alpha", "d'", "AUC"}) +
        line({"---", "---", "---", "---", "---", "---", "---"});
    for (const ConditionRow& row : results.byGenerator)
        text += line({row.label, std::to_string(row.answers), cell(row.judgedReal),
                      cell(row.meanRating), cell(row.agreement), cell(row.dPrime), cell(row.auc)});
    return text;
}

std::string metricTable(const StudyResults& results) {
    if (results.versusMetrics.empty())
        return "No metrics are stored beside these ratings yet.\n";
    std::string text = line({"set", "metric", "value", "n"}) + line({"---", "---", "---", "---"});
    for (const MetricBeside& m : results.versusMetrics)
        text +=
            line({m.setName, m.metric, cell(m.value, m.lo, m.hi, m.reason), std::to_string(m.n)});
    return text;
}

} // namespace

std::string resultsText(const StudyResults& results) {
    std::string text = results.simulated ? "These answers come from SIMULATED raters.\n\n" : "";
    text += ratingTable(results) + "\n";
    text +=
        "Agreement of all raters (Krippendorff's alpha, ordinal): " + cell(results.alpha) + "\n";
    text += "Repeats answered alike: " + cell(results.repeatExact) +
            "; weighted kappa: " + cell(results.repeatKappa) + "\n";
    text +=
        "Pooled d': " + cell(results.dPrime) + "; criterion c: " + cell(results.criterion) + "\n\n";
    text += metricTable(results);
    for (const std::string& note : results.notes)
        text += "Note: " + note + "\n";
    text += "Brackets are 95 % intervals.\n";
    return text;
}

} // namespace likeness::cli
