// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/statistics/agreement.h"
#include "core/statistics/catalogueentries.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace likeness::catalogue {

namespace {

constexpr std::string_view kNoErrors =
    "a table of proportions holds no n, so that no error can be given";

// Some numbers go by several words in the literature and in test collections; all are answered.
void putKappa(Reply& reply,
              const CohenKappa& k,
              const std::vector<std::string>& names,
              const std::vector<std::string>& errorNames,
              const std::string& prefix) {
    for (const std::string& name : names)
        reply.put(name, k.kappa);
    const std::string_view reason = k.kappa.value ? kNoErrors : std::string_view(k.kappa.reason);
    for (const std::string& name : errorNames)
        reply.put(name, k.ase, reason);
    reply.put(prefix + "ASE_H0", k.aseNull, reason);
    reply.put(prefix + "z", k.z, k.aseNull ? "its error under independence is 0" : reason);
    reply.put(prefix + "CI95", k.interval ? toJson(*k.interval) : Json());
    reply.putInterval(names.front(), k.interval);
}

void putTable(Reply& reply, const AgreementTable& counts) {
    double n = 0.0;
    for (const auto& row : counts) {
        for (const double cell : row)
            n += cell;
    }
    reply.input("n", n);
    reply.input("categories", counts.size());
    const CohenKappa plain = cohenKappa(counts, KappaWeights::none);
    putKappa(reply, plain, {"kappa"}, {"ASE"}, "");
    reply.put("observed agreement", plain.observed);
    reply.put("expected agreement", plain.expected);
    putKappa(reply, cohenKappa(counts, KappaWeights::linear),
             {"kappa_linear", "kappa_linear (Cicchetti-Allison weights, stated order)"},
             {"ASE_linear", "linear ASE"}, "linear ");
    putKappa(reply, cohenKappa(counts, KappaWeights::quadratic),
             {"kappa_quadratic", "kappa_quadratic (Fleiss-Cohen weights)"},
             {"ASE_quadratic", "quadratic ASE"}, "quadratic ");
    reply.note("weights follow the order of the table; categories that nobody used stay in");
    reply.note("intervals: 95 %, kappa -+ z ASE (Fleiss, Cohen and Everitt 1969)");
}

AgreementTable tableOf(const std::vector<double>& a, const std::vector<double>& b, std::size_t k) {
    if (a.size() != b.size() || a.empty())
        throw Error(ErrorCode::config, "inputs", "rater1 and rater2 differ in length or are empty");
    std::vector<double> categories(a);
    categories.insert(categories.end(), b.begin(), b.end());
    std::sort(categories.begin(), categories.end());
    categories.erase(std::unique(categories.begin(), categories.end()), categories.end());
    if (k > 0) {
        // A stated scale is 1..k, so that unused categories keep their place.
        for (const double value : categories) {
            if (value < 1.0 || value > static_cast<double>(k) || value != std::floor(value))
                throw Error(ErrorCode::config, "inputs",
                            "a rating lies outside the scale 1 to " + std::to_string(k));
        }
        categories.clear();
        for (std::size_t c = 1; c <= k; ++c)
            categories.push_back(static_cast<double>(c));
    }
    const auto place = [&](double value) {
        return static_cast<std::size_t>(
            std::lower_bound(categories.begin(), categories.end(), value) - categories.begin());
    };
    AgreementTable counts(categories.size(), std::vector<double>(categories.size(), 0.0));
    for (std::size_t i = 0; i < a.size(); ++i)
        counts[place(a[i])][place(b[i])] += 1.0;
    return counts;
}

// The tables of Cohen 1968 and of Fleiss, Cohen and Everitt 1969 under the words of the collection.
void putPublishedWeights(Reply& reply, const Json& inputs) {
    if (inputs.contains("cohen1968_proportions")) {
        const AgreementTable joint = table(inputs, "cohen1968_proportions");
        reply.put("cohen1968 kappa", cohenKappa(joint, KappaWeights::none).kappa);
        reply.put("cohen1968 weighted kappa (disagreement weights)",
                  cohenKappaFromDisagreement(joint, table(inputs, "cohen_disagreement_weights")));
        reply.put("cohen1968 weighted kappa, non-symmetric weights",
                  cohenKappaFromDisagreement(
                      joint, table(inputs, "cohen_nonsymmetric_disagreement_weights")));
        reply.input("n", nullptr);
    }
    if (inputs.contains("fleiss_counts")) {
        const AgreementTable counts = table(inputs, "fleiss_counts");
        const CohenKappa weighted = cohenKappa(counts, table(inputs, "fleiss_agreement_weights"));
        reply.put("FCE1969 kappa", cohenKappa(counts, KappaWeights::none).kappa);
        reply.put("FCE1969 weighted kappa (given agreement weights)", weighted.kappa);
        reply.putInterval("FCE1969 weighted kappa (given agreement weights)", weighted.interval);
        reply.input("n", weighted.n);
    }
}

constexpr std::pair<const char*, MeasurementLevel> kLevels[] = {
    {"nominal", MeasurementLevel::nominal},
    {"ordinal", MeasurementLevel::ordinal},
    {"interval", MeasurementLevel::interval},
    {"ratio", MeasurementLevel::ratio}};

void putAlphas(Reply& reply, const RatingMatrix& matrix, const StatisticOptions& options) {
    const BootstrapSettings bootstrap{options.bootstrap, options.level, options.seed};
    for (const auto& [word, level] : kLevels) {
        const std::string name = std::string("alpha ") + word;
        const KrippendorffAlpha alpha = krippendorffAlpha(matrix, level);
        reply.put(name, alpha.alpha);
        reply.input("n", alpha.units);
        reply.input("units", alpha.units);
        reply.input("pairable_values", alpha.values);
        const BootstrapInterval interval = krippendorffInterval(matrix, level, bootstrap);
        reply.putInterval(name, interval.interval);
        if (!interval.interval)
            reply.note(name + ", interval: " + interval.reason);
    }
    reply.input("observers", matrix.size());
    reply.note("units with fewer than two ratings are left out; intervals: percentile bootstrap "
               "over units, seed " +
               std::to_string(options.seed));
}

std::size_t distinctValues(const RatingMatrix& matrix) {
    std::set<double> values;
    for (const auto& row : matrix) {
        for (const auto& cell : row) {
            if (cell)
                values.insert(*cell);
        }
    }
    return values.size();
}

} // namespace

Json cohenKappaEntry(const Json& inputs, const StatisticOptions&) {
    Reply reply;
    bool used = false;
    if (inputs.contains("rater1")) {
        const auto k = inputs.contains("categories") ? count(inputs, "categories") : 0;
        if (k < 0 || k > 1000)
            throw Error(ErrorCode::config, "inputs", "'categories' must lie between 2 and 1000");
        putTable(reply, tableOf(numbers(inputs, "rater1"), numbers(inputs, "rater2"),
                                static_cast<std::size_t>(k)));
        used = true;
    } else if (inputs.contains("table")) {
        const AgreementTable counts = table(inputs, "table");
        putTable(reply, counts);
        if (inputs.contains("agreement_weights"))
            putKappa(reply, cohenKappa(counts, table(inputs, "agreement_weights")),
                     {"weighted kappa"}, {"weighted ASE"}, "weighted ");
        if (inputs.contains("disagreement_weights"))
            reply.put("weighted kappa (disagreement weights)",
                      cohenKappaFromDisagreement(counts, table(inputs, "disagreement_weights")));
        used = true;
    }
    if (inputs.contains("cohen1968_proportions") || inputs.contains("fleiss_counts")) {
        putPublishedWeights(reply, inputs);
        used = true;
    }
    if (!used)
        throw Error(ErrorCode::config, "inputs of cohen_kappa",
                    "neither 'table' nor 'rater1' and 'rater2' is there",
                    "give a square table of counts or two lists of ratings");
    return reply.finish("cohen_kappa");
}

Json krippendorffAlphaEntry(const Json& inputs, const StatisticOptions& options) {
    Reply reply;
    bool used = false;
    if (inputs.contains("observers_x_units")) {
        const RatingMatrix matrix = ratings(inputs, "observers_x_units");
        putAlphas(reply, matrix, options);
        const std::size_t categories =
            inputs.contains("q_categories")
                ? static_cast<std::size_t>(std::max<std::int64_t>(2, count(inputs, "q_categories")))
                : std::max<std::size_t>(2, distinctValues(matrix));
        const GwetAgreement gwet = gwetAgreement(matrix, categories);
        reply.input("q_categories", categories);
        reply.put("pa", gwet.observed);
        reply.put("AC1", gwet.ac1);
        reply.put("Fleiss generalised", gwet.fleiss);
        reply.put("Brennan-Prediger", gwet.brennanPrediger);
        used = true;
    }
    for (const auto& [field, name] :
         {std::pair{"binary", "binary alpha"}, std::pair{"nominal_codes", "nominal alpha"}}) {
        if (!inputs.contains(field))
            continue;
        const KrippendorffAlpha alpha =
            krippendorffAlpha(ratings(inputs, field), MeasurementLevel::nominal);
        reply.put(name, alpha.alpha);
        reply.input("n", alpha.units);
        used = true;
    }
    if (!used)
        throw Error(ErrorCode::config, "inputs of krippendorff_alpha",
                    "'observers_x_units' is missing",
                    "give one row for each observer, null where a rating is missing");
    return reply.finish("krippendorff_alpha");
}

} // namespace likeness::catalogue
