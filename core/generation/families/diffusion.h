// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/denoising.h"
#include "core/generation/families/diffusionconfig.h"
#include "core/generation/families/family.h"
#include "core/generation/losses/signalspectrum.h"
#include "core/generation/networks/unet.h"

namespace likeness {

/// A denoising UNet and the solver that makes its samples.
class DiffusionNetwork : public ModelNetwork, public Denoising {
public:
    DiffusionNetwork(const DiffusionConfig& config, const NetworkPurpose& purpose);

    [[nodiscard]] Parameters& parameters() override { return m_unet.parameters(); }

    [[nodiscard]] const UNet& unet() const noexcept { return m_unet; }

    [[nodiscard]] std::vector<Parameters::Entry>& measured() override { return m_measured; }

    [[nodiscard]] const SignalSpectrum& spectrum() const noexcept { return *m_spectrum; }

    /// Whether spectrum() is to be measured on training crops before anything is learnt.
    [[nodiscard]] bool isSpectral() const noexcept { return !m_measured.empty(); }

    /// Before any use of spectrum().
    void adoptSpectrum(const MeasuredSpectrum& found);

    [[nodiscard]] std::int64_t sampleMultiple() const override {
        return m_unet.config().sizeMultiple();
    }

    [[nodiscard]] bool takesSteps() const override { return true; }

    [[nodiscard]] const Conditions* conditions() const override {
        return m_conditions ? &*m_conditions : nullptr;
    }

    [[nodiscard]] torch::Tensor make(const Draw& draw) const override;

    [[nodiscard]] const Denoising* denoising() const override { return this; }

    [[nodiscard]] std::int64_t depth() const override { return m_unet.config().imageChannels; }

    [[nodiscard]] const SolverConfig& solver() const override { return m_solver; }

    [[nodiscard]] double deviation() const override { return m_sigmaData; }

    [[nodiscard]] torch::Tensor decode(const torch::Tensor& x) const override;

    [[nodiscard]] std::int64_t margin() const override {
        return m_solver.overscan ? multiple() / 2 : 0;
    }

    [[nodiscard]] torch::Tensor guessed(const torch::Tensor& noisy,
                                        const torch::Tensor& sigmas,
                                        const Pass& pass) const override;
    [[nodiscard]] double workingBytes(std::int64_t height, std::int64_t width) const override;

    [[nodiscard]] std::int64_t multiple() const override { return sampleMultiple(); }

private:
    std::optional<Conditions> m_conditions;
    UNet m_unet;
    SolverConfig m_solver;
    double m_sigmaData;
    std::vector<Parameters::Entry> m_measured; ///< none, or mean and variances of the spectrum
    std::unique_ptr<SignalSpectrum> m_spectrum;
};

/// About how much memory a UNet takes for one image.
[[nodiscard]] double unetBytes(const UNetConfig& config, std::int64_t height, std::int64_t width);

/// EDM (Karras et al. 2022).
class DiffusionFamily : public Family {
public:
    [[nodiscard]] std::string_view name() const override { return "diffusion"; }

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
