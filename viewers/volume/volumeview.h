// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "viewers/volume/cameralink.h"

#include <QPointer>
#include <QWidget>

#include <memory>

class QLabel;
class QResizeEvent;
class QStackedLayout;

namespace likeness {

class GlHost;

/// Shows a volume in 3-D. Where the platform has no OpenGL (offscreen, vnc), for an empty view, and
/// for a volume that cannot be drawn, a sentence stands in its place.
///
/// Mouse: left drag turns, middle or Shift+left drag moves, wheel or right drag zooms, double click
/// resets. Keys: arrows turn, Shift+arrows move, + and - zoom, F or R reset.
class VolumeView final : public QWidget {
    Q_OBJECT

public:
    explicit VolumeView(QWidget* parent = nullptr);
    ~VolumeView() override;

    /// Default surface format and context sharing. Call before QApplication is made.
    static void prepareApplication();

    /// Volumes up to this size turn smoothly here; larger ones are better reduced first, in a job
    /// (support/reduction.h).
    [[nodiscard]] static std::int64_t displayBytes();

    /// Shared, used in place; null empties. `reduction` > 1 says that the volume was reduced for
    /// display by that factor along each edge, which the view then shows.
    void setVolume(std::shared_ptr<const Volume> volume, int reduction = 1);

    /// Joins a link; null returns to one of its own.
    void setLink(CameraLink* link);

    [[nodiscard]] CameraLink* link() const noexcept { return m_link; }

    void setMapper(VolumeMapper mapper);

    /// See VolumeScene::setSurface().
    void setSurface(std::shared_ptr<const IsoSurface> surface);

    /// The Qt-free scene.
    [[nodiscard]] VolumeScene& scene() noexcept { return *m_scene; }

    /// The sentence in place of the picture; empty while a picture is drawn.
    [[nodiscard]] QString message() const;

    /// GL_RENDERER; empty before the first picture.
    [[nodiscard]] QString glRenderer() const;

    /// The picture in device pixels; null without OpenGL.
    [[nodiscard]] QImage picture();

    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void showEvent(QShowEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void createHost();
    void joinLink(CameraLink* link);
    void refresh();
    void showMessage(const QString& text);
    void placeBadge();
    void syncPose();

    std::unique_ptr<VolumeScene> m_scene;
    QPointer<CameraLink> m_link;
    CameraLink* m_ownLink = nullptr;
    GlHost* m_host = nullptr;
    QLabel* m_message = nullptr;
    QLabel* m_badge = nullptr;
    QStackedLayout* m_stack = nullptr;
    QPointF m_last;
    QString m_reason; ///< why the volume cannot be drawn; empty if it can
};

} // namespace likeness
