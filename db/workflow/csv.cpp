// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/csv.h"

#include "core/base/error.h"

#include <algorithm>
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

namespace {

/// Cuts a table into fields, one character after the other.
class CsvReader {
public:
    explicit CsvReader(std::string_view text)
        : m_text(text) {
        constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
        if (m_text.starts_with(kByteOrderMark))
            m_text.remove_prefix(kByteOrderMark.size());
    }

    /// False at the end of the text.
    bool readRow(std::vector<std::string>& row) {
        row.clear();
        if (m_text.empty())
            return false;
        while (readField(row.emplace_back()))
            continue;
        return true;
    }

    [[nodiscard]] bool isUnclosed() const noexcept { return m_isUnclosed; }

private:
    /// True if another field of the row follows.
    bool readField(std::string& field) {
        if (m_text.starts_with('"'))
            readQuoted(field);
        const std::size_t end = std::min(m_text.find_first_of(",\r\n"), m_text.size());
        field.append(m_text.substr(0, end));
        m_text.remove_prefix(end);
        const bool isMore = m_text.starts_with(',');
        m_text.remove_prefix(m_text.starts_with("\r\n") ? 2
                                                        : std::min<std::size_t>(1, m_text.size()));
        return isMore;
    }

    void readQuoted(std::string& field) {
        m_text.remove_prefix(1);
        for (;;) {
            const std::size_t end = m_text.find('"');
            if (end == std::string_view::npos) {
                m_isUnclosed = true;
                m_text = {};
                return;
            }
            field.append(m_text.substr(0, end));
            m_text.remove_prefix(end + 1);
            if (!m_text.starts_with('"'))
                return;
            field.push_back('"');
            m_text.remove_prefix(1);
        }
    }

    std::string_view m_text;
    bool m_isUnclosed = false;
};

} // namespace

std::vector<std::vector<std::string>> parseCsv(std::string_view text, const std::string& subject) {
    std::vector<std::vector<std::string>> rows;
    CsvReader reader(text);
    std::vector<std::string> row;
    while (reader.readRow(row)) {
        if (row.size() == 1 && row.front().empty())
            continue;
        if (!rows.empty() && row.size() != rows.front().size())
            throw Error(ErrorCode::format, subject,
                        "row " + std::to_string(rows.size() + 1) + " has " +
                            std::to_string(row.size()) + " fields, the header " +
                            std::to_string(rows.front().size()),
                        "correct the table");
        rows.push_back(row);
    }
    if (reader.isUnclosed())
        throw Error(ErrorCode::format, subject, "a quotation mark is not closed",
                    "correct the table");
    return rows;
}

} // namespace likeness
