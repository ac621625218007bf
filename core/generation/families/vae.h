// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/family.h"
#include "core/generation/families/latentspace.h"
#include "core/generation/families/residualnoise.h"
#include "core/generation/families/vaeconfig.h"
#include "core/generation/networks/vae.h"

namespace likeness {

/// A variational autoencoder, the distribution that its codes really have, and the spectrum of what
/// its decoder's mean leaves out. A sample is the mean of a code drawn from that distribution with
/// noise of that spectrum upon it: without the noise it looks like plastic, because the mean cannot
/// hold what the code does not tell.
class VaeNetwork : public ModelNetwork, public LatentModel {
public:
    VaeNetwork(const VaeConfig& config, const NetworkPurpose& purpose);

    [[nodiscard]] Parameters& parameters() override { return m_vae.parameters(); }

    [[nodiscard]] std::vector<Parameters::Entry>& measured() override { return m_measured; }

    [[nodiscard]] std::int64_t sampleMultiple() const override;
    [[nodiscard]] std::optional<std::int64_t> onlySide() const override;
    [[nodiscard]] torch::Tensor make(const Draw& draw) const override;

    [[nodiscard]] const LatentModel* latents() const override { return this; }

    [[nodiscard]] std::int64_t latentDimension() const override { return m_vae.codeChannels(); }

    /// Of one code. Where codes lie on a grid, an offset moves all of them.
    [[nodiscard]] PrincipalDirections principalDirections() const override;
    [[nodiscard]] torch::Tensor render(std::span<const LatentPoint> points,
                                       const Frame& frame) const override;

    [[nodiscard]] const Vae& vae() const noexcept { return m_vae; }

    /// Takes over what was found on training crops: codes as drawn by the encoder, and the parts of
    /// the crops that the decoder's mean leaves out, divided by ResidualNoise::scale.
    void adopt(const torch::Tensor& codes, const torch::Tensor& residuals);

private:
    enum Measured : std::size_t { codeMean, codeKernel };

    [[nodiscard]] const torch::Tensor& found(Measured which) const {
        return m_measured[which].value;
    }

    [[nodiscard]] torch::Tensor drawCodes(const Draw& draw) const;
    [[nodiscard]] torch::Tensor imagesOf(const torch::Tensor& codes, const Draw& draw) const;

    Vae m_vae;
    VaeSampling m_sampling;
    std::int64_t m_size;
    std::int64_t m_codeRadius;
    ResidualNoise m_noise;
    std::vector<Parameters::Entry> m_measured;
};

class VaeFamily : public Family {
public:
    [[nodiscard]] std::string_view name() const override { return "vae"; }

    [[nodiscard]] std::optional<Json> preset(std::string_view name) const override;
    [[nodiscard]] Json checked(const Json& settings, const std::string& subject) const override;
    [[nodiscard]] std::int64_t trainingMultiple(const Json& settings) const override;
    [[nodiscard]] int partsFor(const Json& settings, int workers) const override;
    [[nodiscard]] std::unique_ptr<ModelNetwork>
    network(const Json& settings, const NetworkPurpose& purpose) const override;
    [[nodiscard]] std::unique_ptr<TrainingStep>
    step(const Json& settings, const Training& training, StepSetup setup) const override;
};

} // namespace likeness
