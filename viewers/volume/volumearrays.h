// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"

#include <vtkDataArray.h>
#include <vtkSmartPointer.h>

namespace likeness {

/// Slices of a grey volume as an array of VTK over the volume's own memory, which must outlive it.
/// Only for reading. Only files of this folder include this.
[[nodiscard]] vtkSmartPointer<vtkDataArray>
volumeArray(const Volume& volume, std::int64_t firstSlice, std::int64_t slices);

} // namespace likeness
