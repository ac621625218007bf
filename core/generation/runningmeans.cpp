// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/runningmeans.h"

#include <cmath>

namespace likeness {

namespace {

constexpr double kDecay = 0.99; ///< per step

bool isSum(const Json& value) {
    return value.is_array() && value.size() == 2 && value[0].is_number() && value[1].is_number();
}

} // namespace

void RunningMeans::add(const std::vector<std::pair<std::string, double>>& figures) {
    for (const auto& [name, value] : figures) {
        if (!std::isfinite(value))
            continue;
        const Json before = m_sums.value(name, Json::array({0.0, 0.0}));
        m_sums[name] = {before[0].get<double>() * kDecay + value,
                        before[1].get<double>() * kDecay + 1.0};
    }
}

double RunningMeans::mean(const std::string& name, double otherwise) const {
    const auto found = m_sums.find(name);
    return found == m_sums.end() ? otherwise
                                 : (*found)[0].get<double>() / (*found)[1].get<double>();
}

double RunningMeans::weight(const std::string& name) const {
    const auto found = m_sums.find(name);
    return found == m_sums.end() ? 0.0 : (*found)[1].get<double>();
}

Json RunningMeans::means() const {
    Json json = Json::object();
    for (const auto& [name, sum] : m_sums.items())
        json[name] = sum[0].get<double>() / sum[1].get<double>();
    return json;
}

void RunningMeans::load(const Json& saved) {
    m_sums = Json::object();
    for (const auto& [name, sum] : saved.items()) {
        if (isSum(sum) && sum[1].get<double>() > 0.0)
            m_sums[name] = sum;
    }
}

} // namespace likeness
