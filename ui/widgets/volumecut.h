// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/volume/sceneoptions.h"

#include <QWidget>

#include <array>
#include <cstdint>
#include <optional>

class QLabel;
class QPushButton;
class QSlider;

namespace likeness {

/// Where a pair of volumes is cut: a box by six sliders, in voxels and um of the leading volume,
/// and one oblique plane. The same shares of the edges hold for both.
class VolumeCut final : public QWidget {
    Q_OBJECT

public:
    static constexpr int kSteps = 1000;

    struct Extent {
        std::array<std::int64_t, 3> voxels{1, 1, 1}; ///< of the original, not of a reduced copy
        std::optional<std::array<double, 3>> um;     ///< of a voxel
    };

    explicit VolumeCut(QWidget* parent = nullptr);

    /// What the labels count in.
    void setExtent(const Extent& extent);

    /// A plane through the middle that faces the viewer: what is nearer is cut away.
    void cutHere(const std::array<double, 3>& viewDirection);

    [[nodiscard]] const std::array<double, 6>& box() const noexcept { return m_box; }

    [[nodiscard]] const std::optional<CutPlane>& plane() const noexcept { return m_plane; }

    void reset();

Q_SIGNALS:
    void changed();
    void cutWanted(); ///< the camera's direction is wanted: answer with cutHere()

private:
    void onSlider(std::size_t side, int value);
    void refresh();

    std::array<QSlider*, 6> m_sliders{};
    std::array<QLabel*, 6> m_texts{};
    QPushButton* m_cut;
    QPushButton* m_uncut;
    QSlider* m_offset;
    QLabel* m_offsetText;
    Extent m_extent;
    std::array<double, 6> m_box{0.0, 1.0, 0.0, 1.0, 0.0, 1.0};
    std::optional<CutPlane> m_plane;
};

} // namespace likeness
