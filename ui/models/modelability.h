// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/conditions.h"
#include "ui/models/checkpointlistmodel.h"

#include <QString>

#include <optional>
#include <string>

namespace likeness {

/// What a chosen model can be asked for, read from its manifest without the worker.
struct ModelAbility {
    bool takesSteps = false;     ///< solver steps mean something to it
    int steps = 0;               ///< its own number of them
    int multiple = 8;            ///< sides of images are multiples of this
    std::optional<int> onlySide; ///< it makes images of this side and no other
    bool makesVolumes = false;
    bool edits = false;      ///< inpainting, variation ...
    bool hasLatents = false; ///< directions to move along
    bool mixesStyles = false;
};

[[nodiscard]] ModelAbility abilityOf(const CheckpointEntry& entry);

/// What it can be asked for; empty for a model without conditions, or with ones that cannot be
/// read.
[[nodiscard]] std::optional<Conditions> conditionsOf(const CheckpointEntry& entry);

/// "Diffusion", "GAN (DCGAN)": what a model family is called; its own word for an unknown one.
[[nodiscard]] QString familyName(const std::string& model);

/// One sentence on what the family is good for.
[[nodiscard]] QString familySentence(const std::string& model);

/// "Denoising error 0.54": the figure that the family's training is watched by, in plain words.
[[nodiscard]] QString lossName(const std::string& model);

} // namespace likeness
