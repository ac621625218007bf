// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/statistics/catalogueentries.h"

#include <cctype>
#include <charconv>
#include <cmath>

namespace likeness::catalogue {

namespace {

const Json& required(const Json& inputs, const std::string& field) {
    const auto found = inputs.find(field);
    if (found == inputs.end())
        throw Error(ErrorCode::config, "inputs", "'" + field + "' is missing", "add it");
    return *found;
}

[[noreturn]] void wrongShape(const std::string& field, std::string_view wanted) {
    throw Error(ErrorCode::config, "inputs", "'" + field + "' is not " + std::string(wanted),
                "correct its shape");
}

std::string trimmed(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0)
        text.remove_prefix(1);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
        text.remove_suffix(1);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    return std::string(text);
}

std::vector<std::string> cellsOf(std::string_view line) {
    const char separator = line.find(';') != std::string_view::npos ? ';' : ',';
    std::vector<std::string> cells;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= line.size(); ++i) {
        if (i == line.size() || line[i] == separator) {
            cells.push_back(trimmed(line.substr(start, i - start)));
            start = i + 1;
        }
    }
    return cells;
}

bool isMissing(const std::string& cell) {
    return cell.empty() || cell == "NA" || cell == "nan" || cell == "NaN" || cell == "null";
}

std::optional<double> numberFrom(const std::string& cell) {
    double value = 0.0;
    const char* end = cell.data() + cell.size();
    const auto [rest, fault] = std::from_chars(cell.data(), end, value);
    if (fault != std::errc{} || rest != end || !std::isfinite(value))
        return std::nullopt;
    return value;
}

bool isHeading(const std::vector<std::string>& cells) {
    for (const std::string& cell : cells) {
        if (isMissing(cell) || numberFrom(cell))
            return false;
    }
    return true;
}

std::vector<std::optional<double>> numbersOf(const std::vector<std::string>& cells,
                                             std::size_t lineNumber) {
    std::vector<std::optional<double>> row;
    for (const std::string& cell : cells) {
        const std::optional<double> value = numberFrom(cell);
        if (!value && !isMissing(cell)) {
            throw Error(ErrorCode::format, "CSV",
                        "'" + cell.substr(0, 40) + "' in line " + std::to_string(lineNumber) +
                            " is not a number",
                        "write numbers with a decimal point, and NA for a missing one");
        }
        row.push_back(value);
    }
    return row;
}

} // namespace

std::vector<double> numbers(const Json& inputs, const std::string& field) {
    const Json& list = required(inputs, field);
    if (!list.is_array())
        wrongShape(field, "a list of numbers");
    std::vector<double> values;
    for (const Json& item : list) {
        if (!item.is_number())
            wrongShape(field, "a list of numbers");
        values.push_back(item.get<double>());
    }
    return values;
}

AgreementTable table(const Json& inputs, const std::string& field) {
    AgreementTable result;
    for (const auto& row : ratings(inputs, field)) {
        auto& cells = result.emplace_back();
        for (const auto& cell : row) {
            if (!cell)
                wrongShape(field, "a table without gaps");
            cells.push_back(*cell);
        }
    }
    return result;
}

RatingMatrix ratings(const Json& inputs, const std::string& field) {
    const Json& rows = required(inputs, field);
    if (!rows.is_array() || rows.empty())
        wrongShape(field, "a table of numbers");
    RatingMatrix result;
    for (const Json& row : rows) {
        if (!row.is_array() || (!result.empty() && row.size() != result.front().size()))
            wrongShape(field, "a table with rows of equal length");
        auto& cells = result.emplace_back();
        for (const Json& cell : row) {
            if (!cell.is_number() && !cell.is_null())
                wrongShape(field, "a table of numbers and nulls");
            cells.push_back(cell.is_null() ? std::nullopt : std::optional(cell.get<double>()));
        }
    }
    return result;
}

std::int64_t count(const Json& inputs, const std::string& field) {
    const Json& value = required(inputs, field);
    if (!value.is_number())
        wrongShape(field, "a whole number");
    return wholeNumber(value.get<double>(), field);
}

std::int64_t wholeNumber(double value, const std::string& field) {
    if (value != std::floor(value) || std::abs(value) > 9e15)
        wrongShape(field, "made of whole numbers");
    return static_cast<std::int64_t>(value);
}

RatingMatrix csvRatings(const Json& inputs, const StatisticOptions& options) {
    const Json& name = required(inputs, "csv");
    if (!name.is_string())
        wrongShape("csv", "a file name");
    const std::filesystem::path path = name.get<std::string>();
    return parseCsv(readTextFile(path.is_absolute() ? path : options.folder / path)).rows;
}

CsvTable parseCsv(std::string_view csv) {
    if (csv.starts_with("\xEF\xBB\xBF"))
        csv.remove_prefix(3);
    CsvTable result;
    std::size_t lineNumber = 0;
    while (!csv.empty()) {
        const std::size_t end = std::min(csv.find('\n'), csv.size());
        const std::string line = trimmed(csv.substr(0, end));
        csv.remove_prefix(std::min(end + 1, csv.size()));
        ++lineNumber;
        if (line.empty())
            continue;
        const std::vector<std::string> cells = cellsOf(line);
        if (result.rows.empty() && result.columns.empty() && isHeading(cells)) {
            result.columns = cells;
            continue;
        }
        result.rows.push_back(numbersOf(cells, lineNumber));
        if (result.rows.back().size() != result.rows.front().size())
            throw Error(ErrorCode::format, "CSV",
                        "line " + std::to_string(lineNumber) +
                            " has another number of columns than the first",
                        "give every row the same number of columns");
    }
    if (result.rows.empty())
        throw Error(ErrorCode::format, "CSV", "it holds no row of numbers", "check the file");
    return result;
}

void Reply::put(const std::string& name, double value) {
    m_values[name] = std::isfinite(value) ? Json(value) : Json();
    if (!std::isfinite(value))
        note(name + ": it is not finite");
}

void Reply::put(const std::string& name, const Quantity& quantity) {
    put(name, quantity.value, quantity.reason);
}

void Reply::put(const std::string& name,
                const std::optional<double>& value,
                std::string_view reason) {
    if (value) {
        put(name, *value);
        return;
    }
    m_values[name] = nullptr;
    note(name + ": " + std::string(reason));
}

void Reply::put(const std::string& name, Json value) {
    m_values[name] = std::move(value);
}

void Reply::putInterval(const std::string& name, const std::optional<Interval>& interval) {
    m_intervals[name] = interval ? toJson(*interval) : Json();
}

void Reply::input(const std::string& name, Json value) {
    m_inputs[name] = std::move(value);
}

void Reply::note(const std::string& text) {
    m_notes.push_back(text);
}

Json Reply::finish(std::string_view statistic) const {
    return {{"statistic", std::string(statistic)},
            {"inputs", m_inputs},
            {"values", m_values},
            {"intervals", m_intervals},
            {"notes", m_notes}};
}

Json toJson(const Interval& interval) {
    return Json::array({interval.lo, interval.hi});
}

} // namespace likeness::catalogue
