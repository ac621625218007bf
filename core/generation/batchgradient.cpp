// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/batchgradient.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace likeness {

BatchGradient::BatchGradient(const Parameters& parameters,
                             WorkerPool& pool,
                             Cut cut,
                             const std::string& prefix)
    : m_pool(pool)
    , m_cut(cut)
    , m_flat(parameters.flat()) {
    for (const Parameters::Entry& entry : parameters.entries()) {
        if (entry.name.starts_with(prefix)) {
            m_parameters.push_back(entry.value);
            m_size += entry.value.numel();
        } else if (m_size == 0) {
            m_begin += entry.value.numel();
        }
    }
    m_cut.perPart = std::clamp(m_cut.perPart, 1, m_cut.batch);
    const int processes = processCount();
    const int most = m_cut.batch / m_cut.perPart / processes * processes;
    if (most == 0)
        throw Error(ErrorCode::config, "training in " + std::to_string(processes) + " processes",
                    "a batch of " + std::to_string(m_cut.batch) + " images has no share for each",
                    "use fewer processes or a larger batch");
    m_cut.parts = std::clamp((m_cut.parts + processes - 1) / processes * processes, 1, most);
    allocate();
}

void BatchGradient::allocate() {
    m_gradients.clear();
    for (int i = 0; i < m_cut.parts / processCount(); ++i)
        m_gradients.push_back(torch::empty({m_size}, m_flat.options().requires_grad(false)));
}

bool BatchGradient::splitFurther() {
    const int most = m_cut.batch / m_cut.perPart;
    if (m_cut.parts >= most || processCount() > 1)
        return false;
    m_cut.parts = std::min(m_cut.parts * 2, most);
    allocate();
    return true;
}

int BatchGradient::processCount() const noexcept {
    return m_pool.processes() == nullptr ? 1 : m_pool.processes()->size();
}

void BatchGradient::overParts(int parts, const std::function<void(int)>& work) {
    m_pool.run([&](int worker) {
        for (int part = worker; part < parts; part += m_pool.size())
            work(part);
    });
}

void BatchGradient::gradientOfPart(int number, const Loss& loss) {
    const std::int64_t units = m_cut.batch / m_cut.perPart;
    const auto edge = [&](std::int64_t part) {
        return part == m_cut.parts ? m_cut.batch : part * units / m_cut.parts * m_cut.perPart;
    };
    Part part;
    part.number = number;
    part.first = edge(number);
    part.count = edge(number + 1) - part.first;
    const auto gradients = torch::autograd::grad({loss(part)}, m_parameters);
    const torch::NoGradGuard noGrad;
    const torch::Tensor& flat = m_gradients[static_cast<std::size_t>(number) % m_gradients.size()];
    std::int64_t offset = 0;
    for (const torch::Tensor& gradient : gradients) {
        flat.narrow(0, offset, gradient.numel()).copy_(gradient.reshape({-1}));
        offset += gradient.numel();
    }
}

bool BatchGradient::compute(const Loss& loss, const std::stop_token& stop) {
    const int own = static_cast<int>(m_gradients.size());
    const int first = m_pool.processes() == nullptr ? 0 : m_pool.processes()->rank() * own;
    overParts(own, [&](int part) {
        if (!stop.stop_requested())
            gradientOfPart(first + part, loss);
    });
    return !stop.stop_requested();
}

Optimizer::Piece BatchGradient::pieceOf(int part) const {
    const std::int64_t begin = m_size * part / m_cut.parts;
    return {begin, m_size * (part + 1) / m_cut.parts - begin};
}

double BatchGradient::norm() {
    const auto sumOf = [this](int part) {
        const torch::NoGradGuard noGrad;
        const auto [begin, size] = pieceOf(part);
        // In pairs, so that processes whose number is a power of two add in the same order as one.
        for (std::size_t stride = 1; stride < m_gradients.size(); stride *= 2) {
            for (std::size_t i = 0; i + stride < m_gradients.size(); i += 2 * stride)
                m_gradients[i]
                    .narrow(0, begin, size)
                    .add_(m_gradients[i + stride].narrow(0, begin, size));
        }
        return m_gradients.front().narrow(0, begin, size);
    };
    if (m_pool.processes() != nullptr) {
        overParts(m_cut.parts, [&](int part) { (void)sumOf(part); });
        m_pool.processes()->sum(m_gradients.front());
    }
    std::vector<double> squares(static_cast<std::size_t>(m_cut.parts));
    overParts(m_cut.parts, [&](int part) {
        const torch::NoGradGuard noGrad;
        const auto [begin, size] = pieceOf(part);
        const torch::Tensor sum = m_pool.processes() != nullptr
                                      ? m_gradients.front().narrow(0, begin, size)
                                      : sumOf(part);
        squares[static_cast<std::size_t>(part)] = torch::dot(sum, sum).item<double>();
    });
    double total = 0.0;
    for (const double square : squares)
        total += square;
    return m_norm = std::sqrt(total);
}

void BatchGradient::apply(Optimizer& optimizer, Optimizer::Step step, double clipNorm) {
    step.gradientScale = std::min(1.0, clipNorm / (m_norm + 1e-12));
    overParts(m_cut.parts, [&](int part) {
        const auto [begin, size] = pieceOf(part);
        optimizer.update(m_flat, m_gradients.front().narrow(0, begin, size), step,
                         {m_begin + begin, size});
    });
}

} // namespace likeness
