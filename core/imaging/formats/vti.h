// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/slicereader.h"

namespace likeness {

/// VTK's XML image data (.vti) in one piece: a point or cell array of 1 or 3 components, named by
/// `Scalars` or the first; ascii, base64 or raw, inline or appended, in zlib blocks or plain. VTK
/// names no unit, so that there is no voxel size. Throws Error(format), Error(unsupported).
[[nodiscard]] SliceReaderPtr openVti(ByteSourcePtr source, const ReadLimits& limits);

} // namespace likeness
