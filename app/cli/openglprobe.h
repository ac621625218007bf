// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace likeness::cli {

/// Renderer and version of OpenGL on the current display, "no display" without one, or why there is
/// no OpenGL. The libraries are loaded at run time: the program needs neither them nor a display.
[[nodiscard]] std::string probeOpenGl();

} // namespace likeness::cli
