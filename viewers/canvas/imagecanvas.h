// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/colourmap.h"
#include "core/imaging/image.h"
#include "viewers/viewlink.h"

#include <QImage>
#include <QPointer>
#include <QTransform>
#include <QWidget>

#include <functional>
#include <memory>

namespace likeness {

class CanvasFrame;
class CanvasInput;
class CanvasTool;
class PlaneProvider;
class ViewBindings;

/// The voxel under the pointer.
struct PixelProbe {
    bool inside = false;
    std::array<std::int64_t, 3> voxel{}; ///< x, y, z
    std::array<double, 3> values{};
    int channels = 0;
};

/// Draws one plane of a volume by QPainter: no OpenGL, the same pixels on every platform. Neutral
/// grey surround.
///
/// Mouse and keys: as its ViewBindings say; double click fits.
class ImageCanvas final : public QWidget {
    Q_OBJECT

public:
    /// Surround: sRGB 119, the grey of half lightness (L* = 50).
    static constexpr int kSurround = 119;

    explicit ImageCanvas(QWidget* parent = nullptr);
    ~ImageCanvas() override;

    /// Shared, never copied; null empties the canvas. Channels must be 1 or 3, else
    /// Error(unsupported).
    void setVolume(std::shared_ptr<const Volume> volume);

    [[nodiscard]] const std::shared_ptr<const Volume>& volume() const noexcept { return m_volume; }

    /// In place of a volume: planes of one that is not in memory. Tools rest.
    void setPlanes(std::shared_ptr<PlaneProvider> planes);

    [[nodiscard]] const std::shared_ptr<PlaneProvider>& planes() const noexcept { return m_planes; }

    /// Joins a link; null returns to a link of its own. The link may be destroyed first.
    void setLink(ViewLink* link);

    [[nodiscard]] ViewLink* link() const noexcept { return m_link; }

    [[nodiscard]] ViewLink::Id viewId() const noexcept { return m_id; }

    [[nodiscard]] PaneView view() const;

    /// No input changes the view; events pass on to the parent.
    void setReadOnlyView(bool on);

    /// For rating: pixels and surround only, nothing drawn over them; whole-number fit; black and
    /// white at 0 and the type's maximum unless the study sets a range on the link; window, level
    /// and keys left alone (keys go to the parent). Drag and wheel still pan and zoom unless the
    /// view is read-only.
    void setStudyMode(bool on);

    [[nodiscard]] bool isStudyMode() const noexcept { return m_study; }

    /// Keys and mouse buttons, except in study mode, where they are always the default ones; null:
    /// those.
    void setBindings(std::shared_ptr<const ViewBindings> bindings);

    void setScaleBarVisible(bool on);

    /// Colours of grey pictures; grey in study mode, whatever is set.
    void setColours(ColourMap map);

    /// Makes what is drawn from the canvas' own frame, at each painting, for what is set against it
    /// in the same pane; null ends it.
    using Composer = std::function<QImage(const QImage& own)>;
    void setComposer(Composer composer);

    /// What the left button does and what is drawn for it; null: the canvas' own panning. The tool
    /// may be destroyed first.
    void setTool(CanvasTool* tool);

    /// What the canvas draws before overlays, in device pixels.
    [[nodiscard]] QImage frame();

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void probed(const likeness::PixelProbe& probe);
    void viewChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    void joinLink(ViewLink* link);
    void leaveLink();
    void onLinkChanged();
    void tellPane();
    void probeAt(QPointF position);
    [[nodiscard]] QTransform toPane();
    [[nodiscard]] QPointF pictureAt(QPointF position);
    void drawOverlays(QPainter& painter);
    [[nodiscard]] ViewSubject subject() const;

    std::shared_ptr<const Volume> m_volume;
    std::shared_ptr<PlaneProvider> m_planes;
    QPointer<ViewLink> m_link;
    ViewLink* m_ownLink = nullptr;
    ViewLink::Id m_id = 0;
    std::unique_ptr<CanvasFrame> m_frame;
    std::unique_ptr<CanvasInput> m_input;
    QPointer<CanvasTool> m_tool;
    std::shared_ptr<const ViewBindings> m_bindings;
    Composer m_composer;
    ColourMap m_colours = ColourMap::grey;
    PaneView m_shown;
    bool m_readOnly = false;
    bool m_study = false;
    bool m_scaleBar = true;
};

} // namespace likeness
