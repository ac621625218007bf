// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/sampler.h"

#include <array>

namespace likeness {

/// The volumes of sampleModel(): `size` (z, y, x) and options have been checked, the network lies
/// on the plan's device. Throws Error(memory) before anything is made if they cannot be held.
[[nodiscard]] SamplingOutcome sampleVolumes(const GeneratorModel& model,
                                            const SamplingOptions& options,
                                            const std::array<std::int64_t, 3>& size,
                                            const DevicePlan& plan,
                                            JobContext& job);

} // namespace likeness
