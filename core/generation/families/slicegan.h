// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/family.h"
#include "core/generation/families/sliceganconfig.h"
#include "core/generation/networks/gan.h"
#include "core/generation/networks/slicegan.h"

namespace likeness {

/// Generator of volumes and critics of slices; a checkpoint holds the generator.
class SliceGanNetwork : public ModelNetwork {
public:
    SliceGanNetwork(const SliceGanNetworkConfig& config, const NetworkPurpose& purpose);

    [[nodiscard]] Parameters& parameters() override { return m_parameters; }

    [[nodiscard]] bool isStored(const std::string& name) const override {
        return name.starts_with(kGenerator);
    }

    [[nodiscard]] std::int64_t sampleMultiple() const override { return 1; }

    [[nodiscard]] bool makesVolumes() const override { return true; }

    /// Phases come as their labels.
    [[nodiscard]] torch::Tensor make(const Draw& draw) const override;

    /// What the critics see: N x outputs x z x y x x.
    [[nodiscard]] torch::Tensor generate(const Draw& draw, const Pass& pass) const;

    [[nodiscard]] const SliceGanNetworkConfig& config() const noexcept { return m_config; }

    [[nodiscard]] const std::vector<Discriminator>& critics() const noexcept { return m_critics; }

    static constexpr const char* kGenerator = "generator.";
    static constexpr const char* kCritic = "critic";

private:
    SliceGanNetworkConfig m_config;
    Parameters m_parameters;
    std::optional<VolumeGenerator> m_generator;
    std::vector<Discriminator> m_critics;
};

/// Volumes from slices (Kench, Cooper 2021): the generator makes cubes, critics compare their
/// slices along the three axes with the training slices. Slices of one plane stand for all axes,
/// judged by one critic; with volumes, or slices of three planes, each plane has its own. Masks
/// give phases, everything else grey values. Hinge loss with a penalty on the critics' slope takes
/// the place of the paper's Wasserstein loss, and upsampling that of its transposed convolutions.
class SliceGanFamily : public Family {
public:
    [[nodiscard]] std::string_view name() const override { return "slicegan"; }

    [[nodiscard]] bool learnsVolumes() const override { return true; }

    [[nodiscard]] std::optional<Json> preset(std::string_view name) const override;
    [[nodiscard]] Json checked(const Json& settings, const std::string& subject) const override;
    [[nodiscard]] std::int64_t trainingMultiple(const Json& settings) const override;
    [[nodiscard]] int usualSize(std::string_view preset) const override;
    void adapt(Json& settings, const PackedSet& set) const override;
    [[nodiscard]] GreyMap greyMap(const Json& settings, const PackedSet& set) const override;

    [[nodiscard]] double momentum() const override { return 0.0; }

    [[nodiscard]] int partsFor(const Json& settings, int workers) const override;
    [[nodiscard]] std::unique_ptr<ModelNetwork>
    network(const Json& settings, const NetworkPurpose& purpose) const override;
    [[nodiscard]] std::unique_ptr<TrainingStep>
    step(const Json& settings, const Training& training, StepSetup setup) const override;
};

} // namespace likeness
