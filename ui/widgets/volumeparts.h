// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/support/valuesample.h"
#include "viewers/volume/sceneoptions.h"

#include <QSize>
#include <QWidget>

#include <array>

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QPushButton;
class QSlider;
class QTimer;

namespace likeness {

/// What is drawn of a pair of volumes: ray cast, surface and its level, slice planes, quality.
class VolumeParts final : public QWidget {
    Q_OBJECT

public:
    explicit VolumeParts(QWidget* parent = nullptr);

    /// The span of the level slider and the level it starts at (Otsu's); a level chosen by hand
    /// stays while it lies inside.
    void setLevels(DisplayRange range, double first);

    /// Where the slice planes stand, as shares of the first to the last slice along x, y, z.
    void setPlaces(const std::array<double, 3>& places);

    /// Fills in everything but the cut.
    void fill(SceneOptions& options) const;

    [[nodiscard]] double level() const noexcept { return m_level; }

    [[nodiscard]] bool wantsSurface() const;

    /// How the last surfaces turned out.
    void setNote(const QString& text);

Q_SIGNALS:
    void changed();
    void movieWanted(bool turntable, int frames, QSize size);
    void levelChanged(); ///< rests for a moment, or the surface was switched on

private:
    void refresh();
    void connectParts(QPushButton* otsu);
    void addMovieRow(QGridLayout* grid);

    QCheckBox* m_rayCast;
    QCheckBox* m_surface;
    QCheckBox* m_slices;
    QComboBox* m_quality;
    QSlider* m_levelSlider;
    QLabel* m_levelText;
    QLabel* m_note;
    QTimer* m_rest;
    std::array<QSlider*, 3> m_places{};
    DisplayRange m_range;
    double m_first = 0.5;
    double m_level = 0.5;
    bool m_touched = false;
};

} // namespace likeness
