// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/passreplay.h"

#ifdef LIKENESS_CUDA_GRAPHS
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>
#endif

#include <exception>

namespace likeness {

#ifdef LIKENESS_CUDA_GRAPHS

namespace {

constexpr int kWarmUps = 3; ///< passes in which libraries choose their ways and make their plans

/// Of the largest value; a replay runs the same kernels.
constexpr double kTolerance = 1e-3;

torch::Tensor ownCopy(const torch::Tensor& tensor) {
    return tensor.defined() ? tensor.clone() : tensor;
}

/// Makes a device and one of its streams the current ones. LibTorch's own guards would need the
/// CUDA runtime on the line of the linker.
class OnStream {
public:
    explicit OnStream(const c10::cuda::CUDAStream& stream)
        : m_device(c10::cuda::current_device())
        , m_before(c10::cuda::getCurrentCUDAStream(stream.device_index())) {
        c10::cuda::set_device(stream.device_index());
        c10::cuda::setCurrentCUDAStream(stream);
    }

    ~OnStream() {
        c10::cuda::setCurrentCUDAStream(m_before);
        c10::cuda::set_device(m_device);
    }

    OnStream(const OnStream&) = delete;
    OnStream& operator=(const OnStream&) = delete;

private:
    c10::DeviceIndex m_device;
    c10::cuda::CUDAStream m_before;
};

bool isLike(const torch::Tensor& a, const torch::Tensor& b) {
    return a.defined() == b.defined() && (!a.defined() || a.sizes() == b.sizes());
}

void renew(const torch::Tensor& into, const torch::Tensor& from) {
    if (into.defined())
        into.copy_(from);
}

} // namespace

/// Its inputs and its result stay where they were when it was recorded.
struct PassReplay::Recording {
    explicit Recording(const Inputs& inputs)
        : noisy(inputs.noisy.clone())
        , sigmas(inputs.sigmas.clone())
        , isTold(inputs.given != nullptr) {
        if (isTold)
            given = {ownCopy(inputs.given->scalars), ownCopy(inputs.given->present),
                     ownCopy(inputs.given->classes), ownCopy(inputs.given->augmentation)};
    }

    [[nodiscard]] Inputs own() const { return {noisy, sigmas, isTold ? &given : nullptr}; }

    [[nodiscard]] bool fits(const Inputs& inputs) const {
        return isLike(noisy, inputs.noisy) && isTold == (inputs.given != nullptr) &&
               (!isTold || (isLike(given.scalars, inputs.given->scalars) &&
                            isLike(given.classes, inputs.given->classes) &&
                            isLike(given.augmentation, inputs.given->augmentation)));
    }

    void record(const Pass& pass) {
        const c10::DeviceIndex device = noisy.device().index();
        const c10::cuda::CUDAStream side = c10::cuda::getStreamFromPool(false, device);
        c10::cuda::getCurrentCUDAStream(device).synchronize();
        const OnStream recording(side);
        for (int i = 0; i < kWarmUps; ++i)
            static_cast<void>(pass(own()));
        side.synchronize();
        graph.capture_begin();
        try {
            result = pass(own());
        } catch (...) {
            end();
            throw;
        }
        graph.capture_end();
    }

    [[nodiscard]] torch::Tensor replay(const Inputs& inputs) {
        noisy.copy_(inputs.noisy);
        sigmas.copy_(inputs.sigmas);
        if (isTold) {
            renew(given.scalars, inputs.given->scalars);
            renew(given.present, inputs.given->present);
            renew(given.classes, inputs.given->classes);
            renew(given.augmentation, inputs.given->augmentation);
        }
        graph.replay();
        return result.clone();
    }

    torch::Tensor noisy;
    torch::Tensor sigmas;
    Given given;
    bool isTold;
    at::cuda::CUDAGraph graph;
    torch::Tensor result;

private:
    /// Of a recording that failed: that it cannot be ended well is no news.
    void end() noexcept {
        try {
            graph.capture_end();
        } catch (const std::exception&) {
            result.reset();
        }
    }
};

torch::Tensor PassReplay::run(const Inputs& inputs, const Pass& pass) {
    if (!inputs.noisy.is_cuda())
        return pass(inputs);
    if (m_tried)
        return m_recording && m_recording->fits(inputs) ? m_recording->replay(inputs)
                                                        : pass(inputs);
    m_tried = true;
    torch::Tensor plain = pass(inputs);
    try {
        auto recording = std::make_unique<Recording>(inputs);
        recording->record(pass);
        // Of other inputs than were recorded, which a replay that does nothing would not show.
        const Inputs others{inputs.noisy * 0.5, inputs.sigmas * 0.5, inputs.given};
        const double apart = (recording->replay(others) - pass(others)).abs().max().item<double>();
        if (apart <= kTolerance * plain.abs().max().item<double>())
            m_recording = std::move(recording);
    } catch (const std::exception&) {
        m_recording.reset(); // a device or a version that cannot: pass by pass it goes on
    }
    return plain;
}

#else

struct PassReplay::Recording {};

torch::Tensor PassReplay::run(const Inputs& inputs, const Pass& pass) {
    m_tried = true;
    return pass(inputs);
}

#endif

PassReplay::PassReplay() = default;
PassReplay::~PassReplay() = default;

bool PassReplay::replays() const noexcept {
    return m_recording != nullptr;
}

} // namespace likeness
