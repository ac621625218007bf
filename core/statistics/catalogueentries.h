// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/statistics/agreement.h"
#include "core/statistics/catalogue.h"
#include "core/statistics/intervals.h"
#include "core/statistics/quantity.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What catalogue*.cpp share; nobody else includes it.
namespace likeness::catalogue {

/// Collects an answer in the form that evaluateStatistic returns.
class Reply {
public:
    void put(const std::string& name, double value);
    void put(const std::string& name, const Quantity& quantity);
    void put(const std::string& name, const std::optional<double>& value, std::string_view reason);
    void put(const std::string& name, Json value);
    void putInterval(const std::string& name, const std::optional<Interval>& interval);
    void input(const std::string& name, Json value);
    void note(const std::string& text);

    [[nodiscard]] Json finish(std::string_view statistic) const;

private:
    Json m_inputs = Json::object();
    Json m_values = Json::object();
    Json m_intervals = Json::object();
    Json m_notes = Json::array();
};

[[nodiscard]] Json toJson(const Interval& interval);

/// Readers of inputs; all throw Error(config) naming the field.
[[nodiscard]] std::vector<double> numbers(const Json& inputs, const std::string& field);
[[nodiscard]] AgreementTable table(const Json& inputs, const std::string& field);
[[nodiscard]] RatingMatrix ratings(const Json& inputs, const std::string& field);
[[nodiscard]] std::int64_t count(const Json& inputs, const std::string& field);
[[nodiscard]] std::int64_t wholeNumber(double value, const std::string& field); ///< a cell of it

/// Rows of a CSV file named by inputs["csv"], relative to options.folder.
[[nodiscard]] RatingMatrix csvRatings(const Json& inputs, const StatisticOptions& options);

/// Cells of a CSV text; rows of unequal length are a fault. Throws Error(format).
struct CsvTable {
    std::vector<std::string> columns; ///< empty without a line of names
    RatingMatrix rows;
};

[[nodiscard]] CsvTable parseCsv(std::string_view csv);

Json cohenKappaEntry(const Json& inputs, const StatisticOptions& options);
Json krippendorffAlphaEntry(const Json& inputs, const StatisticOptions& options);
Json detectionEntry(const Json& inputs, const StatisticOptions& options);
Json rocEntry(const Json& inputs, const StatisticOptions& options);
Json opinionEntry(const Json& inputs, const StatisticOptions& options);
Json proportionEntry(const Json& inputs, const StatisticOptions& options);

} // namespace likeness::catalogue
