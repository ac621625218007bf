// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QVBoxLayout;

namespace likeness {

class JobRunner;

/// The work that runs and that which waits for its turn; each can be taken out. Hidden while
/// nothing waits.
class RunQueue final : public QFrame {
    Q_OBJECT

public:
    explicit RunQueue(JobRunner& jobs, QWidget* parent = nullptr);

private:
    void refresh();

    JobRunner& m_jobs;
    QVBoxLayout* m_rows;
    QString m_shown; // what the rows say
};

} // namespace likeness
