// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/projectsession.h"
#include "ui/models/viewables.h"

#include <QWidget>

#include <string>
#include <vector>

class QComboBox;
class QToolButton;

namespace likeness {

/// Chooses what one pane shows: a set, and one of its stacks, volumes or images, with buttons for
/// the neighbours.
class ViewablePicker final : public QWidget {
    Q_OBJECT

public:
    explicit ViewablePicker(const QString& label, QWidget* parent = nullptr);

    /// Keeps the choice where it still exists; otherwise takes the first set for which `preferred`
    /// is true.
    void setSnapshot(std::shared_ptr<const ProjectSnapshot> snapshot,
                     const std::function<bool(const SetRecord&)>& preferred);

    void choose(const std::string& setId, const std::string& sampleId = {});
    void step(int by);

    [[nodiscard]] const Viewable* current() const;
    [[nodiscard]] std::optional<SetRecord> currentSet() const;

Q_SIGNALS:
    void changed();

private:
    void fillItems(const std::string& sampleId);
    void refreshButtons();

    std::shared_ptr<const ProjectSnapshot> m_snapshot;
    std::vector<Viewable> m_viewables;
    QComboBox* m_set;
    QComboBox* m_item;
    QToolButton* m_previous;
    QToolButton* m_next;
};

} // namespace likeness
