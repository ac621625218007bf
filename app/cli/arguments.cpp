// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace likeness::cli {

namespace {

bool looksLikeOption(const std::string& word) {
    if (word.size() < 2 || word.front() != '-')
        return false;
    return !(word[1] == '.' || (word[1] >= '0' && word[1] <= '9'));
}

const Option& find(std::span<const Option> options, std::string_view name) {
    const auto it = std::ranges::find(options, name, &Option::name);
    if (it == options.end()) {
        std::string known;
        for (const Option& option : options)
            known.append(known.empty() ? "" : " ").append(option.name);
        throw UsageError("unknown option " + std::string(name) + " (known: " + known + ")");
    }
    return *it;
}

template <typename T>
T parse(std::string_view option, const std::string& text, T low, T high) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool finite = !std::is_floating_point_v<T> || std::isfinite(static_cast<double>(value));
    if (error != std::errc() || end != text.data() + text.size() || !finite || value < low ||
        value > high)
        throw UsageError(std::string(option) + " got \"" + text +
                         "\", which is not a number in its range");
    return value;
}

} // namespace

Arguments::Arguments(std::span<const std::string> words, std::span<const Option> options) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--") {
            m_words.insert(m_words.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                           words.end());
            return;
        }
        if (!looksLikeOption(word)) {
            m_words.push_back(word);
            continue;
        }
        const std::size_t equals = word.find('=');
        const std::string name = word.substr(0, equals);
        const Option& option = find(options, name);
        if (option.value.empty()) {
            if (equals != std::string::npos)
                throw UsageError(name + " takes no value");
            m_options[name].emplace_back();
        } else if (equals != std::string::npos) {
            m_options[name].push_back(word.substr(equals + 1));
        } else if (i + 1 < words.size()) {
            m_options[name].push_back(words[++i]);
        } else {
            throw UsageError(name + " needs a value: " + std::string(option.value));
        }
    }
}

const std::string& Arguments::word(std::size_t i, std::string_view what) const {
    if (i >= m_words.size())
        throw UsageError(std::string(what) + " is missing");
    return m_words[i];
}

void Arguments::atMost(std::size_t count) const {
    if (m_words.size() > count)
        throw UsageError("one word too many: " + m_words[count]);
}

bool Arguments::has(std::string_view option) const {
    return m_options.find(option) != m_options.end();
}

std::optional<std::string> Arguments::text(std::string_view option) const {
    const auto it = m_options.find(option);
    if (it == m_options.end())
        return std::nullopt;
    return it->second.back();
}

std::string Arguments::text(std::string_view option, std::string_view standard) const {
    return text(option).value_or(std::string(standard));
}

std::string Arguments::required(std::string_view option) const {
    const auto value = text(option);
    if (!value)
        throw UsageError(std::string(option) + " is missing");
    return *value;
}

std::vector<std::string> Arguments::all(std::string_view option) const {
    const auto it = m_options.find(option);
    return it == m_options.end() ? std::vector<std::string>{} : it->second;
}

std::optional<std::int64_t>
Arguments::integer(std::string_view option, std::int64_t low, std::int64_t high) const {
    const auto value = text(option);
    if (!value)
        return std::nullopt;
    return parse<std::int64_t>(option, *value, low, high);
}

std::optional<double> Arguments::real(std::string_view option, double low, double high) const {
    const auto value = text(option);
    if (!value)
        return std::nullopt;
    return parse<double>(option, *value, low, high);
}

std::uint64_t Arguments::seed(std::string_view option) const {
    const auto value = text(option);
    return value ? parse<std::uint64_t>(option, *value, 0, UINT64_MAX) : 0;
}

std::vector<std::string> commaList(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        if (comma != 0)
            parts.emplace_back(text.substr(0, comma));
        if (comma == std::string_view::npos)
            break;
        text.remove_prefix(comma + 1);
    }
    return parts;
}

} // namespace likeness::cli
