// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/family.h"
#include "core/generation/families/latentspace.h"
#include "core/generation/families/styleganconfig.h"
#include "core/generation/networks/stylegan.h"

namespace likeness {

/// Mapping, generator and discriminator; a checkpoint holds the first two and the principal
/// directions of w. What a seed draws at a level, style and noise alike, is that level's alone, so
/// that levels of two seeds can be put together.
class StyleGanNetwork : public ModelNetwork, public LatentModel {
public:
    StyleGanNetwork(const StyleGanNetworkConfig& config, const NetworkPurpose& purpose);

    [[nodiscard]] Parameters& parameters() override { return m_parameters; }

    [[nodiscard]] bool isStored(const std::string& name) const override {
        return name.starts_with(kGenerator);
    }

    [[nodiscard]] std::vector<Parameters::Entry>& measured() override { return m_measured; }

    [[nodiscard]] std::int64_t sampleMultiple() const override { return kSampleMultiple; }

    [[nodiscard]] torch::Tensor make(const Draw& draw) const override;

    [[nodiscard]] const LatentModel* latents() const override { return this; }

    [[nodiscard]] int mixingLevels() const override { return m_generator->levels(); }

    [[nodiscard]] std::int64_t latentDimension() const override { return m_config.latent; }

    [[nodiscard]] PrincipalDirections principalDirections() const override;
    [[nodiscard]] torch::Tensor render(std::span<const LatentPoint> points,
                                       const Frame& frame) const override;

    /// w of each seed: N x latent.
    [[nodiscard]] torch::Tensor latentsOf(std::span<const std::uint64_t> seeds,
                                          const torch::Device& device) const;

    [[nodiscard]] const StyleGenerator& generator() const noexcept { return *m_generator; }

    [[nodiscard]] const StyleDiscriminator& discriminator() const noexcept {
        return *m_discriminator;
    }

    /// Measures the principal directions of w over kMeasuredLatents seeds.
    void measureDirections(std::uint64_t seed);

    static constexpr const char* kGenerator = "generator.";
    static constexpr const char* kDiscriminator = "discriminator.";
    static constexpr std::int64_t kMeasuredLatents = 4096;

private:
    static constexpr std::int64_t kSampleMultiple = 8;

    enum Measured : std::size_t { mean, directions, deviations };

    /// The noise of points: below the crossover of the first seed, from there on of the second.
    [[nodiscard]] StyleGenerator::Noise noiseOf(std::span<const LatentPoint> points,
                                                const Frame& frame) const;
    [[nodiscard]] torch::Tensor stylesOf(std::span<const LatentPoint> points,
                                         const torch::Device& device) const;

    StyleGanNetworkConfig m_config;
    Parameters m_parameters;
    std::optional<MappingNetwork> m_mapping;
    std::optional<StyleGenerator> m_generator;
    std::optional<StyleDiscriminator> m_discriminator;
    std::vector<Parameters::Entry> m_measured;
};

/// A generator whose convolutions are modulated by a style (Karras et al. 2020): non-saturating
/// logistic loss, lazy R1, path length regularisation, augmentation that leaves grey values alone.
/// In place of the learned grid at its bottom it has noise, so that samples may have any size.
class StyleGanFamily : public Family {
public:
    [[nodiscard]] std::string_view name() const override { return "stylegan"; }

    [[nodiscard]] std::optional<Json> preset(std::string_view name) const override;
    [[nodiscard]] Json checked(const Json& settings, const std::string& subject) const override;
    [[nodiscard]] std::int64_t trainingMultiple(const Json& settings) const override;

    [[nodiscard]] double momentum() const override { return 0.0; }

    [[nodiscard]] int partsFor(const Json& settings, int workers) const override;
    [[nodiscard]] std::unique_ptr<ModelNetwork>
    network(const Json& settings, const NetworkPurpose& purpose) const override;
    [[nodiscard]] std::unique_ptr<TrainingStep>
    step(const Json& settings, const Training& training, StepSetup setup) const override;
};

} // namespace likeness
