// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/checkpointlistmodel.h"

#include <QObject>

#include <string>
#include <vector>

namespace likeness {

class Project;
class ProjectSession;

/// The project's models with those that ship with the program, and which of them is chosen. The
/// sections of the Generate page know this and not each other.
class ModelChoice final : public QObject {
    Q_OBJECT

public:
    explicit ModelChoice(ProjectSession& session, QObject* parent = nullptr);

    [[nodiscard]] CheckpointListModel* models() const { return m_models; }

    [[nodiscard]] const CheckpointEntry* current() const;
    [[nodiscard]] int currentRow() const;

    void chooseRow(int row);
    void chooseId(const std::string& checkpointId);

Q_SIGNALS:
    void changed();   ///< another model is chosen, or none
    void refreshed(); ///< the list was read again; follows every snapshot

private:
    void readShipped();
    void refresh();

    ProjectSession& m_session;
    CheckpointListModel* m_models;
    std::vector<CheckpointEntry> m_shipped;
    std::string m_chosen; // hash
};

/// The project's id of an entry; a shipped model enters the project when it is first used.
[[nodiscard]] std::string adopted(Project& project, const CheckpointEntry& entry);

} // namespace likeness
