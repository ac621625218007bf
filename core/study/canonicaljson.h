// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <string>
#include <string_view>

namespace likeness {

/// The one text of a JSON document that is hashed: keys sorted by bytes, no white space, UTF-8 as
/// it is, whole numbers in decimal. Fractions are refused because their text differs between
/// writers: what is hashed holds integers only. Throws Error(config) for a fraction or broken
/// UTF-8.
[[nodiscard]] std::string canonicalJson(const Json& document);

/// SHA-256 of canonicalJson, lower-case hexadecimal.
[[nodiscard]] std::string canonicalSha256(const Json& document);

/// HMAC-SHA-256 (RFC 2104) of `message`, lower-case hexadecimal.
[[nodiscard]] std::string keyedHash(std::string_view key, std::string_view message);

} // namespace likeness
