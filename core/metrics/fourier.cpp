// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/fourier.h"

#include "core/base/error.h"
#include "core/base/plannerlock.h"

#include <fftw3.h>

#include <algorithm>

namespace likeness {

struct PowerTransform::Plan {
    double* in = nullptr;
    fftw_complex* out = nullptr;
    fftw_plan plan = nullptr;

    Plan() = default;
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    ~Plan() {
        const std::scoped_lock lock(fourierPlannerMutex());
        if (plan != nullptr)
            fftw_destroy_plan(plan);
        fftw_free(in);
        fftw_free(out);
    }
};

PowerTransform::PowerTransform(std::int64_t width, std::int64_t height)
    : m_plan(std::make_unique<Plan>()) {
    const auto half = static_cast<std::size_t>(height * (width / 2 + 1));
    m_power.resize(half);
    m_plan->in = fftw_alloc_real(static_cast<std::size_t>(width * height));
    m_plan->out = fftw_alloc_complex(half);
    if (m_plan->in != nullptr && m_plan->out != nullptr) {
        const std::scoped_lock lock(fourierPlannerMutex());
        m_plan->plan = fftw_plan_dft_r2c_2d(static_cast<int>(height), static_cast<int>(width),
                                            m_plan->in, m_plan->out, FFTW_ESTIMATE);
    }
    if (m_plan->plan == nullptr)
        throw Error(ErrorCode::memory, "The power spectrum was not computed",
                    "there is not enough memory for the transform");
}

PowerTransform::~PowerTransform() = default;

double* PowerTransform::input() noexcept {
    return m_plan->in;
}

const std::vector<double>& PowerTransform::run() {
    fftw_execute(m_plan->plan);
    for (std::size_t i = 0; i < m_power.size(); ++i)
        m_power[i] = m_plan->out[i][0] * m_plan->out[i][0] + m_plan->out[i][1] * m_plan->out[i][1];
    return m_power;
}

std::vector<double> halfPower(const Plane& plane) {
    PowerTransform transform(plane.width, plane.height);
    std::ranges::copy(plane.values, transform.input());
    return transform.run();
}

} // namespace likeness
