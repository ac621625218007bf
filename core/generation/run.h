// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/checkpoint.h"
#include "core/generation/costmeter.h"
#include "core/generation/processes.h"
#include "core/generation/runbudget.h"
#include "core/generation/runmonitor.h"
#include "core/generation/trainer.h"
#include "core/generation/trainingstep.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// One run of training from the first step to the files.
class Run {
public:
    /// Throws what trainModel() throws for options, data and state.
    Run(PackedSet set, const TrainingOptions& options);

    TrainingOutcome execute(JobContext& job,
                            const std::function<void(const TrainingReport&)>& report,
                            TrainingControl* control);

    /// Makes some steps and says what the whole would take; good for nothing else afterwards.
    [[nodiscard]] TrainingEstimate estimate(JobContext& job);

private:
    using Clock = std::chrono::steady_clock;

    struct Best {
        std::vector<Parameters::Entry> tensors;
        Json manifest;
    };

    [[nodiscard]] Json& settings() { return m_options.preset.settings; }

    void adoptState();
    void checkSplit() const;
    void tell();
    [[nodiscard]] std::optional<TrainingConditions>
    tellingOf(const std::optional<Conditions>& conditions) const;
    void noteData();
    void build();
    void shareStart();
    void shareVectors();
    void choosePrecision();
    [[nodiscard]] bool goesOn(const JobContext& job);

    [[nodiscard]] int processCount() const { return m_processes ? m_processes->size() : 1; }

    /// Saves and watches; of processes that train together only the first.
    [[nodiscard]] bool leads() const { return !m_processes || m_processes->leads(); }

    [[nodiscard]] double learningRate() const;
    void step();
    void afterBadStep();
    void takeSnapshot();
    void halveBatch();
    void withMemory(const std::function<void()>& work);
    void obey(JobContext& job,
              const std::function<void(const TrainingReport&)>& report,
              TrainingControl& control);
    void look(bool last);
    [[nodiscard]] bool isOver() const;
    [[nodiscard]] TrainingReport progress(TrainingStage stage) const;
    [[nodiscard]] TrainingOutcome outcome();

    [[nodiscard]] double seconds() const { return m_secondsBefore + m_budget.seconds(); }

    [[nodiscard]] Json manifest(const char* role) const;
    [[nodiscard]] Json cost() const;
    [[nodiscard]] Json resumption() const;
    [[nodiscard]] Json allNotes() const;
    void withRunningMean(const std::function<void()>& work);
    void save();

    TrainingOptions m_options;
    const Family& m_family;
    Schedule m_schedule;
    DevicePlan m_plan;
    torch::Device m_device;
    std::unique_ptr<Processes> m_processes; ///< null: this one alone
    CostMeter m_cost;
    std::string m_dataHash;
    std::string m_name; ///< of the run, resumptions included
    TrainingData m_data;
    GreyMap m_map;
    std::optional<CropSource> m_crops;
    std::optional<TrainingConditions> m_conditions; ///< what the network is told
    std::optional<TrainingState> m_state;           ///< what is resumed; emptied once taken over
    std::unique_ptr<ModelNetwork> m_network;
    std::unique_ptr<Optimizer> m_optimizer;
    std::unique_ptr<WorkerPool> m_pool;
    std::unique_ptr<TrainingStep> m_step;
    std::optional<RunMonitor> m_monitor;
    RunBudget m_budget;
    Json m_resume = Json::object(); ///< that section of the resumed state
    std::vector<torch::Tensor> m_snapshot;
    std::optional<Best> m_best;
    bool m_measuredNow = false; ///< what the network measures belongs to the weights as they are
    std::vector<std::string> m_hashes; ///< of the files last written: state, checkpoint, best
    Json m_memorySplits = Json::array();
    Json m_notes = Json::array();
    std::string m_endedBy;
    std::int64_t m_done = 0;
    std::int64_t m_doneBefore = 0;
    double m_secondsBefore = 0.0;
    double m_fraction = 0.0; ///< when the step in hand began; the same in all processes
    double m_rateFactor = 1.0;
    bool m_bfloat16 = false;
    bool m_stopped = false; ///< somebody asked for it, of whichever process
    int m_parts = 0;        ///< 0: as the family has it
    int m_badInRow = 0;
    int m_restores = 0;
};

} // namespace likeness
