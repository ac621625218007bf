// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/imaging/image.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// How the bytes of a headerless file are laid out.
struct RawLayout {
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t depth = 1;
    PixelType type = PixelType::u8;
    bool bigEndian = false;
    std::int64_t offset = 0;

    /// "WxHxD:dtype:le|be[:offset]", dtype u8, u16, f32 (or uint8, uint16, float32). Throws
    /// Error(config).
    [[nodiscard]] static RawLayout parse(const std::string& text);
};

/// One of the images in a file that holds several by name (HDF5, NetCDF).
struct DatasetInfo {
    std::string name;                ///< "/exchange/data"
    std::vector<std::int64_t> shape; ///< slowest axis first
    std::string type;                ///< as stored, "int16"
    std::vector<std::int64_t> chunk; ///< edges of the blocks it is stored in; empty: in one piece
};

/// What a file says of itself, read without decoding pixels (except `range`, filled only on
/// request).
struct ImageHeader {
    std::filesystem::path path;
    std::string format; ///< "png", "jpeg", "bmp", "tiff", "tiff-stack", "npy", "nrrd", "metaimage",
                        ///< "nifti", "vti", "hdf5", "netcdf", "dicom", "raw"; of a folder
                        ///< "tiff-folder", "png-folder", "dicom-folder" ...
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t depth = 1;
    std::int64_t channels = 1;
    PixelType type = PixelType::u8;
    std::optional<VoxelSize> voxelSize;
    std::optional<ValueRange> range;
    std::vector<std::string> warnings;
    std::string dataset;               ///< the one that is read, of those below
    std::vector<DatasetInfo> datasets; ///< all images of an HDF5 or NetCDF file
};

struct ReadOptions {
    std::optional<RawLayout> raw; ///< of headerless files; without it guessRaw() is asked
    std::int64_t maximumBytes = Volume::kMaximumBytes; ///< of decoded pixels
    std::string dataset; ///< which image of an HDF5 or NetCDF file; empty: the likeliest
    bool range = false;  ///< readHeader decodes all pixels and fills `range`
};

/// Formats are told by content, not by suffix. `path` is a file or a folder of slices (natural
/// order; sizes and types must agree). All of them throw Error: notFound, io, format (truncated,
/// empty, misnamed, damaged), unsupported, memory.
[[nodiscard]] ImageHeader readHeader(const std::filesystem::path& path,
                                     const ReadOptions& options = {});
[[nodiscard]] ImageHeader
readHeader(const std::filesystem::path& path, const ReadOptions& options, JobContext& job);
[[nodiscard]] Volume
readVolume(const std::filesystem::path& path, const ReadOptions& options, JobContext& job);
[[nodiscard]] Volume readVolume(const std::filesystem::path& path, const ReadOptions& options = {});

/// Writes by suffix: .png (8/16-bit grey, 8/16-bit RGB), .jpg (8-bit), .tif (all; multi-page with
/// ImageJ tags for volumes, voxel size kept), .npy (all), .nrrd and .mha (all, voxel size kept),
/// .nii and .nii.gz (voxel size kept, RGB of 8 bits), .raw. Durable: the final name never shows
/// half a file. Throws Error(unsupported) when the target cannot hold the pixels. Returns true if
/// every pixel value can be read back unchanged (false for .jpg).
bool writeVolume(const std::filesystem::path& path, const Volume& volume);

/// The image files of a folder (told by content), in natural order; hidden files and sub-folders
/// are left out. Throws Error(notFound) if there is no such folder.
[[nodiscard]] std::vector<std::filesystem::path> listImages(const std::filesystem::path& folder);

} // namespace likeness
