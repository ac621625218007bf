// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "db/project.h"
#include "db/records.h"

#include <string>
#include <vector>

namespace likeness {

struct MeasuringRequest {
    std::string referenceSet;      ///< name
    std::string set;               ///< name
    std::vector<std::string> only; ///< metric names; empty: all that apply
    int bootstrap = 200;
    std::uint64_t seed = 0;
};

/// Set metrics and structure descriptors of `set` against `referenceSet`, stored and returned.
/// Values that have no number carry a reason. Where images are of different sizes, set metrics are
/// taken of pieces of the largest size that all hold (convention "pieces", n counts them);
/// structure is measured on whole images. Real against real (halves of the reference set by
/// specimen) is stored beside as the baseline.
[[nodiscard]] std::vector<MetricRecord>
measureSet(Project& project, const MeasuringRequest& request, JobContext& job);

} // namespace likeness
