// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// One table as RFC 4180 CSV in UTF-8. Text that a spreadsheet would run as a formula (first
/// character = + - @ tab or carriage return, also full-width) gets a leading apostrophe (OWASP
/// ASVS 1.2.10); numbers never do, so that -1 stays a number. Missing values are empty fields.
class CsvTable {
public:
    explicit CsvTable(const std::vector<std::string>& header);

    CsvTable& text(std::string_view value);
    CsvTable& number(double value);
    CsvTable& number(std::int64_t value);
    CsvTable& number(const std::optional<double>& value);
    CsvTable& missing();

    /// Ends a row. Throws Error(config) when its width is not the header's.
    void endRow();

    [[nodiscard]] const std::string& content() const noexcept { return m_content; }

private:
    void separator();

    std::string m_content;
    std::size_t m_columns;
    std::size_t m_column = 0;
};

/// The rows of an RFC 4180 table, header first; a leading byte order mark is passed over, empty
/// lines are left out. `subject` names it in errors. Throws Error(format) for a quote that is not
/// closed and for a row whose width is not the header's.
[[nodiscard]] std::vector<std::vector<std::string>> parseCsv(std::string_view text,
                                                             const std::string& subject);

} // namespace likeness
