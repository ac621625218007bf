// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/statistics/catalogueentries.h"
#include "core/statistics/opinion.h"

#include <cmath>

namespace likeness::catalogue {

namespace {

double meanOf(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double v : values)
        sum += v;
    return sum / static_cast<double>(values.size());
}

double populationVariance(const std::vector<double>& values) {
    const double mean = meanOf(values);
    double sum = 0.0;
    for (const double v : values)
        sum += (v - mean) * (v - mean);
    return sum / static_cast<double>(values.size());
}

RatingMatrix scoresOf(const Json& inputs, const StatisticOptions& options) {
    if (inputs.contains("csv"))
        return csvRatings(inputs, options);
    if (!inputs.contains("scores"))
        throw Error(ErrorCode::config, "inputs of mos_bt500_p910",
                    "neither 'scores' nor 'csv' is there",
                    "give scores with stimuli in rows and subjects in columns");
    const Json& scores = inputs["scores"];
    if (scores.is_array() && !scores.empty() && !scores[0].is_array()) {
        RatingMatrix one(1);
        for (const double value : numbers(inputs, "scores"))
            one[0].emplace_back(value);
        return one;
    }
    return ratings(inputs, "scores");
}

std::vector<double> present(const std::vector<std::optional<double>>& row) {
    std::vector<double> values;
    for (const auto& cell : row) {
        if (cell)
            values.push_back(*cell);
    }
    return values;
}

void putPlain(Reply& reply, const RatingMatrix& scores, double level) {
    Json means = Json::array();
    Json intervals = Json::array();
    std::vector<double> defined;
    for (const auto& row : scores) {
        const std::vector<double> values = present(row);
        const MeanOpinion opinion = meanOpinion(values, level);
        means.push_back(opinion.mean.value ? Json(*opinion.mean.value) : Json());
        intervals.push_back(opinion.interval ? toJson(*opinion.interval) : Json());
        if (opinion.mean.value)
            defined.push_back(*opinion.mean.value);
    }
    reply.put("MOS", means);
    reply.put("MOS CI Student t", intervals);
    if (means.size() > 10)
        reply.put("MOS[0], MOS[10]", Json::array({means[0], means[10]}));
    if (!defined.empty()) {
        reply.put("mean of MOS", meanOf(defined));
        reply.put("var of MOS (population)", populationVariance(defined));
    }
    const MeanOpinion first = meanOpinion(present(scores.front()), 0.95);
    const std::string reason = "the first stimulus has fewer than two scores";
    reply.put("CI95 half-width PVS 0: BT.500 1.96*S/sqrt(N), S with N-1", first.halfWidthNormal,
              reason);
    reply.put("CI95 half-width PVS 0: Student t", first.halfWidthStudent, reason);
    if (scores.size() == 1)
        reply.putInterval("MOS", meanOpinion(present(scores.front()), level).interval);
}

Json indices(const std::vector<std::size_t>& list) {
    Json out = Json::array();
    for (const std::size_t i : list)
        out.push_back(i);
    return out;
}

void putScreening(Reply& reply, const RatingMatrix& scores) {
    std::vector<std::vector<double>> complete;
    for (const auto& row : scores) {
        complete.push_back(present(row));
        if (complete.back().size() != scores.front().size()) {
            reply.note("BT.500 screening needs a table without gaps: it is left out");
            return;
        }
    }
    const ObserverScreening population = screenObservers(complete, Deviation::population);
    const ObserverScreening sample = screenObservers(complete, Deviation::sample);
    reply.put("rejected subjects (population std, as sureal)", indices(population.rejected));
    reply.put("rejected subjects using sample std (N-1), as the BT.500 text defines S",
              indices(sample.rejected));
    reply.put("P counts", population.above);
    reply.put("Q counts", population.below);
    if (!population.mosAfter.empty()) {
        reply.put("mean MOS after rejection (sureal)", meanOf(population.mosAfter));
        reply.put("var MOS after rejection (population)", populationVariance(population.mosAfter));
    }
    if (!sample.mosAfter.empty())
        reply.put("mean MOS after rejection with N-1", meanOf(sample.mosAfter));
}

void putSubjectModel(Reply& reply, const RatingMatrix& scores) {
    const SubjectModel model = subjectModel(scores);
    const std::string stimuli = " (" + std::to_string(model.mos.size()) + ")";
    const std::string subjects = " (" + std::to_string(model.bias.size()) + ")";
    reply.put("mos_j" + stimuli, model.mos);
    reply.put("sos_j" + stimuli, model.mosError);
    reply.put("bias_i" + subjects, model.bias);
    reply.put("inconsistency_i" + subjects, model.inconsistency);
    reply.put("iterations", static_cast<double>(model.iterations));
}

} // namespace

Json opinionEntry(const Json& inputs, const StatisticOptions& options) {
    const RatingMatrix scores = scoresOf(inputs, options);
    Reply reply;
    std::int64_t n = 0;
    for (const auto& row : scores)
        n += static_cast<std::int64_t>(present(row).size());
    reply.input("n", n);
    reply.input("stimuli", scores.size());
    reply.input("subjects", scores.front().size());
    putPlain(reply, scores, options.level);
    if (scores.size() > 1 && scores.front().size() > 1) {
        putScreening(reply, scores);
        putSubjectModel(reply, scores);
    } else {
        reply.note("screening and the subject model need several stimuli and several subjects");
    }
    return reply.finish("mos_bt500_p910");
}

Json proportionEntry(const Json& inputs, const StatisticOptions& options) {
    Reply reply;
    if (inputs.contains("x_n")) {
        Json wilson = Json::array();
        Json exact = Json::array();
        std::int64_t trials = 0;
        for (const auto& row : table(inputs, "x_n")) {
            if (row.size() != 2)
                throw Error(ErrorCode::config, "inputs",
                            "'x_n' needs pairs of successes and trials");
            const Proportion p{wholeNumber(row[0], "x_n"), wholeNumber(row[1], "x_n")};
            wilson.push_back(toJson(wilsonInterval(p)));
            exact.push_back(toJson(clopperPearsonInterval(p)));
            trials += p.trials;
        }
        reply.input("n", trials);
        reply.put("Wilson 95%", wilson);
        reply.put("Clopper-Pearson 95%", exact);
    } else if (inputs.contains("correct")) {
        const Proportion p{count(inputs, "correct"), count(inputs, "n")};
        const BinomialTest test = binomialTest(p);
        reply.input("n", p.trials);
        reply.put("proportion", static_cast<double>(p.successes) / static_cast<double>(p.trials));
        reply.put("two-sided p", test.twoSided);
        reply.put("P(X>=" + std::to_string(p.successes) + ")", test.atLeast);
        reply.put("Wilson 95%", toJson(wilsonInterval(p)));
        reply.put("Clopper-Pearson 95%", toJson(clopperPearsonInterval(p)));
        reply.putInterval("proportion", wilsonInterval(p, options.level));
        reply.note("test against chance of one half; interval: Wilson");
    } else if (inputs.contains("table")) {
        const AgreementTable counts = table(inputs, "table");
        if (counts.size() != 2 || counts[0].size() != 2)
            throw Error(ErrorCode::config, "inputs", "'table' must have two rows and two columns");
        const McNemarTest test =
            mcNemarTest(wholeNumber(counts[0][1], "table"), wholeNumber(counts[1][0], "table"));
        reply.input("n", counts[0][0] + counts[0][1] + counts[1][0] + counts[1][1]);
        reply.put("chi2 no correction", test.chiSquared);
        reply.put("chi2 with continuity", test.chiSquaredContinuity);
        reply.put("exact two-sided p", test.exactTwoSided);
    } else {
        throw Error(ErrorCode::config, "inputs of proportion_mcnemar",
                    "none of 'x_n', 'correct' and 'table' is there",
                    "give {correct, n}, {x_n} or {table}");
    }
    return reply.finish("proportion_mcnemar");
}

} // namespace likeness::catalogue
