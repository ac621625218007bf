// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/detect.h"

namespace likeness {

/// BMP, NRRD, MetaImage, NIfTI (also packed by gzip) and VTI by the first bytes.
[[nodiscard]] std::optional<FileFormat> detectVolumeFormat(const ByteSource& source);

} // namespace likeness
