// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/csv.h"

#include "core/base/error.h"

#include <array>
#include <charconv>
#include <cmath>

namespace likeness {

namespace {

bool startsFormula(std::string_view value) {
    constexpr std::array<std::string_view, 10> kStarts = {
        "=",           "+", "-", "@", "\t", "\r", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D",
        "\xEF\xBC\xA0"};
    for (const std::string_view start : kStarts) {
        if (value.starts_with(start))
            return true;
    }
    return false;
}

} // namespace

CsvTable::CsvTable(const std::vector<std::string>& header)
    : m_columns(header.size()) {
    for (const std::string& name : header)
        text(name);
    endRow();
}

void CsvTable::separator() {
    if (m_column++ > 0)
        m_content.push_back(',');
}

CsvTable& CsvTable::text(std::string_view value) {
    separator();
    const bool formula = startsFormula(value);
    if (!formula && value.find_first_of(",\"\r\n") == std::string_view::npos) {
        m_content.append(value);
        return *this;
    }
    m_content.push_back('"');
    if (formula)
        m_content.push_back('\'');
    for (const char c : value) {
        if (c == '"')
            m_content.push_back('"');
        m_content.push_back(c);
    }
    m_content.push_back('"');
    return *this;
}

CsvTable& CsvTable::number(double value) {
    if (!std::isfinite(value))
        return missing();
    separator();
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    m_content.append(digits.data(), end);
    return *this;
}

CsvTable& CsvTable::number(std::int64_t value) {
    separator();
    m_content.append(std::to_string(value));
    return *this;
}

CsvTable& CsvTable::number(const std::optional<double>& value) {
    return value ? number(*value) : missing();
}

CsvTable& CsvTable::missing() {
    separator();
    return *this;
}

void CsvTable::endRow() {
    if (m_column != m_columns)
        throw Error(ErrorCode::config, "CSV row",
                    "it has " + std::to_string(m_column) + " fields, the header has " +
                        std::to_string(m_columns));
    m_content.append("\r\n");
    m_column = 0;
}

} // namespace likeness
