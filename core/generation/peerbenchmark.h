// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/json.h"

#include <filesystem>

namespace likeness {

/// The demo denoiser here against the same in plain PyTorch (the script, run with the first python3
/// that has the module torch), in turns: training and sampling as each does it by default, at equal
/// precision and threads, and with one core kept busy by another process. A row is {name, median,
/// p95, unit "times", n, ours, peer, ours_unit, ours_threads, ours_precision, peer_threads}; median
/// and p95 are of the quotient ours / peer. Where no peer runs the only row is {name, reason}.
[[nodiscard]] Json benchAgainstPeer(const std::filesystem::path& script, JobContext& job);

} // namespace likeness
