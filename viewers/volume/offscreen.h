// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QSize>

#include <memory>

class QOffscreenSurface;

namespace likeness {

class VolumeScene;

/// Draws scenes without a window, with a context of its own on the thread that makes it. Scenes
/// must be drawn, and die, on that thread too, after this does.
class Offscreen {
public:
    /// Throws Error(unsupported) if OpenGL cannot be used here.
    Offscreen(QOffscreenSurface* surface, QSize size);
    ~Offscreen();
    Offscreen(const Offscreen&) = delete;
    Offscreen& operator=(const Offscreen&) = delete;

    [[nodiscard]] QImage picture(VolumeScene& scene);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace likeness
