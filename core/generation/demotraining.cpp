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
    : DemoTraining(model, "demo", planDevice({"cpu", threads})) {}

DemoTraining::DemoTraining(const std::string& model,
                           const std::string& preset,
                           const DevicePlan& plan)
    : m_family(familyNamed(model))
    , m_settings(presetNamed(model, preset).settings)
    , m_size(m_family.usualSize(preset))
    , m_set(noiseSet())
    , m_crops(m_set, greyMapOf(m_set), m_size, Symmetry::square8)
    , m_pool(plan.workers)
    , m_network(m_family.network(m_settings, {m_size, 0.5, 0})) {
    const torch::Device device(plan.name);
    m_network->parameters().flatten(device);
    m_optimizer = std::make_unique<Optimizer>(m_network->parameters().flat(), m_family.momentum());
    StepSetup setup;
    setup.device = device;
    setup.size = m_size;
    setup.parts = plan.cuda ? 1 : m_family.partsFor(m_settings, plan.workers);
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

int DemoTraining::batch() const {
    return m_settings.at("training").at("batch").get<int>();
}

std::int64_t DemoTraining::parameterCount() const {
    return m_network->parameters().count();
}

} // namespace likeness
