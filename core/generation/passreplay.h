// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/networks/conditioning.h"

#include <torch/torch.h>

#include <functional>
#include <memory>

namespace likeness {

/// The passes of a denoiser on a CUDA device, recorded once as a CUDA graph and then replayed: a
/// small network is quicker done than its hundreds of kernels are launched one by one. The first
/// pass is made plainly, recorded, and replayed for comparison; where recording fails, where the
/// replay gives something else, or where a build has no CUDA headers, all passes are made plainly.
/// For one thread, and for passes of equal shapes; others are made plainly.
class PassReplay {
public:
    struct Inputs {
        torch::Tensor noisy;
        torch::Tensor sigmas;
        const Given* given = nullptr;
    };

    /// The same operations on equal shapes each time, without looking at values on the host.
    using Pass = std::function<torch::Tensor(const Inputs& inputs)>;

    PassReplay();
    ~PassReplay();
    PassReplay(const PassReplay&) = delete;
    PassReplay& operator=(const PassReplay&) = delete;

    [[nodiscard]] torch::Tensor run(const Inputs& inputs, const Pass& pass);

    /// Whether passes are replayed, which shows after the first.
    [[nodiscard]] bool replays() const noexcept;

private:
    struct Recording;

    std::unique_ptr<Recording> m_recording;
    bool m_tried = false;
};

} // namespace likeness
