// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace likeness {

enum class ErrorCode {
    io,          ///< a file or folder cannot be read or written
    format,      ///< the bytes are not what they claim to be
    config,      ///< an option, definition or argument is not acceptable
    numeric,     ///< a computation has no defined result for this input
    notFound,    ///< a named thing does not exist
    conflict,    ///< the state forbids the operation (locked, frozen, already there)
    unsupported, ///< known, but not something this build can do
    database,    ///< the store refused or is damaged
    process,     ///< a child process failed
    memory,      ///< the input needs more memory than is allowed
    cancelled    ///< stopped on request; not a failure
};

/// Stable lower-case word of a code, as printed in JSON.
[[nodiscard]] std::string_view toString(ErrorCode code) noexcept;

/// The one family of failures. The text is an English sentence "WHAT: WHY (WHAT TO DO)"; words for
/// people who use the window are made in `ui`.
class Error : public std::runtime_error {
public:
    Error(ErrorCode code,
          std::string_view what,
          std::string_view why,
          std::string_view remedy = {});

    [[nodiscard]] ErrorCode code() const noexcept { return m_code; }

    [[nodiscard]] const std::string& why() const noexcept { return m_why; }

    [[nodiscard]] const std::string& remedy() const noexcept { return m_remedy; }

    /// What failed, without reason and remedy.
    [[nodiscard]] const std::string& subject() const noexcept { return m_subject; }

private:
    ErrorCode m_code;
    std::string m_subject;
    std::string m_why;
    std::string m_remedy;
};

/// Thrown by a job that was asked to stop.
class Cancelled final : public Error {
public:
    Cancelled();
};

} // namespace likeness
