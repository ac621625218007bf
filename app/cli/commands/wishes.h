// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/arguments.h"
#include "core/generation/client/conditions.h"

#include <array>

namespace likeness::cli {

/// What images are to show, for models that are told such things.
inline constexpr std::array<Option, 3> kWishOptions{
    {{"--set-value", "NAME=NUMBER",
      "what the images are to show, as in porosity=0.2 (default: drawn as in training; edits: not "
      "told)"},
     {"--class", "NAME", "which of its training sets they are to resemble"},
     {"--guidance", "W", "weight of what is asked (default 1; more: stronger, less varied)"}}};

/// Those. Throws UsageError.
[[nodiscard]] ConditionWish wishOptions(const Arguments& arguments);

} // namespace likeness::cli
