// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace likeness {

enum class FileFormat { png, jpeg, tiff, npy };

/// "png", "jpeg", "tiff", "npy".
[[nodiscard]] std::string_view toString(FileFormat format) noexcept;

/// By the first bytes; empty if none of ours.
[[nodiscard]] std::optional<FileFormat> detectFormat(const ByteSource& source);

/// Name of a known format that is not read ("DICOM", "GIF" ...); empty if the bytes are of no known
/// format.
[[nodiscard]] std::string_view foreignFormat(const ByteSource& source);

/// The format a suffix promises (".jpg", ".TIFF" ...); empty for other suffixes.
[[nodiscard]] std::optional<FileFormat> formatOfSuffix(const std::filesystem::path& path);

} // namespace likeness
