// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/agreement.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace likeness {

namespace {

AgreementTable agreementWeights(std::size_t k, KappaWeights weights) {
    AgreementTable w(k, std::vector<double>(k, 0.0));
    const double span = k > 1 ? static_cast<double>(k - 1) : 1.0;
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            const double distance =
                std::abs(static_cast<double>(i) - static_cast<double>(j)) / span;
            if (weights == KappaWeights::none)
                w[i][j] = i == j ? 1.0 : 0.0;
            else
                w[i][j] =
                    weights == KappaWeights::linear ? 1.0 - distance : 1.0 - distance * distance;
        }
    }
    return w;
}

double checkedSum(const AgreementTable& table) {
    double sum = 0.0;
    for (const auto& row : table) {
        if (row.size() != table.size()) {
            throw Error(ErrorCode::config, "agreement table", "it is not square",
                        "give one row and one column for each category");
        }
        for (const double cell : row) {
            if (!(cell >= 0.0) || !std::isfinite(cell))
                throw Error(ErrorCode::config, "agreement table", "a cell is negative or missing");
            sum += cell;
        }
    }
    if (!(sum > 0.0))
        throw Error(ErrorCode::config, "agreement table", "it is empty",
                    "give at least one rating");
    return sum;
}

void checkShape(const AgreementTable& table, const AgreementTable& weights) {
    bool fits = weights.size() == table.size();
    for (const auto& row : weights)
        fits = fits && row.size() == table.size();
    if (!fits)
        throw Error(ErrorCode::config, "kappa weights", "they do not have the table's shape");
}

struct Shares {
    AgreementTable joint;
    std::vector<double> rows;
    std::vector<double> columns;
};

Shares sharesOf(const AgreementTable& table, double sum) {
    const std::size_t k = table.size();
    Shares s{table, std::vector<double>(k, 0.0), std::vector<double>(k, 0.0)};
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            s.joint[i][j] /= sum;
            s.rows[i] += s.joint[i][j];
            s.columns[j] += s.joint[i][j];
        }
    }
    return s;
}

// Large-sample errors of Fleiss, Cohen and Everitt 1969.
void addErrors(CohenKappa& result, const Shares& s, const AgreementTable& w, double level) {
    const std::size_t k = s.rows.size();
    std::vector<double> rowMean(k, 0.0);
    std::vector<double> columnMean(k, 0.0);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            rowMean[i] += w[i][j] * s.columns[j];
            columnMean[j] += w[i][j] * s.rows[i];
        }
    }
    const double kappa = *result.kappa.value;
    const double pe = result.expected;
    double spread = 0.0;
    double spreadNull = 0.0;
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            const double means = rowMean[i] + columnMean[j];
            spread += s.joint[i][j] * std::pow(w[i][j] - means * (1.0 - kappa), 2);
            spreadNull += s.rows[i] * s.columns[j] * std::pow(w[i][j] - means, 2);
        }
    }
    const double scale = result.n * (1.0 - pe) * (1.0 - pe);
    const double excess = kappa - pe * (1.0 - kappa);
    result.ase = std::sqrt(std::max(0.0, (spread - excess * excess) / scale));
    result.aseNull = std::sqrt(std::max(0.0, (spreadNull - pe * pe) / scale));
    const double half = normalQuantile(0.5 + level / 2.0) * *result.ase;
    result.interval = Interval{kappa - half, kappa + half};
    if (*result.aseNull > 0.0)
        result.z = kappa / *result.aseNull;
}

std::vector<double> distinctRatings(const RatingMatrix& ratings) {
    std::set<double> seen;
    for (const auto& observer : ratings) {
        for (const auto& rating : observer) {
            if (rating)
                seen.insert(*rating);
        }
    }
    return {seen.begin(), seen.end()};
}

// Sums over units of what Gwet's coefficients need.
struct UnitTally {
    std::vector<double> shares; // by category, over units with a rating
    double agreeing = 0.0;      // share of agreeing pairs, over units with two
    double rated = 0.0;
    double pairable = 0.0;
};

UnitTally tallyUnits(const RatingMatrix& ratings, const std::vector<double>& categories) {
    UnitTally tally;
    tally.shares.assign(categories.size(), 0.0);
    std::size_t units = 0;
    for (const auto& observer : ratings)
        units = std::max(units, observer.size());
    for (std::size_t u = 0; u < units; ++u) {
        std::vector<double> counts(categories.size(), 0.0);
        double total = 0.0;
        for (const auto& observer : ratings) {
            if (u >= observer.size() || !observer[u])
                continue;
            const auto at = std::lower_bound(categories.begin(), categories.end(), *observer[u]);
            counts[static_cast<std::size_t>(at - categories.begin())] += 1.0;
            total += 1.0;
        }
        tally.rated += total >= 1.0 ? 1.0 : 0.0;
        tally.pairable += total >= 2.0 ? 1.0 : 0.0;
        for (std::size_t k = 0; k < counts.size(); ++k) {
            if (total >= 1.0)
                tally.shares[k] += counts[k] / total;
            if (total >= 2.0)
                tally.agreeing += counts[k] * (counts[k] - 1.0) / (total * (total - 1.0));
        }
    }
    return tally;
}

} // namespace

CohenKappa cohenKappa(const AgreementTable& table, KappaWeights weights, double level) {
    return cohenKappa(table, agreementWeights(table.size(), weights), level);
}

CohenKappa
cohenKappa(const AgreementTable& table, const AgreementTable& agreementWeights, double level) {
    const double sum = checkedSum(table);
    checkShape(table, agreementWeights);
    const Shares s = sharesOf(table, sum);
    CohenKappa result;
    result.n = sum;
    for (std::size_t i = 0; i < table.size(); ++i) {
        for (std::size_t j = 0; j < table.size(); ++j) {
            result.observed += agreementWeights[i][j] * s.joint[i][j];
            result.expected += agreementWeights[i][j] * s.rows[i] * s.columns[j];
        }
    }
    if (!(1.0 - result.expected > 1e-12)) {
        result.kappa = Quantity::undefined(
            "both raters used one category only, so that agreement by chance is complete");
        return result;
    }
    result.kappa = Quantity::of((result.observed - result.expected) / (1.0 - result.expected));
    if (sum > 1.5)
        addErrors(result, s, agreementWeights, level);
    return result;
}

Quantity cohenKappaFromDisagreement(const AgreementTable& table,
                                    const AgreementTable& disagreementWeights) {
    const double sum = checkedSum(table);
    checkShape(table, disagreementWeights);
    const Shares s = sharesOf(table, sum);
    double observed = 0.0;
    double expected = 0.0;
    for (std::size_t i = 0; i < table.size(); ++i) {
        for (std::size_t j = 0; j < table.size(); ++j) {
            observed += disagreementWeights[i][j] * s.joint[i][j];
            expected += disagreementWeights[i][j] * s.rows[i] * s.columns[j];
        }
    }
    if (!(expected > 0.0))
        return Quantity::undefined("no disagreement is expected by chance");
    return Quantity::of(1.0 - observed / expected);
}

GwetAgreement gwetAgreement(const RatingMatrix& ratings, std::size_t categories) {
    if (categories < 2)
        throw Error(ErrorCode::config, "Gwet's agreement", "a scale has at least two categories");
    const std::vector<double> seen = distinctRatings(ratings);
    if (seen.size() > categories) {
        throw Error(ErrorCode::config, "Gwet's agreement",
                    std::to_string(seen.size()) + " categories occur, but the scale has " +
                        std::to_string(categories),
                    "state the scale's number of categories");
    }
    const UnitTally tally = tallyUnits(ratings, seen);
    if (tally.pairable < 1.0) {
        const Quantity none = Quantity::undefined("no unit has two ratings");
        return {none, none, none, none};
    }
    const double pa = tally.agreeing / tally.pairable;
    const double q = static_cast<double>(categories);
    double squares = 0.0;
    double spread = 0.0;
    for (const double sum : tally.shares) {
        const double share = sum / tally.rated;
        squares += share * share;
        spread += share * (1.0 - share);
    }
    const auto corrected = [pa](double chance) {
        return chance < 1.0 - 1e-12
                   ? Quantity::of((pa - chance) / (1.0 - chance))
                   : Quantity::undefined("agreement by chance is complete: one category is used");
    };
    return {Quantity::of(pa), corrected(spread / (q - 1.0)), corrected(squares),
            corrected(1.0 / q)};
}

} // namespace likeness
