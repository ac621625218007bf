// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/statistics/intervals.h"
#include "core/statistics/quantity.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace likeness {

/// A square table of counts or proportions (rows: first rater, columns: second), categories in the
/// order of the scale, unused ones included: dropping them would shift weighted kappas.
using AgreementTable = std::vector<std::vector<double>>;

enum class KappaWeights {
    none,     ///< 1 on the diagonal
    linear,   ///< 1 - |i-j|/(k-1), Cicchetti and Allison 1971
    quadratic ///< 1 - (i-j)^2/(k-1)^2, Fleiss and Cohen 1973
};

/// Cohen's kappa (Cohen 1960, 1968) with the large-sample errors of Fleiss, Cohen and Everitt 1969.
struct CohenKappa {
    Quantity kappa;
    std::optional<double> ase;        ///< for intervals
    std::optional<double> aseNull;    ///< under independence, for the test
    std::optional<Interval> interval; ///< kappa -+ z ase; not clipped to [-1, 1]
    std::optional<double> z;          ///< kappa / aseNull
    double observed = 0.0;            ///< weighted agreement
    double expected = 0.0;
    double n = 0.0;
};

/// Throws Error(config) for tables that are not square, hold negatives or are empty. kappa is
/// undefined, with reason, when chance agreement is 1. Errors are absent for tables of proportions
/// (sum <= 1.5), which hold no n.
[[nodiscard]] CohenKappa
cohenKappa(const AgreementTable& table, KappaWeights weights, double level = 0.95);

/// Given agreement weights (1 = full), k x k, not necessarily symmetric.
[[nodiscard]] CohenKappa cohenKappa(const AgreementTable& table,
                                    const AgreementTable& agreementWeights,
                                    double level = 0.95);

/// Cohen's 1968 form from disagreement weights (0 = full agreement): 1 - q_observed/q_expected.
[[nodiscard]] Quantity cohenKappaFromDisagreement(const AgreementTable& table,
                                                  const AgreementTable& disagreementWeights);

/// Observers in rows, units in columns; an empty cell is a missing rating.
using RatingMatrix = std::vector<std::vector<std::optional<double>>>;

enum class MeasurementLevel { nominal, ordinal, interval, ratio };

/// Krippendorff's alpha (Krippendorff 2011) with missing data. Undefined, with reason, when fewer
/// than two units have two ratings or when all pairable ratings are equal.
struct KrippendorffAlpha {
    Quantity alpha;
    std::size_t units = 0;  ///< with at least two ratings
    std::size_t values = 0; ///< pairable ratings
};

[[nodiscard]] KrippendorffAlpha krippendorffAlpha(const RatingMatrix& ratings,
                                                  MeasurementLevel level);

/// Percentile bootstrap over units; absent, with reason, for fewer than five pairable units.
[[nodiscard]] BootstrapInterval krippendorffInterval(const RatingMatrix& ratings,
                                                     MeasurementLevel level,
                                                     const BootstrapSettings& settings);

/// Chance-corrected agreement for several raters and missing data after Gwet 2014 (irrCAC), nominal
/// categories. `categories` is the number of categories of the scale.
struct GwetAgreement {
    Quantity observed; ///< pa
    Quantity ac1;
    Quantity fleiss; ///< generalised to missing data
    Quantity brennanPrediger;
};

[[nodiscard]] GwetAgreement gwetAgreement(const RatingMatrix& ratings, std::size_t categories);

} // namespace likeness
