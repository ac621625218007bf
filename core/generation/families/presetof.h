// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

namespace likeness {

/// What a family makes for "demo", "workstation" and "large"; empty for other names.
template <typename Config>
std::optional<Config>
presetOf(std::string_view name, Config (*demo)(), Config (*workstation)(), Config (*large)()) {
    if (name == "demo")
        return demo();
    if (name == "workstation")
        return workstation();
    if (name == "large")
        return large();
    return std::nullopt;
}

} // namespace likeness
