// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace likeness {

/// JSON of an untrusted file header: valid UTF-8, no duplicate key in any object, at most
/// `maximumDepth` levels. Throws Error(format) that names `subject`.
[[nodiscard]] Json
parseStrictJson(std::string_view text, const std::string& subject, int maximumDepth = 32);

/// Member `key` as an integer in [low, high]. Throws Error(format) if it is missing, no integer or
/// outside.
[[nodiscard]] std::int64_t boundedInteger(const Json& object,
                                          const char* key,
                                          std::int64_t low,
                                          std::int64_t high,
                                          const std::string& subject);

/// Member `key` as text. Throws Error(format) if it is missing or no text.
[[nodiscard]] std::string
requiredText(const Json& object, const char* key, const std::string& subject);

} // namespace likeness
