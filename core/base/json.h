// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

namespace likeness {

using Json = nlohmann::json;

/// Keeps the order of insertion; used where people read the output.
using OrderedJson = nlohmann::ordered_json;

} // namespace likeness
