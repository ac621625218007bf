// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/denoising.h"
#include "core/generation/families/family.h"
#include "core/generation/families/latentconfig.h"
#include "core/generation/families/residualnoise.h"
#include "core/generation/losses/signalspectrum.h"
#include "core/generation/networks/unet.h"
#include "core/generation/networks/vae.h"

namespace likeness {

/// Latent diffusion (Rombach et al. 2022): an autoencoder and a denoiser of its codes. A sample is
/// the mean of the pixels for a code that the denoiser made, with noise of the spectrum of what
/// that mean leaves out. Codes come to the denoiser with a mean of 0 and a deviation of
/// kCodeDeviation in each channel.
class LatentNetwork : public ModelNetwork, public Denoising {
public:
    static constexpr double kCodeDeviation = 0.5;
    static constexpr const char* kAutoencoder = "autoencoder."; ///< its parameters' names
    static constexpr const char* kDenoiser = "denoiser.";

    LatentNetwork(const LatentConfig& config, const NetworkPurpose& purpose);

    [[nodiscard]] Parameters& parameters() override { return m_parameters; }

    [[nodiscard]] std::vector<Parameters::Entry>& measured() override { return m_measured; }

    [[nodiscard]] std::int64_t sampleMultiple() const override;

    [[nodiscard]] bool takesSteps() const override { return true; }

    [[nodiscard]] const Conditions* conditions() const override {
        return m_conditions ? &*m_conditions : nullptr;
    }

    [[nodiscard]] torch::Tensor make(const Draw& draw) const override;

    [[nodiscard]] const Denoising* denoising() const override { return this; }

    [[nodiscard]] std::int64_t cell() const override { return m_vae.config().sizeMultiple(); }

    [[nodiscard]] std::int64_t depth() const override { return m_vae.codeChannels(); }

    [[nodiscard]] const SolverConfig& solver() const override { return m_solver; }

    [[nodiscard]] double deviation() const override { return kCodeDeviation; }

    /// The mean codes of images.
    [[nodiscard]] torch::Tensor encode(const torch::Tensor& images) const override;

    /// With the same noise upon each image.
    [[nodiscard]] torch::Tensor decode(const torch::Tensor& x) const override;

    [[nodiscard]] torch::Tensor guessed(const torch::Tensor& noisy,
                                        const torch::Tensor& sigmas,
                                        const Pass& pass) const override;
    [[nodiscard]] double workingBytes(std::int64_t height, std::int64_t width) const override;

    [[nodiscard]] std::int64_t multiple() const override { return m_unet.config().sizeMultiple(); }

    [[nodiscard]] const Vae& vae() const noexcept { return m_vae; }

    [[nodiscard]] const UNet& unet() const noexcept { return m_unet; }

    /// Of the codes, of which only the deviation is known.
    [[nodiscard]] const SignalSpectrum& spectrum() const noexcept { return m_spectrum; }

    /// The autoencoder's codes as the denoiser takes them.
    [[nodiscard]] torch::Tensor scaled(const torch::Tensor& codes) const;

    /// Takes over the mean and deviation of the codes of training crops.
    void adoptCodes(const torch::Tensor& codes);

    /// Takes over what the pixels' mean leaves out, divided by ResidualNoise::scale.
    void adoptResiduals(const torch::Tensor& residuals) { m_noise.adopt(residuals); }

private:
    [[nodiscard]] torch::Tensor pixelsOf(const torch::Tensor& x,
                                         const std::vector<std::uint64_t>& noiseSeeds) const;

    std::optional<Conditions> m_conditions;
    Vae m_vae;
    UNet m_unet;
    SignalSpectrum m_spectrum{kCodeDeviation};
    SolverConfig m_solver;
    double m_noiseShare;
    ResidualNoise m_noise;
    torch::Tensor m_codeMean;      ///< per channel
    torch::Tensor m_codeDeviation; ///< per channel
    Parameters m_parameters;       ///< of both, under their prefixes
    std::vector<Parameters::Entry> m_measured;
};

class LatentFamily : public Family {
public:
    [[nodiscard]] std::string_view name() const override { return "latent-diffusion"; }

    [[nodiscard]] std::optional<Json> preset(std::string_view name) const override;
    [[nodiscard]] Json checked(const Json& settings, const std::string& subject) const override;
    [[nodiscard]] std::int64_t trainingMultiple(const Json& settings) const override;

    [[nodiscard]] bool takesConditions() const override { return true; }

    [[nodiscard]] int partsFor(const Json& settings, int workers) const override;
    [[nodiscard]] std::unique_ptr<ModelNetwork>
    network(const Json& settings, const NetworkPurpose& purpose) const override;
    [[nodiscard]] std::unique_ptr<TrainingStep>
    step(const Json& settings, const Training& training, StepSetup setup) const override;
};

} // namespace likeness
