// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/family.h"
#include "core/generation/families/ganconfig.h"
#include "core/generation/networks/gan.h"

namespace likeness {

/// Generator and discriminator; a checkpoint holds the generator.
class GanNetwork : public ModelNetwork {
public:
    GanNetwork(const GanNetworkConfig& config, const NetworkPurpose& purpose);

    [[nodiscard]] Parameters& parameters() override { return m_parameters; }

    [[nodiscard]] bool isStored(const std::string& name) const override {
        return name.starts_with(kGenerator);
    }

    [[nodiscard]] std::int64_t sampleMultiple() const override { return kSampleMultiple; }

    [[nodiscard]] torch::Tensor make(const Draw& draw) const override;

    /// Images of the size, one per seed.
    [[nodiscard]] torch::Tensor generate(std::span<const std::uint64_t> seeds,
                                         std::int64_t height,
                                         std::int64_t width,
                                         const torch::Device& device,
                                         const Pass& pass) const;

    [[nodiscard]] const Discriminator& discriminator() const noexcept { return *m_discriminator; }

    static constexpr const char* kGenerator = "generator.";
    static constexpr const char* kDiscriminator = "discriminator.";

private:
    static constexpr std::int64_t kSampleMultiple = 8;

    Parameters m_parameters;
    std::optional<Generator> m_generator;
    std::optional<Discriminator> m_discriminator;
};

/// The convolutional generative adversarial network of Radford et al. (2016) without what made it
/// fail: hinge loss, a gradient penalty on real images, no norms over the batch, no transposed
/// convolutions.
class GanFamily : public Family {
public:
    [[nodiscard]] std::string_view name() const override { return "dcgan"; }

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
