// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/io.h"
#include "ui/jobs/jobrunner.h"

#include <QToolButton>

#include <optional>

namespace likeness {

struct Settings;

/// Chooses a file or folder that is not part of the project, from a menu or by a drop on a widget.
class OpenFileButton final : public QToolButton {
    Q_OBJECT

public:
    OpenFileButton(const QString& side, JobRunner& jobs, Settings& settings);

    void openFile();

    /// Asks how a headerless file is laid out, beginning with a guess, and then for it.
    void askLayout(const QString& file);

    /// Takes files and folders that are dropped on it.
    void acceptDropsOn(QWidget* target);

Q_SIGNALS:
    void chosen(const QString& path, const std::optional<likeness::RawLayout>& layout);
    void failed(const QString& sentence);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void choose(bool folder, bool headerless);
    void askMemory();

    QString m_side;
    JobRunner& m_jobs;
    Settings& m_settings;
};

} // namespace likeness
