// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/io.h"

#include "core/base/error.h"
#include "core/imaging/formats/detect.h"
#include "core/imaging/formats/jpeg.h"
#include "core/imaging/formats/metaimage.h"
#include "core/imaging/formats/nifti.h"
#include "core/imaging/formats/npy.h"
#include "core/imaging/formats/nrrd.h"
#include "core/imaging/formats/png.h"
#include "core/imaging/formats/raw.h"
#include "core/imaging/formats/tiff.h"
#include "core/imaging/sliceset.h"

#include <algorithm>
#include <system_error>

namespace likeness {

namespace fs = std::filesystem;

namespace {

SliceReaderPtr openAny(const fs::path& path, const ReadOptions& options) {
    std::error_code error;
    return fs::is_directory(path, error) ? openFolder(path, options) : openImageFile(path, options);
}

ImageHeader describe(const fs::path& path, const SliceReader& reader) {
    ImageHeader header = reader.header();
    header.path = path;
    std::error_code error;
    if (fs::is_directory(path, error) || header.format == "raw")
        return header;
    const auto promised = formatOfSuffix(path);
    // NetCDF-4 is HDF5 and not always marked as more.
    const bool isNetcdf4 = promised == FileFormat::netcdf && header.format == "hdf5";
    if (promised && !isNetcdf4 && !header.format.starts_with(toString(*promised)))
        header.warnings.push_back("the name ends in " + path.extension().string() +
                                  ", but the content is " + header.format);
    return header;
}

ValueRange rangeOf(SliceReader& reader, JobContext& job) {
    const ImageHeader& header = reader.header();
    Volume slice(header.type, header.width, header.height, 1, header.channels);
    ValueRange total;
    bool any = false;
    for (std::int64_t z = 0; z < header.depth; ++z) {
        job.throwIfStopped();
        job.report(static_cast<double>(z) / static_cast<double>(header.depth), "Reading");
        reader.readSlice(z, {slice.bytes(), reader.sliceBytes()});
        const ValueRange range = valueRange(slice.span());
        total.nonFinite += range.nonFinite;
        if (range.nonFinite == slice.span().values())
            continue;
        total.minimum = any ? std::min(total.minimum, range.minimum) : range.minimum;
        total.maximum = any ? std::max(total.maximum, range.maximum) : range.maximum;
        any = true;
    }
    return total;
}

/// Empty for formats that are only read, and for headers whose pixels would lie in another file.
std::optional<FileFormat> writtenFormat(const fs::path& path) {
    const auto format = formatOfSuffix(path);
    if (format == FileFormat::bmp || format == FileFormat::vti || path.extension() == ".mhd" ||
        path.extension() == ".nhdr")
        return std::nullopt;
    return format;
}

} // namespace

ImageHeader readHeader(const fs::path& path, const ReadOptions& options) {
    JobContext job;
    return readHeader(path, options, job);
}

ImageHeader readHeader(const fs::path& path, const ReadOptions& options, JobContext& job) {
    const SliceReaderPtr reader = openAny(path, options);
    ImageHeader header = describe(path, *reader);
    if (options.range) {
        header.range = rangeOf(*reader, job);
        if (const std::int64_t n = header.range->nonFinite; n > 0)
            header.warnings.push_back(std::to_string(n) +
                                      (n == 1 ? " value is infinite or not a number"
                                              : " values are infinite or not numbers"));
    }
    return header;
}

Volume readVolume(const fs::path& path, const ReadOptions& options, JobContext& job) {
    const SliceReaderPtr reader = openAny(path, options);
    const ImageHeader& header = reader->header();
    Volume volume(header.type, header.width, header.height, header.depth, header.channels);
    volume.voxelSize = header.voxelSize;
    const std::size_t bytes = reader->sliceBytes();
    for (std::int64_t z = 0; z < header.depth; ++z) {
        job.throwIfStopped();
        reader->readSlice(z, {volume.bytes() + static_cast<std::size_t>(z) * bytes, bytes});
        job.report(static_cast<double>(z + 1) / static_cast<double>(header.depth),
                   "Reading " + path.filename().string());
    }
    return volume;
}

Volume readVolume(const fs::path& path, const ReadOptions& options) {
    JobContext job;
    return readVolume(path, options, job);
}

bool writeVolume(const fs::path& path, const Volume& volume) {
    if (volume.isEmpty())
        throw Error(ErrorCode::config, path.string(), "there are no pixels to write");
    const auto format = writtenFormat(path);
    if (!format && path.extension() == ".raw") {
        writeRaw(path, volume);
        return true;
    }
    if (!format)
        throw Error(ErrorCode::unsupported, path.string(),
                    "no format can be written for the suffix '" + path.extension().string() + "'",
                    "use .tif, .png, .jpg, .npy, .nrrd, .mha, .nii or .raw");
    switch (*format) {
    case FileFormat::png:
        writePng(path, volume);
        break;
    case FileFormat::jpeg:
        writeJpeg(path, volume);
        return false;
    case FileFormat::tiff:
        writeTiff(path, volume);
        break;
    case FileFormat::nrrd:
        writeNrrd(path, volume);
        break;
    case FileFormat::metaimage:
        writeMetaImage(path, volume);
        break;
    case FileFormat::nifti:
        writeNifti(path, volume);
        break;
    default:
        writeNpy(path, volume);
        break;
    case FileFormat::hdf5:
    case FileFormat::netcdf:
    case FileFormat::dicom:
        throw Error(ErrorCode::unsupported, path.string(),
                    std::string(toString(*format)) + " files are read, but not written",
                    "use .tif, .png, .jpg, .npy or .raw");
    }
    return true;
}

} // namespace likeness
