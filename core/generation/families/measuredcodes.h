// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/networks/vae.h"
#include "core/generation/trainingstep.h"
#include "core/generation/workerpool.h"

#include <functional>
#include <vector>

namespace likeness {

/// One draw from the distribution of each image's code.
[[nodiscard]] torch::Tensor drawnCodes(const Gaussian& codes,
                                       const std::vector<std::uint64_t>& seeds);

/// Of some training crops, on the CPU.
struct MeasuredCodes {
    torch::Tensor codes;
    torch::Tensor residuals; ///< what the decoder's mean leaves out, over its deviation
};

/// `crops` gives the crops of seeds, and may be called on several threads.
[[nodiscard]] MeasuredCodes
measuredCodes(const Vae& autoencoder,
              WorkerPool& pool,
              const StepSetup& setup,
              const std::function<torch::Tensor(const std::vector<std::uint64_t>&)>& crops);

} // namespace likeness
