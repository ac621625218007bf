// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/hostwindow.h"

// GLEW's types and Qt's cannot meet in one file.
#include <vtkObjectFactory.h>
#include <vtk_glew.h>

namespace likeness {

vtkStandardNewMacro(HostWindow)

    bool HostWindow::loadFunctions() {
    constexpr GLenum kNoGlxDisplay = 4;
    const GLenum result = glewInit();
    const bool loaded = (result == GLEW_OK || result == kNoGlxDisplay) && GLEW_VERSION_3_2;
    Initialized = loaded;
    GlewInitValid = loaded;
    return loaded;
}

} // namespace likeness
