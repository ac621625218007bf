// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/denoising.h"
#include "core/generation/families/family.h"
#include "core/generation/networks/conditioning.h"

#include <functional>
#include <optional>

namespace likeness {

/// A denoiser that is told what its images are to show. With a guidance of 1 that is all;
/// otherwise the guess is the one without being told plus `guidance` times the difference
/// (classifier-free guidance, Ho and Salimans 2022).
class ToldDenoising : public Denoising {
public:
    /// `model`, which knows these conditions (null: none), must outlive it.
    ToldDenoising(const Denoising& model,
                  const Conditions* conditions,
                  const ModelNetwork::Draw& draw);

    [[nodiscard]] std::int64_t cell() const override { return m_model.cell(); }

    [[nodiscard]] std::int64_t depth() const override { return m_model.depth(); }

    [[nodiscard]] const SolverConfig& solver() const override { return m_model.solver(); }

    [[nodiscard]] double deviation() const override { return m_model.deviation(); }

    [[nodiscard]] std::int64_t margin() const override { return m_model.margin(); }

    [[nodiscard]] torch::Tensor encode(const torch::Tensor& images) const override {
        return m_model.encode(images);
    }

    [[nodiscard]] torch::Tensor decode(const torch::Tensor& x) const override {
        return m_model.decode(x);
    }

    [[nodiscard]] torch::Tensor guessed(const torch::Tensor& noisy,
                                        const torch::Tensor& sigmas,
                                        const Pass& pass) const override {
        return m_model.guessed(noisy, sigmas, pass);
    }

    [[nodiscard]] torch::Tensor denoise(const torch::Tensor& noisy,
                                        double sigma,
                                        const std::function<void()>& check) const override;

    [[nodiscard]] double workingBytes(std::int64_t height, std::int64_t width) const override {
        return m_model.workingBytes(height, width);
    }

    [[nodiscard]] std::int64_t multiple() const override { return m_model.multiple(); }

private:
    /// With what the network is told, and weighed against what it would guess without.
    [[nodiscard]] torch::Tensor weighed(const torch::Tensor& noisy,
                                        const torch::Tensor& sigmas,
                                        const Given* given,
                                        const std::function<void()>* check) const;

    const Denoising& m_model;
    std::optional<Given> m_given;
    double m_guidance = 1.0;
    bool m_bfloat16 = false;
    PassReplay* m_replay = nullptr;
    mutable PackedWeights m_packed;
};

} // namespace likeness
