// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/slicereader.h"

#include <filesystem>
#include <vector>

namespace likeness {

/// A folder of single images as one stack. The headers of all slices are read and compared first; a
/// difference is one Error(format) that names the odd ones; gaps in the numbers of the names are
/// warnings.
[[nodiscard]] SliceReaderPtr openFolder(const std::filesystem::path& folder,
                                        const ReadOptions& options);

/// One file by content; `options.raw` forces headerless reading.
[[nodiscard]] SliceReaderPtr openImageFile(const std::filesystem::path& path,
                                           const ReadOptions& options);

} // namespace likeness
