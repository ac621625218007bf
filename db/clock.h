// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace likeness {

/// UTC now, ISO 8601 with milliseconds: "2024-05-01T12:34:56.789Z". For people; order is by number.
[[nodiscard]] std::string utcNow();

/// CLOCK_MONOTONIC in nanoseconds; comparable within one boot.
[[nodiscard]] std::int64_t monotonicNow() noexcept;

/// Names the running boot of this machine; "unknown" where the system does not tell.
[[nodiscard]] std::string bootId();

/// The operating-system user; "uid" and its number where the system knows no name.
[[nodiscard]] std::string userName();

/// The program's version as stored beside what it wrote.
[[nodiscard]] std::string appVersion();

} // namespace likeness
