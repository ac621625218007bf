// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/colourmap.h"
#include "core/imaging/image.h"
#include "viewers/viewlink.h"

#include <QWidget>

#include <array>
#include <memory>

class QLabel;

namespace likeness {

class CrosshairTool;
class ImageCanvas;
struct PixelProbe;
class ViewBindings;

/// What linked views have in common.
struct LinkChoice {
    LinkMode navigation = LinkMode::absolute;
    LinkMode slices = LinkMode::absolute;
    LinkUnit sliceUnit = LinkUnit::fraction;

    friend bool operator==(const LinkChoice&, const LinkChoice&) = default;
};

/// One or two volumes, each as its three middle planes in a row, with a crosshair through them. The
/// rows are linked plane by plane; all planes share window and level. A row without a volume that
/// has depth is hidden.
///
/// Mouse: left sets and drags the crosshair, Shift moves it along with the pointer, middle drag
/// pans, the rest is as on every canvas.
class OrthoPanes final : public QWidget {
    Q_OBJECT

public:
    explicit OrthoPanes(QWidget* parent = nullptr);
    ~OrthoPanes() override;

    /// `row` is 0 or 1. A volume of one slice is not shown here.
    void setPicture(int row, std::shared_ptr<const Volume> volume, const QString& label);

    [[nodiscard]] ImageCanvas* canvas(int row, SliceAxis axis) const;
    [[nodiscard]] ViewLink* link(SliceAxis axis) const;

    void setLinkChoice(const LinkChoice& choice);
    void setWindowMode(WindowLink mode);
    void setColours(ColourMap map);
    void setBindings(const std::shared_ptr<const ViewBindings>& bindings);
    void setCrosshairVisible(bool on);
    void fit();

    /// The voxel of the crosshair, as x, y, z.
    [[nodiscard]] std::array<std::int64_t, 3> crosshair(int row) const;
    void setCrosshair(int row, std::array<std::int64_t, 3> voxel);

Q_SIGNALS:
    void probed(int row, const likeness::PixelProbe& probe);
    void crosshairMoved();

private:
    struct Plane {
        ImageCanvas* canvas = nullptr;
        CrosshairTool* cross = nullptr;
    };

    struct Row {
        std::array<Plane, 3> planes; ///< by SliceAxis
        QWidget* box = nullptr;
        QLabel* title = nullptr;
        QString label;
    };

    void makeRow(int row);
    void onLinkChanged(SliceAxis axis);
    void handOnWindow(SliceAxis axis);
    void moveCrosshair(int row, SliceAxis seen, QPointF picture);
    void placeCrosshairs();

    std::array<ViewLink*, 3> m_links{};
    std::array<Row, 2> m_rows;
    bool m_sharing = false; ///< a window is being handed on
};

} // namespace likeness
