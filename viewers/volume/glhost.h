// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QOpenGLWidget>
#include <QSurfaceFormat>

#include <vtkSmartPointer.h>

class QSurface;

namespace likeness {

class HostWindow;
class VolumeScene;

/// Lends a Qt 6 OpenGL widget to a VTK render window. VTK never paints by itself: changes are
/// announced by requestRender(), and Qt joins them into one paintGL().
class GlHost final : public QOpenGLWidget {
    Q_OBJECT

public:
    /// The scene must outlive the host.
    GlHost(VolumeScene& scene, QWidget* parent);
    ~GlHost() override;

    /// What OpenGL widgets find on this display. Tried once per process.
    struct Device {
        bool works = false;
        bool software = true;
    };

    [[nodiscard]] static Device device();

    [[nodiscard]] static QSurfaceFormat surfaceFormat();

    void requestRender();

    [[nodiscard]] const QString& glRenderer() const noexcept { return m_renderer; }

Q_SIGNALS:
    void contextReady();

protected:
    void initializeGL() override;
    void paintGL() override;

private:
    void observe();
    void releaseContext();
    void blit(QSize size);

    VolumeScene& m_scene;
    vtkSmartPointer<HostWindow> m_window;
    QOpenGLContext* m_context = nullptr;
    QSurface* m_surface = nullptr;
    QString m_renderer;
    bool m_dirty = true;
    bool m_painting = false;
};

} // namespace likeness
