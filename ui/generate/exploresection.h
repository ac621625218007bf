// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/exploring.h"
#include "ui/generate/gallery.h"
#include "ui/jobs/jobrunner.h"

#include <QTimer>
#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

class QCheckBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSlider;
class QStackedWidget;

namespace likeness {

class ComparePanes;
class SeedEdit;

/// A walk through what a model has learnt: an image moves with sliders along the directions in
/// which the model's images differ most, or mixes the styles of two.
class ExploreSection final : public QWidget {
    Q_OBJECT

public:
    explicit ExploreSection(const GalleryParts& parts, QWidget* parent = nullptr);

Q_SIGNALS:
    void messageRaised(const QString& sentence, bool isError);

protected:
    void showEvent(QShowEvent* event) override;

private:
    using Picture = std::shared_ptr<const Volume>;

    /// Used by one job at a time.
    struct Walk {
        std::optional<LatentExplorer> explorer;
        LatentSpace space;
    };

    struct Drawn {
        Picture start;
        Picture moved;
    };

    struct Direction {
        QSlider* slider = nullptr;
        QLabel* value = nullptr;
    };

    void setupLayout();
    [[nodiscard]] QWidget* makeControls();
    void addDirection(QFormLayout* form, int number);
    void refreshModel();
    void open();
    void adopt(std::shared_ptr<Walk> walk);
    void wantImage();
    void draw();
    void reset();
    void throwDice();
    void keep();
    [[nodiscard]] LatentPoint point() const;

    ProjectSession& m_session;
    ModelChoice& m_choice;
    SeedEdit* m_seed;
    QFormLayout* m_directionRows;
    std::vector<Direction> m_directions;
    QCheckBox* m_mix;
    SeedEdit* m_fine;
    QSlider* m_crossover;
    QLabel* m_crossoverWords;
    QWidget* m_mixing;
    QLineEdit* m_setName;
    QPushButton* m_keep;
    QLabel* m_state;
    ComparePanes* m_panes;
    QStackedWidget* m_stack;
    QTimer m_soon; // several moves of a slider make one image

    std::shared_ptr<Walk> m_walk;
    std::string m_openedFor; // hash of the model that is open or being opened
    std::uint64_t m_startSeed = 0;
    Picture m_start; // the image of m_startSeed
    bool m_drawing = false;
    bool m_again = false;
};

} // namespace likeness
