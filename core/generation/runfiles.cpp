// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/generation/client/strictjson.h"
#include "core/generation/run.h"

#include <cmath>

namespace likeness {

namespace fs = std::filesystem;

namespace {

fs::path stateNear(const fs::path& given) {
    return given.extension() == ".state" ? given : statePathOf(given);
}

/// How a resumed run was split; a state that does not say so knew neither splits nor fields of
/// view.
HoldOutChoice choiceIn(const Json& manifest) {
    const Json asked = manifest.value("resume", Json::object()).value("hold_out", Json::object());
    if (!asked.empty())
        return holdOutChoiceFrom(asked);
    HoldOutChoice choice = nothingHeldOut();
    choice.circlePercent = 100.0;
    return choice;
}

} // namespace

void Run::adoptState() {
    const fs::path path = stateNear(*m_options.resume);
    const std::string subject = path.string();
    m_state = readTrainingState(path);
    const Json& manifest = m_state->manifest;
    const auto mismatch = [&](const std::string& what) {
        throw Error(ErrorCode::conflict, subject, "it was trained with " + what,
                    "use the same settings and data, or train anew");
    };
    if (requiredText(manifest, "model", subject) != m_options.preset.model)
        mismatch("another model");
    if (requiredText(manifest, "preset", subject) != m_options.preset.name)
        mismatch("another preset");
    if (boundedInteger(manifest, "size", 8, 4096, subject) != m_options.size)
        mismatch("another size");
    if (requiredText(manifest, "symmetry", subject) != toString(m_options.symmetry))
        mismatch("another symmetry");
    if (manifest.value("data", Json::object()).value("sha256", "") != m_dataHash)
        mismatch("other data");
    settings() = settingsIn(manifest, subject);
    m_options.seed = manifest.value("seed", std::uint64_t{0});
    m_map = greyMapFromJson(manifest.value("grey_map", Json()), subject);
    m_done = m_doneBefore = boundedInteger(manifest, "steps", 0, INT64_MAX, subject);
    m_secondsBefore = manifest.value("seconds", 0.0);
    m_name = manifest.value("run", m_name);
    m_resume = manifest.value("resume", Json::object());
    m_parts = boundedInt(m_resume, "chunks", 1, 4096, subject);
    m_bfloat16 = m_resume.value("bfloat16", false);
    m_rateFactor = m_resume.value("rate_factor", 1.0);
    m_memorySplits = manifest.value("memory_splits", Json::array());
    m_cost.addEarlier(manifest.value("cost", Json()));
    m_options.holdOut = choiceIn(manifest);
    if (m_options.steps && *m_options.steps <= m_done)
        throw Error(ErrorCode::config, subject,
                    "it has been trained for " + std::to_string(m_done) + " steps already",
                    "ask for more steps");
}

void Run::checkSplit() const {
    const Json before = m_state->manifest.value("split", Json());
    if (before.is_object() && before != m_data.split)
        throw Error(ErrorCode::conflict, m_options.resume->string(),
                    "it was trained on another part of the set",
                    "give the images the names and specimens that they had, or train anew");
}

Json Run::cost() const {
    Json cost = m_cost.record();
    cost.update({{"parameters", m_network->parameters().count()},
                 {"steps", m_done},
                 {"images_seen", m_done * m_schedule.batch},
                 {"training_seconds", seconds()},
                 {"processes", processCount()}});
    return cost;
}

Json Run::allNotes() const {
    Json notes = m_notes;
    for (const std::string& note : m_monitor->notes())
        notes.push_back(note);
    return notes;
}

Json Run::manifest(const char* role) const {
    const Preset& preset = m_options.preset;
    const PackedSet& set = m_data.training.set;
    std::int64_t pixels = 0;
    for (std::size_t i = 0; i < set.images.size(); ++i)
        pixels += set.span(i).pixels();
    Json manifest = preset.settings;
    manifest.update({{"model", preset.model},
                     {"preset", preset.name},
                     {"grey_map", toJson(m_map)},
                     {"size", m_options.size},
                     {"symmetry", toString(m_options.symmetry)},
                     {"steps", m_done},
                     {"seconds", seconds()},
                     {"seed", m_options.seed},
                     {"parameters", m_network->parameters().count()},
                     {"data",
                      {{"sha256", m_dataHash},
                       {"images", set.images.size()},
                       {"images_left_out", m_crops->imagesLeftOut()},
                       {"pixels", pixels}}},
                     {"split", m_data.split},
                     {"losses", m_step->losses()},
                     {"labels", m_options.labels},
                     {"device", m_plan.name},
                     {"precision", m_bfloat16 ? "bfloat16" : "float32"},
                     {"libtorch", torchVersion()},
                     {"program", LIKENESS_VERSION},
                     {"run", m_name},
                     {"role", role},
                     {"cost", cost()},
                     {"monitor", m_monitor->describe()},
                     {"notes", allNotes()},
                     {"memory_splits", m_memorySplits}});
    if (!m_endedBy.empty())
        manifest["ended_by"] = m_endedBy;
    if (const auto warning = m_step->warning())
        manifest["warning"] = *warning;
    return manifest;
}

Json Run::resumption() const {
    return {{"chunks", m_step->parts()},
            {"bfloat16", m_bfloat16},
            {"rate_factor", m_rateFactor},
            {"losses", m_step->saveLosses()},
            {"hold_out", toJson(m_options.holdOut)},
            {"monitor", m_monitor->describe()}};
}

void Run::save() {
    if (!leads())
        return;
    std::vector<Parameters::Entry> tensors;
    withRunningMean([&] { tensors = storedTensors(*m_network, m_network->parameters().flat()); });
    const Json described = manifest("last");
    TrainingState state;
    state.manifest = described;
    state.manifest["resume"] = resumption();
    state.parameters = m_network->parameters().flat();
    state.mean = m_optimizer->mean();
    state.square = m_optimizer->square();
    state.ema = m_optimizer->ema();
    std::vector<PreparedFile> files;
    files.push_back(preparedState(statePathOf(m_options.output), state));
    files.push_back(preparedCheckpoint(m_options.output, tensors, described));
    if (m_best)
        files.push_back(
            preparedCheckpoint(bestPathOf(m_options.output), m_best->tensors, m_best->manifest));
    m_hashes = writePrepared(files);
}

TrainingOutcome Run::outcome() {
    TrainingReport last = progress(TrainingStage::saving);
    TrainingOutcome outcome;
    outcome.stoppedEarly = m_stopped && !isOver();
    m_endedBy = outcome.stoppedEarly   ? "stop"
                : m_budget.finishing() ? "finish"
                : last.fraction < 1.0  ? "early stop"
                                       : "budget";
    outcome.endedBy = m_endedBy;
    outcome.seconds = seconds();
    outcome.samplesPerSecond = last.stepsPerSecond * m_schedule.batch;
    save();
    if (leads())
        outcome.sha256 = m_hashes[1];
    outcome.steps = m_done;
    outcome.device = m_plan.name;
    outcome.parameters = m_network->parameters().count();
    outcome.losses = m_step->losses();
    outcome.warning = m_step->warning();
    outcome.cost = cost();
    outcome.notes = allNotes();
    const auto best = m_monitor->best();
    if (m_monitor->floor())
        outcome.heldOut = {{"floor", likeness::toJson(*m_monitor->floor())},
                           {"last", last.heldOut ? likeness::toJson(*last.heldOut) : Json()},
                           {"best", best ? likeness::toJson(*best) : Json()}};
    if (m_best && best && best->step != m_done) {
        outcome.best = bestPathOf(m_options.output);
        outcome.bestSha256 = m_hashes.back();
    }
    return outcome;
}

} // namespace likeness
