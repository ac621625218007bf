// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/measuredcodes.h"

#include "core/generation/families/residualnoise.h"
#include "core/generation/tensornoise.h"

#include <algorithm>

namespace likeness {

namespace {

constexpr std::int64_t kPixels = std::int64_t{64} * 64 * 64;
constexpr std::int64_t kFewest = 8;
constexpr std::int64_t kMost = 256;
constexpr std::int64_t kAtOnce = 4;
constexpr std::int64_t kMeasuringStep = -2; ///< the "step" whose crops are measured
constexpr std::uint64_t kCodePurpose = 1;

} // namespace

torch::Tensor drawnCodes(const Gaussian& codes, const std::vector<std::uint64_t>& seeds) {
    const torch::Tensor noise =
        normalTensor(codes.mean.sizes().vec(), seedsFor(seeds, kCodePurpose));
    return codes.mean + torch::exp(codes.logVariance * 0.5) * noise.to(codes.mean.device());
}

MeasuredCodes
measuredCodes(const Vae& autoencoder,
              WorkerPool& pool,
              const StepSetup& setup,
              const std::function<torch::Tensor(const std::vector<std::uint64_t>&)>& crops) {
    const std::int64_t count = std::clamp(kPixels / (setup.size * setup.size), kFewest, kMost);
    const std::int64_t groups = count / kAtOnce;
    std::vector<torch::Tensor> codes(static_cast<std::size_t>(groups));
    std::vector<torch::Tensor> residuals(static_cast<std::size_t>(groups));
    pool.run([&](int worker) {
        const torch::NoGradGuard noGrad;
        for (std::int64_t group = worker; group < groups; group += pool.size()) {
            const auto seeds = stepSeeds(setup.seed, kMeasuringStep, group * kAtOnce, kAtOnce);
            const torch::Tensor images = crops(seeds);
            const torch::Tensor code = drawnCodes(autoencoder.encode(images, Pass{}), seeds);
            const Gaussian pixels = autoencoder.decode(code, Pass{});
            const auto at = static_cast<std::size_t>(group);
            codes[at] = code.to(torch::kCPU);
            residuals[at] =
                ((images - pixels.mean) / ResidualNoise::scale(pixels.logVariance)).to(torch::kCPU);
        }
    });
    return {torch::cat(codes), torch::cat(residuals)};
}

} // namespace likeness
