// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/headertext.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace likeness {

namespace {

constexpr std::string_view kSpaces = " \t\r\n\f\v";
constexpr std::size_t kStep = 16384;

std::string numberText(double value, int digits) {
    std::array<char, 40> text{};
    char* const end = text.data() + text.size();
    const auto result =
        digits > 0 ? std::to_chars(text.data(), end, value, std::chars_format::general, digits)
                   : std::to_chars(text.data(), end, value);
    return {text.data(), result.ptr};
}

} // namespace

std::optional<std::string> HeaderLines::next() {
    std::size_t from = m_position;
    std::size_t end = m_text.find('\n', from);
    while (end == std::string::npos) {
        from = m_text.size();
        if (!readMore())
            break;
        end = m_text.find('\n', from);
    }
    if (end == std::string::npos && m_position == m_text.size())
        return std::nullopt;
    std::string line = m_text.substr(m_position, end == std::string::npos ? end : end - m_position);
    m_position = end == std::string::npos ? m_text.size() : end + 1;
    if (line.ends_with('\r'))
        line.pop_back();
    return line;
}

bool HeaderLines::readMore() {
    const std::size_t old = m_text.size();
    if (old >= kMaximumHeaderText)
        throw Error(ErrorCode::format, m_source.name(), "its text header is longer than 1 MiB",
                    "check that the file is what its first line says");
    m_text.resize(old + kStep);
    const std::size_t got =
        m_source.read(old, std::as_writable_bytes(std::span(m_text.data() + old, kStep)));
    m_text.resize(old + got);
    return got > 0;
}

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(kSpaces);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

std::vector<std::string_view> wordsOf(std::string_view text) {
    std::vector<std::string_view> words;
    for (;;) {
        const std::size_t first = text.find_first_not_of(kSpaces);
        if (first == std::string_view::npos)
            return words;
        text.remove_prefix(first);
        const std::size_t length = std::min(text.find_first_of(kSpaces), text.size());
        words.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
}

std::optional<std::int64_t> wholeNumber(std::string_view text) noexcept {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || next != end || text.empty())
        return std::nullopt;
    return value;
}

std::optional<double> realNumber(std::string_view text) noexcept {
    if (text.starts_with('+'))
        text.remove_prefix(1);
    double value = 0.0;
    const char* const end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || next != end || text.empty())
        return std::nullopt;
    return value;
}

std::optional<std::vector<double>> realNumbers(std::string_view text) {
    std::vector<double> values;
    for (const std::string_view word : wordsOf(text)) {
        const auto value = realNumber(word);
        if (!value)
            return std::nullopt;
        values.push_back(*value);
    }
    return values;
}

std::string shortText(double value) {
    return numberText(value, 6);
}

std::string exactText(double value) {
    return numberText(value, 0);
}

} // namespace likeness
