// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "core/study/plan.h"
#include "db/ratingsession.h"
#include "ui/jobs/jobrunner.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <memory>
#include <vector>

namespace likeness {

/// What a rater is told of a study; read once, when the package is opened.
struct RatingInfo {
    struct Level {
        int value = 0;
        QString label;
    };

    QString title;
    QString question;
    QString instructions;
    std::vector<Level> levels; ///< ascending
    int minViewMs = 300;
    int gapMs = 500;
    int trials = 0;
    int answered = 0;
};

/// Words and timings of a package's public definition.
[[nodiscard]] RatingInfo ratingInfo(const RatingSession& session);

struct Trial {
    PlanItem item;
    std::shared_ptr<const Volume> pixels;
    int number = 0; ///< from 1
};

/// Takes a RatingSession through the rating lane: the window never waits for the disk. One request
/// at a time.
class RatingDriver final : public QObject {
    Q_OBJECT

public:
    RatingDriver(JobRunner& jobs,
                 std::shared_ptr<RatingSession> session,
                 RatingInfo info,
                 QObject* parent = nullptr);

    /// Opens and verifies a package in the rating lane, then hands over a driver without a parent.
    static JobId open(JobRunner& jobs,
                      const RatingSession::Start& start,
                      QObject* context,
                      std::function<void(std::unique_ptr<RatingDriver>)> done,
                      JobRunner::FailureHandler failed);

    [[nodiscard]] const RatingInfo& info() const { return m_info; }

    /// The trial to answer now comes as trialReady(), or finished() when there is none.
    void fetch();

    /// saved() comes after COMMIT; saveFailed() when nothing was stored.
    void answer(const RatingSession::Answer& answer);

    /// undone() tells whether there was an answer to take back.
    void undo();

    /// exported() tells the file; exportFailed() leaves the answers where they are.
    void exportTo(const std::filesystem::path& folder);

Q_SIGNALS:
    void trialReady(const likeness::Trial& trial);
    void finished(const QString& receipt);
    void saved();
    void saveFailed(std::exception_ptr failure);
    void undone(bool moved);
    void exported(const QString& path);
    void exportFailed(std::exception_ptr failure);
    void failed(std::exception_ptr failure);

private:
    template <typename Work, typename Done>
    void run(Work work, Done done, void (RatingDriver::*onFailure)(std::exception_ptr));

    JobRunner& m_jobs;
    std::shared_ptr<RatingSession> m_session;
    RatingInfo m_info;
};

} // namespace likeness
