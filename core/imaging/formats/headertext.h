// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// No text header is longer than this.
inline constexpr std::size_t kMaximumHeaderText = std::size_t{1} << 20U;

/// The lines of text at the beginning of a file; what follows them may be anything.
class HeaderLines {
public:
    explicit HeaderLines(const ByteSource& source)
        : m_source(source) {}

    /// The next line without its end (LF or CRLF); empty at the end of the file. Throws
    /// Error(format) beyond kMaximumHeaderText.
    [[nodiscard]] std::optional<std::string> next();

    /// Where the byte behind the last line lies.
    [[nodiscard]] std::uint64_t position() const noexcept { return m_position; }

private:
    bool readMore();

    const ByteSource& m_source;
    std::string m_text;
    std::size_t m_position = 0;
};

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// ASCII letters in lower case.
[[nodiscard]] std::string lowered(std::string_view text);

/// The parts between white space; they point into `text`.
[[nodiscard]] std::vector<std::string_view> wordsOf(std::string_view text);

/// The whole text as a number; empty if it is none.
[[nodiscard]] std::optional<std::int64_t> wholeNumber(std::string_view text) noexcept;

/// The same; "nan" and "inf" are numbers, too.
[[nodiscard]] std::optional<double> realNumber(std::string_view text) noexcept;

/// All words as numbers; empty if one is none.
[[nodiscard]] std::optional<std::vector<double>> realNumbers(std::string_view text);

/// Six digits at most, for messages.
[[nodiscard]] std::string shortText(double value);

/// The shortest text that is read as the same number, for headers.
[[nodiscard]] std::string exactText(double value);

} // namespace likeness
