// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/trash.h"

#include <QObject>
#include <QString>

#include <string>
#include <vector>

namespace likeness {

class ProjectSession;

/// Deletes what the window chose and takes it back again, newest first. What was deleted before the
/// project was opened lies in the trash and is no matter of this.
class Deletions final : public QObject {
    Q_OBJECT

public:
    explicit Deletions(ProjectSession& session, QObject* parent = nullptr);

    /// `what` is for people: "3 images".
    void remove(const TrashSelection& selection, const QString& what);
    void undo();
    void restore(const std::string& at, const QString& what);
    void purge();

    [[nodiscard]] bool canUndo() const { return !m_done.empty(); }

Q_SIGNALS:
    void removed(const QString& what);
    void restored(const QString& what);
    void purged(const likeness::Purged& purged);
    void changed(); ///< canUndo() may differ

private:
    struct Done {
        std::string at;
        QString what;
    };

    ProjectSession& m_session;
    std::vector<Done> m_done;
};

} // namespace likeness
