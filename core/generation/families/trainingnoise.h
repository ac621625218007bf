// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/diffusionconfig.h"

#include <cstdint>
#include <vector>

namespace likeness {

/// The noise levels of a batch of training images: one from each of as many equally likely bands,
/// which is the configuration's distribution with less variance from step to step.
[[nodiscard]] std::vector<float> trainingNoise(const DiffusionTraining& config, std::uint64_t seed);

} // namespace likeness
