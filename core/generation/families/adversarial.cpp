// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/adversarial.h"

#include <cmath>

namespace likeness {

namespace {

constexpr double kWeightBeforeWarning = 63.0; ///< of the running mean: reached after 100 steps

} // namespace

torch::Tensor squaredSlopes(const torch::Tensor& images,
                            const std::function<torch::Tensor(const torch::Tensor&)>& scores) {
    const torch::Tensor watched = images.detach().set_requires_grad(true);
    const torch::Tensor mean = scores(watched).mean({1});
    const torch::Tensor slopes =
        torch::autograd::grad({mean.sum()}, {watched}, {}, true, true).front();
    return (slopes * slopes).sum({1, 2, 3});
}

void AdversarialFigures::Sums::scale(double factor) noexcept {
    for (double* sum : all())
        *sum *= factor;
}

void AdversarialFigures::share(const std::function<void(std::span<double>)>& sum) {
    std::vector<double> values;
    for (Sums& part : m_parts) {
        for (const double* value : part.all())
            values.push_back(*value);
    }
    sum(values);
    auto shared = values.begin();
    for (Sums& part : m_parts) {
        for (double* value : part.all())
            *value = *shared++;
    }
}

void AdversarialFigures::addScores(int part, const torch::Tensor& real, const torch::Tensor& fake) {
    const torch::NoGradGuard noGrad;
    Sums& sums = of(part);
    sums.realScore += real.mean({1}).sum().item<double>();
    sums.fakeScore += fake.mean({1}).sum().item<double>();
    sums.realSign += torch::sign(real).mean({1}).sum().item<double>();
}

double AdversarialFigures::mean(double Sums::*figure) const {
    double sum = 0.0;
    for (const Sums& part : m_parts)
        sum += part.*figure;
    return sum / static_cast<double>(m_batch);
}

void AdversarialFigures::keepIn(RunningMeans& means, const char* penalty) const {
    means.add({{"discriminator", mean(&Sums::discriminator)},
               {"generator", mean(&Sums::generator)},
               {"score_of_real", mean(&Sums::realScore)},
               {"score_of_generated", mean(&Sums::fakeScore)}});
    if (penalty != nullptr)
        means.add({{penalty, mean(&Sums::r1)}});
}

std::optional<std::string> collapseWarning(const RunningMeans& means, double collapsed) {
    if (means.weight("discriminator") < kWeightBeforeWarning ||
        means.mean("discriminator", INFINITY) > collapsed)
        return std::nullopt;
    return "The discriminator tells nearly every image, so the generator learns nothing more: "
           "stop, and train with a larger set, a larger r1_weight or another seed";
}

} // namespace likeness
