// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/crops.h"
#include "core/generation/families/modelnetwork.h"
#include "core/generation/trainingconditions.h"
#include "core/generation/trainingstep.h"

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// A kind of model: what its settings are, and the making of its parts. Settings are those that
/// `checked` returned; its network section holds "image_channels".
class Family {
public:
    virtual ~Family() = default;

    [[nodiscard]] virtual std::string_view name() const = 0;

    /// False for a baseline, whose training counts or stores and is over in seconds.
    [[nodiscard]] virtual bool learns() const { return true; }

    /// Whether it learns volumes as a whole: crops of their slices along all three axes.
    [[nodiscard]] virtual bool learnsVolumes() const { return false; }

    /// Empty for a preset that it does not have.
    [[nodiscard]] virtual std::optional<Json> preset(std::string_view name) const = 0;

    /// Throws Error(format) that names `subject`.
    [[nodiscard]] virtual Json checked(const Json& settings, const std::string& subject) const = 0;

    /// Sizes of crops are multiples of this, two of it at least.
    [[nodiscard]] virtual std::int64_t trainingMultiple(const Json& settings) const = 0;

    /// Size of crops for those who do not choose one.
    [[nodiscard]] virtual int usualSize(std::string_view /*preset*/) const { return 64; }

    /// What of the settings follows from the training set. Throws Error(config) for a set that it
    /// cannot learn.
    virtual void adapt(Json& settings, const PackedSet& set) const {
        settings["network"]["image_channels"] = set.channels;
    }

    [[nodiscard]] virtual GreyMap greyMap(const Json& /*settings*/, const PackedSet& set) const {
        return greyMapOf(set);
    }

    /// Decay of Adam's running mean of the gradient.
    [[nodiscard]] virtual double momentum() const { return 0.9; }

    /// Whether its settings may hold "conditions", as toJson(Conditions) writes them.
    [[nodiscard]] virtual bool takesConditions() const { return false; }

    /// In how many parts `workers` threads compute a batch.
    [[nodiscard]] virtual int partsFor(const Json& settings, int workers) const = 0;

    [[nodiscard]] virtual std::unique_ptr<ModelNetwork>
    network(const Json& settings, const NetworkPurpose& purpose) const = 0;

    struct Training {
        ModelNetwork& network; ///< one that this family made, flat
        const CropSource& crops;
        WorkerPool& pool;
        const TrainingConditions* conditions = nullptr; ///< null: the network is told nothing
    };

    /// Its arguments must outlive the step.
    [[nodiscard]] virtual std::unique_ptr<TrainingStep>
    step(const Json& settings, const Training& training, StepSetup setup) const = 0;
};

/// Throws Error(unsupported) that lists the families.
[[nodiscard]] const Family& familyNamed(std::string_view name);

} // namespace likeness
