// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace likeness::cli {

/// Wrong words on the command line: exit code 2.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// One option of a command; `value` stands for its value in the help, empty for a switch.
struct Option {
    std::string_view name; ///< with dashes: "--set"
    std::string_view value;
    std::string_view help;
};

/// The words after a command, sorted into options and the rest.
class Arguments {
public:
    /// Throws UsageError for unknown options and missing values. "--name value" and "--name=value"
    /// are the same; all after "--" are plain words. A negative number is a word.
    Arguments(std::span<const std::string> words, std::span<const Option> options);

    [[nodiscard]] const std::vector<std::string>& words() const noexcept { return m_words; }

    /// The i-th plain word; UsageError naming `what` when it is missing.
    [[nodiscard]] const std::string& word(std::size_t i, std::string_view what) const;

    /// UsageError when there are more than `count` plain words.
    void atMost(std::size_t count) const;

    [[nodiscard]] bool has(std::string_view option) const;
    [[nodiscard]] std::optional<std::string> text(std::string_view option) const;
    [[nodiscard]] std::string text(std::string_view option, std::string_view standard) const;
    [[nodiscard]] std::string required(std::string_view option) const;
    [[nodiscard]] std::vector<std::string> all(std::string_view option) const;

    /// UsageError when the value is no number or out of [low, high].
    [[nodiscard]] std::optional<std::int64_t>
    integer(std::string_view option, std::int64_t low, std::int64_t high) const;
    [[nodiscard]] std::optional<double>
    real(std::string_view option, double low, double high) const;

    /// --seed or another option, default 0.
    [[nodiscard]] std::uint64_t seed(std::string_view option = "--seed") const;

private:
    std::vector<std::string> m_words;
    std::map<std::string, std::vector<std::string>, std::less<>> m_options;
};

/// Runs what interprets words of the command line; what it finds unacceptable is bad usage.
template <typename F>
decltype(auto) asUsage(F&& interpret) {
    try {
        return interpret();
    } catch (const Error& error) {
        if (error.code() == ErrorCode::config || error.code() == ErrorCode::unsupported)
            throw UsageError(error.what());
        throw;
    }
}

/// "a,b,c" as its parts, without empty ones.
[[nodiscard]] std::vector<std::string> commaList(std::string_view text);

} // namespace likeness::cli
