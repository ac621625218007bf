// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

namespace likeness {

/// The three kinds of specimen that Likeness knows.
enum class Domain { rock, fibre, root };

/// Where pixels come from. `phantom` is a simulated scan of a procedural specimen: it may serve as
/// reference, but it is never called real.
enum class Origin { real, synthetic, phantom };

[[nodiscard]] std::string_view toString(Domain domain) noexcept;
[[nodiscard]] std::string_view toString(Origin origin) noexcept;
[[nodiscard]] std::optional<Domain> domainFrom(std::string_view word) noexcept;
[[nodiscard]] std::optional<Origin> originFrom(std::string_view word) noexcept;

} // namespace likeness
