// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace likeness {

enum class FileFormat {
    png,
    jpeg,
    tiff,
    npy,
    bmp,
    nrrd,
    metaimage,
    nifti,
    vti,
    hdf5,
    netcdf,
    dicom
};

/// For messages that list what can be read.
inline constexpr std::string_view kFormatsRead =
    "PNG, JPEG, BMP, TIFF, NumPy, NRRD, MetaImage, NIfTI, VTI, HDF5, NetCDF or DICOM";

/// "png", "jpeg" ... as the enumerators are spelt.
[[nodiscard]] std::string_view toString(FileFormat format) noexcept;

/// Whether files of this format hold whole volumes, so that a folder of them is no stack of slices.
[[nodiscard]] bool holdsVolumes(FileFormat format) noexcept;

/// By the first bytes; empty if none of ours.
[[nodiscard]] std::optional<FileFormat> detectFormat(const ByteSource& source);

/// Name of a known format that is not read ("GIF", "JPEG 2000" ...); empty if the bytes are of no
/// known format.
[[nodiscard]] std::string_view foreignFormat(const ByteSource& source);

/// The format a suffix promises (".jpg", ".TIFF", ".nii.gz" ...); empty for other suffixes.
[[nodiscard]] std::optional<FileFormat> formatOfSuffix(const std::filesystem::path& path);

} // namespace likeness
