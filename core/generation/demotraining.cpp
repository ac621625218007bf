// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/demotraining.h"

#include "core/generation/config.h"
#include "core/generation/noise.h"

namespace likeness {

namespace {

PackedSet noiseSet() {
    PackedSet set;
    set.type = PixelType::f32;
    PackedImage image;
    image.width = image.height = 256;
    std::vector<float> values(256 * 256);
    fillNormal(values, 1);
    const auto bytes = std::as_bytes(std::span(values));
    image.pixels.assign(bytes.begin(), bytes.end());
    set.images.push_back(std::move(image));
    return set;
}

} // namespace

DemoTraining::DemoTraining(const std::string& model, int threads)
    : m_family(familyNamed(model))
    , m_settings(presetNamed(model, "demo").settings)
    , m_size(m_family.usualSize("demo"))
    , m_set(noiseSet())
    , m_crops(m_set, greyMapOf(m_set), m_size, Symmetry::square8)
    , m_pool(threads)
    , m_network(m_family.network(m_settings, {m_size, 0.5, 0})) {
    m_network->parameters().flatten(torch::kCPU);
    m_optimizer = std::make_unique<Optimizer>(m_network->parameters().flat(), m_family.momentum());
    StepSetup setup;
    setup.size = m_size;
    setup.parts = m_family.partsFor(m_settings, threads);
    m_step = m_family.step(m_settings, {*m_network, m_crops, m_pool}, setup);
}

bool DemoTraining::prefersBfloat16() {
    return m_step->prefersBfloat16();
}

void DemoTraining::step() {
    Optimizer::Step update;
    update.number = ++m_number;
    update.learningRate = 1e-4;
    update.emaDecay = 0.995;
    (void)m_step->run(*m_optimizer, update, 0.0);
}

std::int64_t DemoTraining::parameterCount() const {
    return m_network->parameters().count();
}

} // namespace likeness
