// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/device.h"
#include "core/generation/families/family.h"

#include <memory>
#include <string>

namespace likeness {

/// Training of a family's preset on noise at its usual size, to be measured.
class DemoTraining {
public:
    /// The demo preset on the CPU.
    DemoTraining(const std::string& model, int threads);
    DemoTraining(const std::string& model, const std::string& preset, const DevicePlan& plan);

    void setBfloat16(bool on) noexcept { m_step->setBfloat16(on); }

    /// As a run finds it out: whether a step is quicker with convolutions in bfloat16.
    [[nodiscard]] bool prefersBfloat16();

    /// One whole step with its update.
    void step();

    [[nodiscard]] std::int64_t parameterCount() const;

    /// Images of a step.
    [[nodiscard]] int batch() const;

    /// Pixels per side.
    [[nodiscard]] int size() const noexcept { return m_size; }

private:
    const Family& m_family;
    Json m_settings;
    int m_size;
    PackedSet m_set;
    CropSource m_crops;
    WorkerPool m_pool;
    std::unique_ptr<ModelNetwork> m_network;
    std::unique_ptr<Optimizer> m_optimizer;
    std::unique_ptr<TrainingStep> m_step;
    std::int64_t m_number = 0;
};

} // namespace likeness
