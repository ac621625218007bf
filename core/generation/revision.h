// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace likeness {

/// The commit that the program was configured at; empty if it was not built from a repository.
[[nodiscard]] std::string_view sourceRevision() noexcept;

} // namespace likeness
