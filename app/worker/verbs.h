// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/worker/channel.h"
#include "core/base/json.h"

namespace likeness {

/// Carries out one request ("verb": train, estimate, sample, edit, latents, probe or bench) and
/// returns its result object; progress goes through the channel. Throws Error.
[[nodiscard]] Json carryOut(const Json& request, Channel& channel);

} // namespace likeness
