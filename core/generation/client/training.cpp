// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/training.h"

#include "core/base/error.h"

#include <array>
#include <utility>

namespace likeness {

namespace {

constexpr std::array<TrainingStage, 5> kStages{TrainingStage::starting, TrainingStage::training,
                                               TrainingStage::paused, TrainingStage::finishing,
                                               TrainingStage::saving};

template <typename T>
Json orNull(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json orNull(const std::optional<HeldOutFigures>& figures) {
    return figures ? toJson(*figures) : Json(nullptr);
}

double number(const Json& json, const char* key, double otherwise) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number() ? found->get<double>() : otherwise;
}

std::int64_t integer(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::string text(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<HeldOutFigures> figuresIn(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() ? heldOutFiguresFrom(*found) : std::nullopt;
}

} // namespace

Json toJson(const HeldOutFigures& figures) {
    return {{"step", figures.step},
            {"seconds", figures.seconds},
            {"porosity_difference", figures.porosityDifference},
            {"s2_rmse", figures.s2Rmse},
            {"spectrum_db", figures.spectrumDb},
            {"score", figures.score}};
}

std::optional<HeldOutFigures> heldOutFiguresFrom(const Json& json) {
    if (!json.is_object())
        return std::nullopt;
    for (const char* key :
         {"step", "seconds", "porosity_difference", "s2_rmse", "spectrum_db", "score"}) {
        const auto found = json.find(key);
        if (found == json.end() || !found->is_number())
            return std::nullopt;
    }
    return HeldOutFigures{json["step"].get<std::int64_t>(),          json["seconds"].get<double>(),
                          json["porosity_difference"].get<double>(), json["s2_rmse"].get<double>(),
                          json["spectrum_db"].get<double>(),         json["score"].get<double>()};
}

std::string_view toString(TrainingStage stage) noexcept {
    switch (stage) {
    case TrainingStage::starting:
        return "Starting";
    case TrainingStage::training:
        return "Training";
    case TrainingStage::paused:
        return "Paused";
    case TrainingStage::finishing:
        return "Finishing";
    case TrainingStage::saving:
        break;
    }
    return "Saving";
}

Json toJson(const TrainingWatch& watch) {
    return {{"stage", toString(watch.stage)},
            {"step", watch.step},
            {"fraction", watch.fraction},
            {"seconds_left", orNull(watch.secondsLeft)},
            {"steps_per_second", watch.stepsPerSecond},
            {"learning_rate", watch.learningRate},
            {"losses", watch.losses},
            {"floor", orNull(watch.floor)},
            {"held_out", orNull(watch.heldOut)},
            {"best", orNull(watch.best)},
            {"live", watch.live ? Json(watch.live->string()) : Json(nullptr)},
            {"live_step", watch.liveStep},
            {"warning", orNull(watch.warning)},
            {"notes", watch.notes}};
}

TrainingWatch trainingWatchFrom(const Json& event) {
    TrainingWatch watch;
    if (!event.is_object())
        return watch;
    const std::string stage = text(event, "stage");
    for (const TrainingStage candidate : kStages) {
        if (stage == toString(candidate))
            watch.stage = candidate;
    }
    watch.step = integer(event, "step");
    watch.fraction = number(event, "fraction", 0.0);
    if (const auto left = event.find("seconds_left"); left != event.end() && left->is_number())
        watch.secondsLeft = left->get<double>();
    watch.stepsPerSecond = number(event, "steps_per_second", 0.0);
    watch.learningRate = number(event, "learning_rate", 0.0);
    if (const auto losses = event.find("losses"); losses != event.end() && losses->is_object())
        watch.losses = *losses;
    watch.floor = figuresIn(event, "floor");
    watch.heldOut = figuresIn(event, "held_out");
    watch.best = figuresIn(event, "best");
    if (const std::string live = text(event, "live"); !live.empty())
        watch.live = live;
    watch.liveStep = integer(event, "live_step");
    if (const std::string warning = text(event, "warning"); !warning.empty())
        watch.warning = warning;
    if (const auto notes = event.find("notes"); notes != event.end() && notes->is_array())
        watch.notes = *notes;
    return watch;
}

HoldOutChoice nothingHeldOut() {
    HoldOutChoice choice;
    choice.split = "none";
    return choice;
}

Json toJson(const HoldOutChoice& choice) {
    Json json{{"split", choice.split}, {"specimens", choice.specimens}};
    if (choice.fraction)
        json["fraction"] = *choice.fraction;
    if (choice.gap)
        json["gap"] = *choice.gap;
    if (choice.circlePercent)
        json["circle_percent"] = *choice.circlePercent;
    return json;
}

HoldOutChoice holdOutChoiceFrom(const Json& json) {
    HoldOutChoice choice;
    try {
        choice.split = json.value("split", choice.split);
        choice.specimens = json.value("specimens", choice.specimens);
        if (json.contains("fraction"))
            choice.fraction = json["fraction"].get<double>();
        if (json.contains("gap"))
            choice.gap = json["gap"].get<std::int64_t>();
        if (json.contains("circle_percent"))
            choice.circlePercent = json["circle_percent"].get<double>();
    } catch (const Json::exception&) {
        throw Error(ErrorCode::config, "the choice of what is held out",
                    "one of its members has a wrong type");
    }
    return choice;
}

void TrainingControl::set(bool& wish, bool value) {
    const std::lock_guard lock(m_mutex);
    wish = value;
    m_woken.notify_all();
    if (m_changed)
        m_changed();
}

void TrainingControl::pause() {
    set(m_paused, true);
}

void TrainingControl::resume() {
    set(m_paused, false);
}

void TrainingControl::finishNow() {
    set(m_finishing, true);
}

bool TrainingControl::paused() const {
    const std::lock_guard lock(m_mutex);
    return m_paused && !m_finishing;
}

bool TrainingControl::finishing() const {
    const std::lock_guard lock(m_mutex);
    return m_finishing;
}

void TrainingControl::waitWhilePaused(const std::stop_token& stop) const {
    std::unique_lock lock(m_mutex);
    (void)m_woken.wait(lock, stop, [this] { return !m_paused || m_finishing; });
}

void TrainingControl::onChange(std::function<void()> changed) {
    const std::lock_guard lock(m_mutex);
    m_changed = std::move(changed);
}

} // namespace likeness
