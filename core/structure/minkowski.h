// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/structure/indicator.h"

#include <cstdint>

namespace likeness {

/// Euler number of the phase, the outside of the image being background: V - E + F - C of the
/// cubical complex. `faces` joins voxels that share a face (2-D: 4, 3-D: 6), `full` those that
/// share a corner (2-D: 8, 3-D: 26).
struct EulerNumbers {
    std::int64_t faces = 0;
    std::int64_t full = 0;
};

[[nodiscard]] EulerNumbers eulerNumbers(const Indicator& field, const JobContext& job = {});

} // namespace likeness
