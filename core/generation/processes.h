// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/processplace.h"

#include <torch/torch.h>

#include <memory>
#include <span>

namespace likeness {

/// The processes that train one model together: each computes its share of every batch, and the
/// gradients are summed over all of them (Gloo on CPUs, NCCL on GPUs). All of them make the same
/// calls in the same order. A call that another process does not answer within an hour, or whose
/// connection broke, throws Error(process).
class Processes {
public:
    /// Waits until all are there. Throws Error(process), and Error(unsupported) where this build
    /// has no transport for the device.
    [[nodiscard]] static std::unique_ptr<Processes> join(const ProcessPlace& place,
                                                         const torch::Device& device);

    ~Processes();
    Processes(const Processes&) = delete;
    Processes& operator=(const Processes&) = delete;

    [[nodiscard]] int rank() const noexcept;
    [[nodiscard]] int size() const noexcept;

    /// Rank 0 reports and saves.
    [[nodiscard]] bool leads() const noexcept { return rank() == 0; }

    /// Each becomes the sum over the processes. A tensor is contiguous and lies on the device.
    void sum(const torch::Tensor& values);
    void sum(std::span<float> values);
    void sum(std::span<double> values);

    /// Becomes that of rank 0.
    void broadcast(const torch::Tensor& values);

    /// Rank 0's fraction, and true if any of them wants to stop.
    struct Course {
        double fraction = 0.0;
        bool stop = false;
    };

    [[nodiscard]] Course agreed(Course own);

private:
    struct Impl;

    explicit Processes(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> m_impl;
};

} // namespace likeness
