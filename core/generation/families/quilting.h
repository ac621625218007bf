// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/config.h"
#include "core/generation/families/family.h"
#include "core/generation/quilt.h"

namespace likeness {

struct QuiltingConfig {
    int imageChannels = 1;
    double storeMegabytes = 5.5; ///< of crops in float; four crops at least
    QuiltLayout layout;
    Schedule training;
};

/// Of "demo", "workstation" and "large"; empty for other names.
[[nodiscard]] std::optional<QuiltingConfig> quiltingPreset(std::string_view name);
[[nodiscard]] Json toJson(const QuiltingConfig& config);
[[nodiscard]] QuiltingConfig quiltingFromJson(const Json& settings, const std::string& subject);

/// Image quilting (Efros, Freeman 2001): patches of real training crops, laid side by side and
/// joined along the cut where they differ least. Its texture is real because it is copied; a
/// comparison that finds nothing wrong with it, and a memorisation check that does not find it, are
/// not worth much.
class QuiltingNetwork : public ModelNetwork {
public:
    QuiltingNetwork(const QuiltingConfig& config, const NetworkPurpose& purpose);

    [[nodiscard]] Parameters& parameters() override { return m_parameters; }

    [[nodiscard]] std::int64_t sampleMultiple() const override { return 1; }

    [[nodiscard]] torch::Tensor make(const Draw& draw) const override;

    /// The stored crops, N x C x S x S, of which the first `used` ones are filled.
    [[nodiscard]] torch::Tensor crops() const { return m_crops.detach(); }

    [[nodiscard]] torch::Tensor used() const { return m_used.detach(); }

private:
    QuiltLayout m_layout;
    Parameters m_parameters;
    torch::Tensor m_crops;
    torch::Tensor m_used; ///< one number
};

class QuiltingFamily : public Family {
public:
    [[nodiscard]] std::string_view name() const override { return "quilting"; }

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
