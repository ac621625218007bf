// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/networks/layers.h"
#include "core/generation/optimizer.h"
#include "core/generation/processes.h"
#include "core/generation/workerpool.h"

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace likeness {

/// The gradient of a batch that is cut into fixed parts: each part on one thread with the
/// parameters shared by all, the sum in pairs of neighbours. It depends on the number of parts
/// but not on the number of threads. Where several processes train together each computes its share
/// of the parts, and a part is the same whichever process computes it.
class BatchGradient {
public:
    struct Part {
        int number = 0;
        std::int64_t first = 0; ///< of its images
        std::int64_t count = 0;
    };

    /// The part's share of the loss of the whole batch, a scalar.
    using Loss = std::function<torch::Tensor(const Part& part)>;

    struct Cut {
        int batch = 16;
        int parts = 2;
        int perPart = 1; ///< parts hold multiples of this many images
    };

    /// Parts are at least one for each process, and a multiple of their number.
    /// Of the parameters whose names begin with `prefix`; they lie side by side and are flat.
    BatchGradient(const Parameters& parameters,
                  WorkerPool& pool,
                  Cut cut,
                  const std::string& prefix = {});

    /// False if a stop was requested before the gradient was whole; it is looked for before each
    /// part.
    bool compute(const Loss& loss, const std::stop_token& stop);

    /// Sums the parts, over all processes; the norm of the whole.
    [[nodiscard]] double norm();

    /// Figures of which every process has set those of its own parts and left 0 in the others.
    template <typename T>
    void shareOut(std::span<T> figures) const {
        if (m_pool.processes() != nullptr)
            m_pool.processes()->sum(figures);
    }

    /// One step of the optimiser for these parameters, the gradient cut to `clipNorm`.
    void apply(Optimizer& optimizer, Optimizer::Step step, double clipNorm);

    /// Halves the memory that a step needs. False if a part is as small as it can be.
    bool splitFurther();

    [[nodiscard]] int parts() const noexcept { return m_cut.parts; }

private:
    void gradientOfPart(int number, const Loss& loss);
    void overParts(int parts, const std::function<void(int part)>& work);
    [[nodiscard]] int processCount() const noexcept;
    [[nodiscard]] Optimizer::Piece pieceOf(int part) const;
    void allocate();

    WorkerPool& m_pool;
    Cut m_cut;
    torch::Tensor m_flat; ///< all parameters of the model
    std::vector<torch::Tensor> m_parameters;
    std::int64_t m_begin = 0; ///< of these parameters within the flat vector
    std::int64_t m_size = 0;
    double m_norm = 0.0;
    std::vector<torch::Tensor> m_gradients; ///< flat, one per own part; the first becomes the sum
};

} // namespace likeness
