// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/config.h"
#include "core/generation/crops.h"
#include "core/generation/networks/unet.h"
#include "core/generation/optimizer.h"
#include "core/generation/workerpool.h"

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <stop_token>
#include <utility>
#include <vector>

namespace likeness {

/// One step of training: a batch of crops in fixed chunks, each chunk's gradient on one thread with
/// the parameters shared by all, the sum in the order of the chunks, one update. What is drawn
/// depends on seed and step number alone, and the result on the number of chunks but not on the
/// number of threads.
class TrainingStep {
public:
    struct Setup {
        TrainingConfig config;
        double sigmaData = 0.5;
        std::int64_t channels = 1;
        std::int64_t size = 64;
        std::uint64_t seed = 0;
        torch::Device device = torch::kCPU;
        int chunks = 2;
        bool bfloat16 = false;
    };

    TrainingStep(UNet& network, const CropSource& crops, WorkerPool& pool, Setup setup);

    struct Report {
        std::vector<float> losses;
        std::vector<float> sigmas;
        double gradientNorm = 0.0;
        /// False: a loss or the gradient was not finite and nothing was changed.
        bool updated = false;
        /// A stop was requested before the gradient was whole; nothing was changed.
        bool abandoned = false;
    };

    /// `number` counts from 1.
    Report run(Optimizer& optimizer, const Optimizer::Step& step);

    /// Seconds for the gradient of one batch in the given arithmetic, the best of `rounds`; changes
    /// nothing.
    [[nodiscard]] double timeGradient(bool bfloat16, int rounds);

    void setBfloat16(bool on) noexcept { m_setup.bfloat16 = on; }

    /// Looked at before each chunk.
    void setStop(std::stop_token stop) noexcept { m_stop = std::move(stop); }

    /// Halves the memory that a step needs. False if a chunk is down to one image.
    bool splitFurther();

    [[nodiscard]] int chunks() const noexcept { return m_setup.chunks; }

private:
    void gradientOfChunk(int chunk, std::int64_t step);
    void gradients(std::int64_t step);
    [[nodiscard]] double sumGradients();
    [[nodiscard]] std::vector<float> noiseLevelsOf(std::int64_t step) const;
    [[nodiscard]] Optimizer::Piece pieceOf(int chunk) const;
    void overChunks(const std::function<void(int chunk)>& work);
    void allocate();

    UNet& m_network;
    const CropSource& m_crops;
    WorkerPool& m_pool;
    Setup m_setup;
    std::stop_token m_stop;
    std::vector<torch::Tensor> m_parameters;
    std::vector<torch::Tensor> m_gradients; ///< flat, one per chunk; the first becomes the sum
    Report m_report;
};

} // namespace likeness
