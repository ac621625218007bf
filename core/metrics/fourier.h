// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/plane.h"

#include <memory>
#include <vector>

namespace likeness {

/// |FFT|^2 of a plane, rows of width / 2 + 1 values (the others mirror them).
[[nodiscard]] std::vector<double> halfPower(const Plane& plane);

/// Repeated transforms of one size.
class PowerTransform {
public:
    PowerTransform(std::int64_t width, std::int64_t height);
    ~PowerTransform();
    PowerTransform(const PowerTransform&) = delete;
    PowerTransform& operator=(const PowerTransform&) = delete;

    /// width * height values, to be filled before run().
    [[nodiscard]] double* input() noexcept;

    /// |FFT|^2 of the input; valid until the next call.
    [[nodiscard]] const std::vector<double>& run();

private:
    struct Plan;
    std::unique_ptr<Plan> m_plan;
    std::vector<double> m_power;
};

} // namespace likeness
