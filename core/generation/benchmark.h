// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/json.h"

#include <filesystem>

namespace likeness {

/// What this machine can do for training, in about a second: {libtorch, devices[{name, kind,
/// memory_mb}], blas, blas_threads, cores, matmul_gflops, conv_gflops, conv_bfloat16_gflops,
/// convolutions_by, large_allocation_ms, openmp, warnings[]}. Rates are those of one thread on the
/// CPU.
[[nodiscard]] Json probeMachine(JobContext& job);

/// Timings of the demo preset on the CPU: [{name, median, p95, unit, n}], and the rows of
/// benchAgainstPeer unless `peer`, the script, is empty.
[[nodiscard]] Json benchGeneration(JobContext& job, const std::filesystem::path& peer);

} // namespace likeness
