// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/statistics/agreement.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace likeness {

namespace {

// Values by unit, as counts of each value that occurs; units with one rating are left out.
struct Units {
    std::vector<double> values; // sorted, distinct
    std::vector<std::vector<std::pair<std::size_t, double>>> counts;
    std::vector<double> totals;
};

Units collect(const RatingMatrix& ratings) {
    Units units;
    std::size_t columns = 0;
    std::map<double, std::size_t> index;
    for (const auto& observer : ratings) {
        columns = std::max(columns, observer.size());
        for (const auto& rating : observer) {
            if (rating && !std::isfinite(*rating))
                throw Error(ErrorCode::config, "Krippendorff's alpha", "a rating is not a number");
            if (rating)
                index[*rating] = 0;
        }
    }
    for (auto& [value, place] : index) {
        place = units.values.size();
        units.values.push_back(value);
    }
    for (std::size_t u = 0; u < columns; ++u) {
        std::map<std::size_t, double> counts;
        double total = 0.0;
        for (const auto& observer : ratings) {
            if (u < observer.size() && observer[u]) {
                counts[index[*observer[u]]] += 1.0;
                total += 1.0;
            }
        }
        if (total < 2.0)
            continue;
        units.counts.emplace_back(counts.begin(), counts.end());
        units.totals.push_back(total);
    }
    return units;
}

// Squared difference of values c and k; `marginals` are needed for the ordinal metric only.
double difference(const Units& units,
                  const std::vector<double>& marginals,
                  std::pair<std::size_t, std::size_t> pair,
                  MeasurementLevel level) {
    const auto [c, k] = std::minmax(pair.first, pair.second);
    if (c == k)
        return 0.0;
    const double a = units.values[c];
    const double b = units.values[k];
    switch (level) {
    case MeasurementLevel::nominal:
        return 1.0;
    case MeasurementLevel::interval:
        return (a - b) * (a - b);
    case MeasurementLevel::ratio:
        return a + b == 0.0 ? 0.0 : std::pow((a - b) / (a + b), 2);
    case MeasurementLevel::ordinal:
        break;
    }
    double between = -(marginals[c] + marginals[k]) / 2.0;
    for (std::size_t g = c; g <= k; ++g)
        between += marginals[g];
    return between * between;
}

struct Disagreement {
    double observed = 0.0; // sum of o_ck delta_ck
    double expected = 0.0; // sum of n_c n_k delta_ck
    double pairable = 0.0;
};

Disagreement
disagreement(const Units& units, std::span<const std::size_t> picked, MeasurementLevel level) {
    std::vector<double> marginals(units.values.size(), 0.0);
    Disagreement d;
    for (const std::size_t u : picked) {
        for (const auto& [value, count] : units.counts[u])
            marginals[value] += count;
        d.pairable += units.totals[u];
    }
    for (const std::size_t u : picked) {
        const auto& counts = units.counts[u];
        for (std::size_t i = 0; i < counts.size(); ++i) {
            for (std::size_t j = i + 1; j < counts.size(); ++j) {
                const double pairs = 2.0 * counts[i].second * counts[j].second;
                d.observed +=
                    pairs / (units.totals[u] - 1.0) *
                    difference(units, marginals, {counts[i].first, counts[j].first}, level);
            }
        }
    }
    for (std::size_t c = 0; c < marginals.size(); ++c) {
        for (std::size_t k = c + 1; k < marginals.size(); ++k) {
            if (marginals[c] > 0.0 && marginals[k] > 0.0)
                d.expected +=
                    2.0 * marginals[c] * marginals[k] * difference(units, marginals, {c, k}, level);
        }
    }
    return d;
}

Quantity alphaOf(const Disagreement& d) {
    if (!(d.expected > 0.0))
        return Quantity::undefined("all ratings are equal, so that they hold no information about "
                                   "agreement");
    return Quantity::of(1.0 - (d.pairable - 1.0) * d.observed / d.expected);
}

} // namespace

KrippendorffAlpha krippendorffAlpha(const RatingMatrix& ratings, MeasurementLevel level) {
    const Units units = collect(ratings);
    KrippendorffAlpha result;
    result.units = units.counts.size();
    std::vector<std::size_t> all(units.counts.size());
    for (std::size_t u = 0; u < all.size(); ++u)
        all[u] = u;
    const Disagreement d = disagreement(units, all, level);
    result.values = static_cast<std::size_t>(d.pairable);
    if (result.units < 2)
        result.alpha = Quantity::undefined("fewer than two units have two ratings");
    else
        result.alpha = alphaOf(d);
    return result;
}

BootstrapInterval krippendorffInterval(const RatingMatrix& ratings,
                                       MeasurementLevel level,
                                       const BootstrapSettings& settings) {
    const Units units = collect(ratings);
    if (units.counts.size() < 5)
        return {std::nullopt, "fewer than five units have two ratings"};
    return bootstrapInterval(
        units.counts.size(),
        [&](std::span<const std::size_t> picked) {
            return alphaOf(disagreement(units, picked, level)).value;
        },
        settings);
}

} // namespace likeness
