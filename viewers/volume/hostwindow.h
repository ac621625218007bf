// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vtkGenericOpenGLRenderWindow.h>

namespace likeness {

/// VTK's window for a context made by someone else, with a way round Debian's GLEW, which knows GLX
/// only: on EGL (Wayland) glewInit() loads every function and then reports that there is no GLX
/// display, which VTK takes for a failure.
class HostWindow final : public vtkGenericOpenGLRenderWindow {
public:
    static HostWindow* New();
    HostWindow(const HostWindow&) = delete;
    HostWindow& operator=(const HostWindow&) = delete;

    /// With the new context current. False if OpenGL 3.2 cannot be used.
    bool loadFunctions();

private:
    HostWindow() = default;
};

} // namespace likeness
