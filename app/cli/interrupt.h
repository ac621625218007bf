// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>

namespace likeness::cli {

/// A token that is stopped by Ctrl-C or SIGTERM; a second Ctrl-C ends the program at once. Installs
/// the handlers on the first call; SIGPIPE and SIGXFSZ are ignored, so that a closed pipe or a full
/// quota is an error and not a death.
[[nodiscard]] std::stop_token stopOnInterrupt();

} // namespace likeness::cli
