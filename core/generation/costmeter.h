// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/device.h"
#include "core/generation/nvml.h"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace likeness {

/// What a run costs, from the making of this object on. Of a resumed run the earlier parts are
/// added.
class CostMeter {
public:
    explicit CostMeter(const DevicePlan& plan);

    /// What earlier parts of the run took, as record() gave it; anything else counts as nothing.
    void addEarlier(const Json& record);

    /// Looks at what a card does just now; to be called once in a while.
    void look();

    /// "wall_seconds", "cpu_seconds", "peak_memory_mb", "device_memory_mb" (what the whole card
    /// holds now, null on the CPU), "device_utilisation" (the mean over all looks at the card since
    /// this object was made, 0 to 1; null on the CPU), "energy_joules" (the machine's processors
    /// and the card, by whoever used them; null where the system does not let it be read),
    /// "device", "device_name", "threads", "versions", "revision" (of the source, null if unknown).
    [[nodiscard]] Json record() const;

private:
    [[nodiscard]] Json energy() const;

    DevicePlan m_plan;
    Json m_earlier = Json::object();
    std::chrono::steady_clock::time_point m_start;
    double m_cpuStart;
    std::map<std::string, double> m_energyStart; ///< microjoules by counter file
    std::unique_ptr<NvidiaCard> m_card;          ///< of a run on CUDA
    std::optional<double> m_cardStart;           ///< joules
    double m_utilisation = 0.0;                  ///< sum over the looks
    int m_looks = 0;
};

} // namespace likeness
