// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

namespace likeness {

/// A statistic that may be undefined for its data; then there is no value but a sentence why.
struct Quantity {
    std::optional<double> value;
    std::string reason;

    [[nodiscard]] static Quantity of(double number) { return {number, {}}; }

    [[nodiscard]] static Quantity undefined(std::string why) {
        return {std::nullopt, std::move(why)};
    }
};

} // namespace likeness
