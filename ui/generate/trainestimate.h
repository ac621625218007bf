// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/generating.h"
#include "ui/jobs/jobrunner.h"

#include <QTimer>
#include <QWidget>

#include <optional>
#include <string>

class QLabel;
class QPushButton;

namespace likeness {

class ProjectSession;

/// What a training would take, found out by trying out a few steps in the worker. It comes by
/// itself where that takes seconds (demo preset, small sets, nothing else going on) and by the
/// button otherwise. It makes room for any other work, and ends when it is no longer looked at.
class TrainEstimate final : public QWidget {
    Q_OBJECT

public:
    explicit TrainEstimate(ProjectSession& session, QWidget* parent = nullptr);

    /// What is to be estimated, nothing if empty. Another time or number of steps of the same
    /// training is told at once from the estimate that there is.
    void setRequest(std::optional<TrainingRequest> request);

    /// Ends an estimate that is under way.
    void stop();

    /// Begins an estimate or ends it; the owner lays it out.
    [[nodiscard]] QPushButton* button() const { return m_button; }

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    [[nodiscard]] bool isQuick() const;
    [[nodiscard]] bool isKnown() const;
    [[nodiscard]] std::string keyOf(const TrainingRequest& request) const;
    void wantSoon();
    void begin();
    void giveWay();
    void tell(const QString& text);
    void show(const TrainingEstimate& estimate);

    ProjectSession& m_session;
    QLabel* m_words;
    QPushButton* m_button;
    QTimer m_rest; // until the form has come to rest
    JobId m_job = 0;
    bool m_wanted = false; // as soon as nothing else goes on
    std::optional<TrainingRequest> m_request;
    std::optional<TrainingEstimate> m_estimate;
    std::string m_estimatedFor; // key of the request
};

} // namespace likeness
