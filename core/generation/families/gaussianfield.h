// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/config.h"
#include "core/generation/families/family.h"

namespace likeness {

struct GaussianFieldConfig {
    int imageChannels = 1;
    int radius = 40; ///< longest lag in pixels; at most five eighths of a training crop
    Schedule training;
    int crops = 16384; ///< that each statistic is taken over
};

/// Of "demo", "workstation" and "large"; empty for other names.
[[nodiscard]] std::optional<GaussianFieldConfig> gaussianFieldPreset(std::string_view name);
[[nodiscard]] Json toJson(const GaussianFieldConfig& config);
[[nodiscard]] GaussianFieldConfig gaussianFieldFromJson(const Json& settings,
                                                        const std::string& subject);

/// A stationary Gaussian field with the grey histogram of the training set and its two-point
/// statistic: what any model has to beat. The statistic of grey images of two phases is the
/// two-point probability S2 of the dark phase at Otsu's threshold, of others the covariance of
/// their normal scores. There is nothing to learn: both are counted on training crops.
class GaussianFieldNetwork : public ModelNetwork {
public:
    GaussianFieldNetwork(const GaussianFieldConfig& config, const NetworkPurpose& purpose);

    [[nodiscard]] Parameters& parameters() override { return m_parameters; }

    [[nodiscard]] std::vector<Parameters::Entry>& measured() override { return m_measured; }

    [[nodiscard]] std::int64_t sampleMultiple() const override { return 1; }

    [[nodiscard]] torch::Tensor make(const Draw& draw) const override;

    [[nodiscard]] std::int64_t radius() const noexcept { return m_radius; }

    /// What was counted, views of the flat vector: shares of the grey bins (C x kGreyBins), means
    /// of the products at each lag (C x C x 2 radius + 1 squared), crops seen for each of the two.
    [[nodiscard]] torch::Tensor histogram() const { return m_histogram.detach(); }

    [[nodiscard]] torch::Tensor products() const { return m_products.detach(); }

    [[nodiscard]] torch::Tensor seen() const { return m_seen.detach(); }

    /// Makes the kernel of the field from what was counted; white noise before there is anything.
    /// Returns the root mean square by which S2 of the field misses the counted one along the axes
    /// up to a lag of 24 pixels; empty where S2 is not what is matched.
    std::optional<double> fit();

private:
    std::int64_t m_channels;
    std::int64_t m_radius;
    Parameters m_parameters;
    torch::Tensor m_histogram;
    torch::Tensor m_products;
    torch::Tensor m_seen;
    std::vector<Parameters::Entry> m_measured;
};

class GaussianFieldFamily : public Family {
public:
    [[nodiscard]] std::string_view name() const override { return "gaussian-field"; }

    [[nodiscard]] bool learns() const override { return false; }

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
