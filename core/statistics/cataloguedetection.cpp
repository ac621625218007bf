// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/statistics/catalogueentries.h"
#include "core/statistics/detection.h"

#include <Eigen/Dense>

#include <algorithm>
#include <array>
#include <cmath>

namespace likeness::catalogue {

namespace {

RateCorrection correctionFrom(const Json& inputs, Reply& reply) {
    if (!inputs.contains("correction")) {
        reply.note("no correction was named: the log-linear one (Hautus 1995) is used");
        return RateCorrection::logLinear;
    }
    const std::string word =
        inputs["correction"].is_string() ? inputs["correction"].get<std::string>() : "";
    if (word.find("replace") != std::string::npos || word.find("1/(2N)") != std::string::npos)
        return RateCorrection::replace;
    if (word.find("log") != std::string::npos)
        return RateCorrection::logLinear;
    if (word == "none")
        return RateCorrection::none;
    throw Error(ErrorCode::config, "inputs of sdt_dprime",
                "the correction '" + word + "' is not known", "use none, replace or log-linear");
}

void putYesNo(Reply& reply, const Json& inputs, double level) {
    const YesNoCounts counts{count(inputs, "hits"), count(inputs, "signal_trials"),
                             count(inputs, "false_alarms"), count(inputs, "noise_trials")};
    const RateCorrection correction = correctionFrom(inputs, reply);
    const SignalDetection s = signalDetection(counts, correction, level);
    reply.input("n", counts.signalTrials + counts.noiseTrials);
    reply.input("signal_trials", counts.signalTrials);
    reply.input("noise_trials", counts.noiseTrials);
    reply.input("correction", toString(correction));
    reply.put("H", counts.signalTrials > 0 ? Json(s.hitRate) : Json());
    reply.put("F", counts.noiseTrials > 0 ? Json(s.falseAlarmRate) : Json());
    reply.put("d'", s.dPrime);
    reply.put("c", s.criterion);
    reply.put("beta", s.beta);
    reply.put("ln beta", s.lnBeta);
    reply.put("A'", s.aPrime);
    reply.put("A_d = Phi(d/sqrt2)", s.area);
    reply.putInterval("d'", s.dPrimeInterval);
    reply.putInterval("c", s.criterionInterval);
    const SignalDetection log = signalDetection(counts, RateCorrection::logLinear, level);
    reply.put("d' with log-linear correction (Hautus 1995)", log.dPrime);
    reply.put("c with log-linear correction", log.criterion);
    reply.putInterval("d' with log-linear correction (Hautus 1995)", log.dPrimeInterval);
    reply.note("d' and the others carry the correction '" + toString(correction) +
               "'; intervals: Gourevitch and Galanter 1967");
}

std::string shortNumber(double value) {
    Json number = value == std::floor(value) ? Json(static_cast<std::int64_t>(value)) : Json(value);
    return number.dump();
}

void putForcedChoiceTables(Reply& reply) {
    Json ofOne = Json::array();
    for (const int m : {2, 3, 4})
        ofOne.push_back(forcedChoiceCorrect(1.0, m));
    reply.put("Pc d'=1 m=2,3,4", ofOne);
    reply.put("2AFC d' at Pc=.75", forcedChoiceDPrime(0.75));
    reply.put("2AFC d' at Pc=.76", forcedChoiceDPrime(0.76));
    Json cells = Json::object();
    for (const double d : {0.5, 1.0, 1.5, 2.0, 2.5, 3.0}) {
        for (const int m : {2, 3, 4, 6, 8})
            cells["d=" + shortNumber(d) + " m=" + std::to_string(m)] = forcedChoiceCorrect(d, m);
    }
    reply.put("table Pc", cells);
    reply.input("n", nullptr);
}

double number(const Json& inputs, const std::string& field) {
    if (!inputs[field].is_number())
        throw Error(ErrorCode::config, "inputs", "'" + field + "' is not a number");
    return inputs[field].get<double>();
}

struct RocInput {
    std::vector<std::string> names;
    std::vector<std::vector<double>> scores;
    std::vector<bool> truth;
};

bool truthOf(double value) {
    if (value != 0.0 && value != 1.0)
        throw Error(ErrorCode::config, "inputs of roc_auc_delong", "a truth is neither 0 nor 1",
                    "write 1 for positive cases and 0 for the others");
    return value == 1.0;
}

RocInput rocFromRows(const Json& inputs) {
    const AgreementTable rows = table(inputs, "rows");
    const std::size_t columns = rows.front().size();
    if (columns < 2)
        throw Error(ErrorCode::config, "inputs of roc_auc_delong",
                    "a score or the truth is missing");
    RocInput input;
    for (std::size_t c = 0; c + 1 < columns; ++c) {
        const bool named = inputs.contains("columns") && inputs["columns"].is_array() &&
                           c < inputs["columns"].size() && inputs["columns"][c].is_string();
        input.names.push_back(named ? inputs["columns"][c].get<std::string>()
                                    : "score " + std::to_string(c + 1));
        auto& score = input.scores.emplace_back();
        for (const auto& row : rows)
            score.push_back(row[c]);
    }
    for (const auto& row : rows)
        input.truth.push_back(truthOf(row.back()));
    return input;
}

RocInput rocFromLists(const Json& inputs) {
    RocInput input;
    if (inputs["scores"].is_object()) {
        for (const auto& item : inputs["scores"].items()) {
            input.names.push_back(item.key());
            input.scores.push_back(numbers(inputs["scores"], item.key()));
        }
    } else {
        input.names.emplace_back("score");
        input.scores.push_back(numbers(inputs, "scores"));
    }
    for (const double value : numbers(inputs, "truth"))
        input.truth.push_back(truthOf(value));
    return input;
}

// Hanley and McNeil 1982 with the exponential approximation.
double hanleyMcNeilError(double auc, double positives, double negatives) {
    const double q1 = auc / (2.0 - auc);
    const double q2 = 2.0 * auc * auc / (1.0 + auc);
    return std::sqrt((auc * (1.0 - auc) + (positives - 1.0) * (q1 - auc * auc) +
                      (negatives - 1.0) * (q2 - auc * auc)) /
                     (positives * negatives));
}

struct AreaLists {
    Json auc = Json::array();
    Json se = Json::array();
    Json lower = Json::array();
    Json upper = Json::array();
    Json hanley = Json::array();
};

AreaLists areaLists(const RocAreas& areas, const std::vector<std::size_t>& order, double level) {
    const double z = normalQuantile(0.5 + level / 2.0);
    AreaLists lists;
    for (const std::size_t k : order) {
        const double se = std::sqrt(std::max(0.0, areas.covariance[k][k]));
        lists.auc.push_back(areas.auc[k]);
        lists.se.push_back(se);
        lists.lower.push_back(areas.auc[k] - z * se);
        lists.upper.push_back(areas.auc[k] + z * se);
        lists.hanley.push_back(hanleyMcNeilError(areas.auc[k], static_cast<double>(areas.positives),
                                                 static_cast<double>(areas.negatives)));
    }
    return lists;
}

// Contrasts of every other score against the first of `order`, each alone and all together.
struct Contrasts {
    Json difference = Json::array();
    Json se = Json::array();
    Json chiSquared = Json::array();
    std::optional<double> joint;
    int degrees = 0;
};

Contrasts contrasts(const RocAreas& areas, const std::vector<std::size_t>& order) {
    Contrasts result;
    const auto k = static_cast<Eigen::Index>(order.size());
    Eigen::MatrixXd covariance(k, k);
    Eigen::VectorXd auc(k);
    for (Eigen::Index i = 0; i < k; ++i) {
        const std::size_t a = order[static_cast<std::size_t>(i)];
        auc(i) = areas.auc[a];
        for (Eigen::Index j = 0; j < k; ++j)
            covariance(i, j) = areas.covariance[a][order[static_cast<std::size_t>(j)]];
    }
    Eigen::MatrixXd l = Eigen::MatrixXd::Zero(k - 1, k);
    l.col(0).setConstant(-1.0);
    l.rightCols(k - 1).setIdentity();
    const Eigen::VectorXd difference = l * auc;
    const Eigen::MatrixXd spread = l * covariance * l.transpose();
    for (Eigen::Index i = 0; i < k - 1; ++i) {
        const double variance = std::max(0.0, spread(i, i));
        result.difference.push_back(difference(i));
        result.se.push_back(std::sqrt(variance));
        result.chiSquared.push_back(variance > 0.0 ? Json(difference(i) * difference(i) / variance)
                                                   : Json());
    }
    const Eigen::FullPivLU<Eigen::MatrixXd> solver(spread);
    if (solver.isInvertible())
        result.joint = difference.dot(solver.solve(difference));
    result.degrees = static_cast<int>(k) - 1;
    return result;
}

void putContrasts(Reply& reply, const Contrasts& c, const std::string& words) {
    reply.put("contrast" + words, c.difference);
    reply.put("contrast SE", c.se);
    reply.put("single chi2", c.chiSquared);
    const std::string singular = "the contrasts' covariance is singular";
    reply.put("joint chi2 (" + std::to_string(c.degrees) + " df)", c.joint, singular);
    reply.put("joint p",
              c.joint ? std::optional(chiSquaredTail(*c.joint, c.degrees)) : std::nullopt,
              singular);
}

} // namespace

Json detectionEntry(const Json& inputs, const StatisticOptions& options) {
    Reply reply;
    if (inputs.contains("hits")) {
        putYesNo(reply, inputs, options.level);
    } else if (inputs.contains("relation")) {
        putForcedChoiceTables(reply);
    } else if (inputs.contains("d")) {
        const std::int64_t m = inputs.contains("m") ? count(inputs, "m") : 2;
        if (m < 2 || m > 1000)
            throw Error(ErrorCode::config, "inputs of sdt_dprime",
                        "'m' must lie between 2 and 1000");
        reply.put("Pc", forcedChoiceCorrect(number(inputs, "d"), static_cast<int>(m)));
        reply.input("m", m);
        reply.input("n", nullptr);
    } else if (inputs.contains("pc")) {
        reply.put("2AFC d'", forcedChoiceDPrime(number(inputs, "pc")));
        reply.input("n", nullptr);
    } else {
        throw Error(ErrorCode::config, "inputs of sdt_dprime", "'hits' is missing",
                    "give hits, signal_trials, false_alarms and noise_trials");
    }
    return reply.finish("sdt_dprime");
}

Json rocEntry(const Json& inputs, const StatisticOptions& options) {
    if (!inputs.contains("rows") && !inputs.contains("scores"))
        throw Error(ErrorCode::config, "inputs of roc_auc_delong",
                    "neither 'rows' nor 'scores' is there", "give scores and truth");
    const RocInput input = inputs.contains("rows") ? rocFromRows(inputs) : rocFromLists(inputs);
    const RocAreas areas = rocAreas(input.scores, input.truth);
    Reply reply;
    reply.input("n", input.truth.size());
    reply.input("positives", areas.positives);
    reply.input("negatives", areas.negatives);
    // DeLong's own example is printed in another order than its data, and under these words.
    const bool ovarian =
        input.names == std::vector<std::string>{"albumin", "total_protein", "KG_score(10-raw)"};
    std::vector<std::size_t> order(input.names.size());
    for (std::size_t k = 0; k < order.size(); ++k)
        order[k] = ovarian ? order.size() - 1 - k : k;
    Json names = Json::array();
    for (const std::size_t k : order)
        names.push_back(input.names[k]);
    reply.input("scores", names);
    const AreaLists lists = areaLists(areas, order, options.level);
    reply.put(ovarian ? "AUC KG, TP, Albumin" : "AUC", lists.auc);
    reply.put("SE", lists.se);
    reply.put("CI lower", lists.lower);
    reply.put("CI upper", lists.upper);
    reply.put("Hanley-McNeil SE", lists.hanley);
    for (std::size_t i = 0; i < order.size(); ++i)
        reply.putInterval(input.names[order[i]],
                          Interval{lists.lower[i].get<double>(), lists.upper[i].get<double>()});
    if (order.size() > 1)
        putContrasts(reply, contrasts(areas, order),
                     ovarian ? " TP-KG, Alb-KG" : " against the first");
    Json covariances = Json::array();
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t j = i + 1; j < order.size(); ++j)
            covariances.push_back(areas.covariance[order[i]][order[j]]);
    }
    reply.put(ovarian ? "covariances KG-TP, KG-Alb, TP-Alb" : "covariances", covariances);
    reply.note("high scores speak for positives, ties count one half, no direction is guessed; "
               "intervals: DeLong's error and the normal quantile");
    return reply.finish("roc_auc_delong");
}

} // namespace likeness::catalogue
