// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/denoising.h"
#include "core/generation/families/family.h"
#include "core/generation/networks/conditioning.h"

#include <functional>
#include <optional>

namespace likeness {

/// The clean guess behind images at one noise level; the pass holds what the network is told.
using Guess =
    std::function<torch::Tensor(const torch::Tensor& noisy, double sigma, const Pass& pass)>;

/// A denoiser that is told what its images are to show. With a guidance of 1 that is all;
/// otherwise the guess is the one without being told plus `guidance` times the difference
/// (classifier-free guidance, Ho and Salimans 2022).
class ToldDenoising : public Denoising {
public:
    /// `model`, which has the conditions of the draw, must outlive it.
    template <typename Network>
    ToldDenoising(const Network& model, Guess guess, const ModelNetwork::Draw& draw)
        : ToldDenoising(static_cast<const Denoising&>(model), std::move(guess)) {
        tell(model.conditions(), draw);
    }

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

    [[nodiscard]] torch::Tensor denoise(const torch::Tensor& noisy,
                                        double sigma,
                                        const std::function<void()>& check) const override;

    [[nodiscard]] double workingBytes(std::int64_t height, std::int64_t width) const override {
        return m_model.workingBytes(height, width);
    }

    [[nodiscard]] std::int64_t multiple() const override { return m_model.multiple(); }

private:
    ToldDenoising(const Denoising& model, Guess guess)
        : m_model(model)
        , m_guess(std::move(guess)) {}

    void tell(const Conditions* conditions, const ModelNetwork::Draw& draw);

    const Denoising& m_model;
    Guess m_guess;
    std::optional<Given> m_given;
    double m_guidance = 1.0;
};

} // namespace likeness
