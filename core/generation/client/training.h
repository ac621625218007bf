// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// How far crops lie from held-out crops of the same scan, all at the Otsu threshold of the
/// training crops and for its dark side. `score` is the mean of the three, each divided by the
/// distance of the training crops from the held-out ones or by 0.005, 0.005 and 0.5 dB where that
/// is larger: 1 means as far as the real crops are from each other; lower is better.
struct HeldOutFigures {
    std::int64_t step = 0;
    double seconds = 0.0;            ///< of training, when it was measured
    double porosityDifference = 0.0; ///< absolute, of volume fractions
    double s2Rmse = 0.0;             ///< of the radial S2, lags 0 to 24
    double spectrumDb = 0.0;         ///< RMSE of the radial power spectrum in dB
    double score = 0.0;

    friend bool operator==(const HeldOutFigures&, const HeldOutFigures&) = default;
};

[[nodiscard]] Json toJson(const HeldOutFigures& figures);

/// Empty for anything that toJson() did not write.
[[nodiscard]] std::optional<HeldOutFigures> heldOutFiguresFrom(const Json& json);

enum class TrainingStage { starting, training, paused, finishing, saving };

/// "Starting", "Training", "Paused", "Finishing", "Saving"
[[nodiscard]] std::string_view toString(TrainingStage stage) noexcept;

/// What a run tells several times a second.
struct TrainingWatch {
    TrainingStage stage = TrainingStage::starting;
    std::int64_t step = 0;
    double fraction = 0.0;             ///< of the run
    std::optional<double> secondsLeft; ///< empty while unknown and while paused
    double stepsPerSecond = 0.0;
    double learningRate = 0.0;
    Json losses = Json::object();              ///< running means by name, "all" is the whole
    std::optional<HeldOutFigures> floor;       ///< training crops against held-out crops
    std::optional<HeldOutFigures> heldOut;     ///< the newest of generated crops
    std::optional<HeldOutFigures> best;        ///< those of the best score so far
    std::optional<std::filesystem::path> live; ///< packed set of the newest live samples; its file
                                               ///< is replaced whole and dies with the run
    std::int64_t liveStep = 0;                 ///< at which they were made
    std::optional<std::string> warning;        ///< while training goes wrong, one sentence
    Json notes = Json::array(); ///< sentences on what was done differently from what was asked
};

[[nodiscard]] Json toJson(const TrainingWatch& watch);

/// Tolerant: what is missing or of a wrong type keeps its default.
[[nodiscard]] TrainingWatch trainingWatchFrom(const Json& event);

/// Wishes of a person for a run that goes on: any thread wishes, the run looks. Stopping is the
/// business of the job's stop token.
class TrainingControl {
public:
    TrainingControl() = default;
    TrainingControl(const TrainingControl&) = delete;
    TrainingControl& operator=(const TrainingControl&) = delete;

    /// The run waits before its next step; its time does not run on.
    void pause();
    void resume();

    /// The learning rate falls to zero within a tenth of what remains, then the run ends as if it
    /// were complete. A paused run goes on for that.
    void finishNow();

    [[nodiscard]] bool paused() const;
    [[nodiscard]] bool finishing() const;

    /// Returns when the run may go on or `stop` was requested.
    void waitWhilePaused(const std::stop_token& stop) const;

    /// `changed` is called after every wish on the wisher's thread; an empty one ends that, and
    /// after that call none is under way.
    void onChange(std::function<void()> changed);

private:
    void set(bool& wish, bool value);

    mutable std::mutex m_mutex;
    mutable std::condition_variable_any m_woken;
    std::function<void()> m_changed;
    bool m_paused = false;
    bool m_finishing = false;
};

/// Who watches a run and what it wishes; both may be left out. `watch` is called on the thread that
/// waits for the run and must be quick.
struct TrainingMonitor {
    std::function<void(const TrainingWatch&)> watch;
    TrainingControl* control = nullptr;
};

/// Which part of a set a model never sees.
struct HoldOutChoice {
    std::string split =
        "auto"; ///< "auto", "specimen", "slab", "block", "none"; "random" is refused
    std::optional<double> fraction;     ///< of the pixels; default 0.15, at most 0.5
    std::vector<std::string> specimens; ///< the ones to hold out, by name; implies "specimen"
    std::optional<std::int64_t>
        gap; ///< slices or pixels between; default: as far as they are alike
    std::optional<double>
        circlePercent; ///< diameter of the field of view in percent of the shorter
                       ///< side; default: found in the images; 100 and more: none
};

[[nodiscard]] HoldOutChoice nothingHeldOut();

/// What is not chosen is left out.
[[nodiscard]] Json toJson(const HoldOutChoice& choice);

/// The inverse. Throws Error(config) for members of wrong types.
[[nodiscard]] HoldOutChoice holdOutChoiceFrom(const Json& json);

/// What a run of the same request would take.
struct TrainingEstimate {
    double secondsPerStep = 0.0;
    std::int64_t steps = 0; ///< asked for, or as many as the minutes allow
    double seconds = 0.0;   ///< asked for, or as many as the steps need
    double memoryMb = 0.0;  ///< of the worker; on a GPU the device's memory
    std::int64_t parameters = 0;
    std::int64_t batch = 0;
    std::string device;
    Json split = Json::object(); ///< as the manifest's "split"
    Json notes = Json::array();  ///< sentences, such as that the set is small
};

} // namespace likeness
