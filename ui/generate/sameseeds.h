// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "ui/models/modelchoice.h"

#include <QWidget>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace likeness {

class ComparePanes;
class ProjectSession;
class SeedGrid;

/// What two models make of the same seeds, side by side; with one model alone, a look at what it
/// makes. Nothing of it is stored in the project.
class SameSeeds final : public QWidget {
    Q_OBJECT

public:
    SameSeeds(ProjectSession& session, ModelChoice& choice, QWidget* parent = nullptr);

    /// Draws the chosen model's images if they are not here yet.
    void draw();

private:
    using Images = std::vector<std::shared_ptr<const Volume>>;
    using Key = std::pair<std::string, int>; // hash of the model, first seed

    void setupLayout();
    void fillOthers();
    void start(const CheckpointEntry& entry);
    void refresh();
    void showColumn(int column);
    [[nodiscard]] const CheckpointEntry* other() const;
    [[nodiscard]] const Images* imagesOf(const CheckpointEntry* entry) const;

    ProjectSession& m_session;
    ModelChoice& m_choice;
    QComboBox* m_other;
    QSpinBox* m_seed;
    QPushButton* m_draw;
    SeedGrid* m_grid;
    ComparePanes* m_panes;
    QStackedWidget* m_stack;
    std::map<Key, Images> m_images;
};

} // namespace likeness
