// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QTimer>

class QLabel;
class QProgressBar;
class QPushButton;

namespace likeness {

class JobRunner;

/// The bottom line of the window: the running job with stage, bar, time left and Cancel; after it,
/// one sentence on how it ended. Hidden while there is nothing to say.
class JobBar final : public QFrame {
    Q_OBJECT

public:
    explicit JobBar(JobRunner& jobs, QWidget* parent = nullptr);

    void showMessage(const QString& sentence, bool isError);
    void setSuppressed(bool suppressed); ///< true while a rater works: nothing may appear

private:
    void setupLayout();
    void refresh();
    void startFading();
    void dismiss();

    JobRunner& m_jobs;
    QLabel* m_title;
    QLabel* m_stage;
    QLabel* m_left;
    QProgressBar* m_bar;
    QPushButton* m_cancel;
    QPushButton* m_dismiss;
    QTimer m_fade;
    QString m_message;
    bool m_messageIsError = false;
    bool m_suppressed = false;
};

} // namespace likeness
