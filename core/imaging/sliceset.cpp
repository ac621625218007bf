// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/sliceset.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/imaging/formats/bmp.h"
#include "core/imaging/formats/detect.h"
#include "core/imaging/formats/dicom.h"
#include "core/imaging/formats/hdf5.h"
#include "core/imaging/formats/jpeg.h"
#include "core/imaging/formats/metaimage.h"
#include "core/imaging/formats/netcdf.h"
#include "core/imaging/formats/nifti.h"
#include "core/imaging/formats/npy.h"
#include "core/imaging/formats/nrrd.h"
#include "core/imaging/formats/png.h"
#include "core/imaging/formats/raw.h"
#include "core/imaging/formats/rawsidecars.h"
#include "core/imaging/formats/tiff.h"
#include "core/imaging/formats/vti.h"
#include "core/imaging/rawguess.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <tuple>
#include <utility>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kNamesListed = 5;

/// "a, b, c and 12 more".
std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kNamesListed); ++i)
        text.append(i == 0 ? "" : ", ").append(names[i]);
    if (names.size() > kNamesListed)
        text += " and " + std::to_string(names.size() - kNamesListed) + " more";
    return text;
}

std::string shapeText(const ImageHeader& header) {
    return std::to_string(header.width) + " x " + std::to_string(header.height) +
           (header.channels == 3 ? " RGB " : " ") + std::string(toString(header.type));
}

/// The last run of digits in a name's stem, as a number; empty if there is none or it is too long
/// to count with.
std::optional<std::int64_t> numberIn(const fs::path& file) {
    const std::string stem = file.stem().string();
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    const auto last = std::find_if(stem.rbegin(), stem.rend(), isDigit);
    const auto first = std::find_if_not(last, stem.rend(), isDigit);
    const std::string digits(first.base(), last.base());
    if (digits.empty() || digits.size() > 15)
        return std::nullopt;
    return std::stoll(digits);
}

/// Numbers that the names leave out, counted in the commonest step between neighbours.
std::optional<std::string> gapsIn(const std::vector<fs::path>& files) {
    std::vector<std::int64_t> numbers;
    for (const fs::path& file : files) {
        const auto number = numberIn(file);
        if (!number || (!numbers.empty() && *number <= numbers.back()))
            return std::nullopt;
        numbers.push_back(*number);
    }
    std::map<std::int64_t, int> steps;
    for (std::size_t i = 1; i < numbers.size(); ++i)
        ++steps[numbers[i] - numbers[i - 1]];
    if (steps.empty() || (steps.size() == 1 && steps.begin()->first == 1))
        return std::nullopt;
    if (steps.size() == 1)
        return "the slice numbers go in steps of " + std::to_string(steps.begin()->first) +
               ", so the slices may not be neighbours";
    const auto usual =
        std::max_element(steps.begin(), steps.end(), [](const auto& a, const auto& b) {
            return a.second < b.second;
        })->first;
    std::vector<std::string> gaps;
    for (std::size_t i = 1; i < numbers.size(); ++i) {
        if (numbers[i] - numbers[i - 1] != usual)
            gaps.push_back(std::to_string(numbers[i - 1]) + " to " + std::to_string(numbers[i]));
    }
    return "the slice numbers are not even, the usual step is " + std::to_string(usual) +
           " but not from " + listed(gaps);
}

std::optional<FileFormat> formatOf(const fs::path& file) {
    return detectFormat(*openFile(file));
}

/// Files that hold whole volumes are no slices; they may lie beside some.
std::vector<fs::path> slicesOf(const fs::path& folder, std::vector<fs::path> files) {
    std::vector<std::string> volumes;
    std::erase_if(files, [&](const fs::path& file) {
        const auto format = formatOf(file);
        const bool isVolume = format && holdsVolumes(*format);
        if (isVolume)
            volumes.push_back(file.filename().string());
        return isVolume;
    });
    if (files.empty() && !volumes.empty())
        throw Error(ErrorCode::format, folder.string(),
                    "the folder holds volumes, not slices: " + listed(volumes), "name one of them");
    return files;
}

/// The parts of a NetCDF volume, or a DICOM series; null for plain slices.
SliceReaderPtr openSeries(const std::vector<fs::path>& files, const ReadOptions& options) {
    std::vector<fs::path> blocks;
    std::vector<fs::path> dicoms;
    for (const fs::path& file : files) {
        const auto format = formatOf(file);
        const bool isBlock = file.filename().string().starts_with("block") &&
                             file.extension() == ".nc" && format && holdsVolumes(*format);
        if (isBlock)
            blocks.push_back(file);
        else if (format == FileFormat::dicom)
            dicoms.push_back(file);
        else
            return nullptr;
    }
    if (!blocks.empty() && dicoms.empty())
        return openNetcdfBlocks(blocks, options);
    return dicoms.empty() || !blocks.empty() ? nullptr : openDicomSeries(dicoms, options);
}

class FolderReader final : public SliceReader {
public:
    FolderReader(const fs::path& folder, std::vector<fs::path> files, const ReadOptions& options)
        : m_options(options)
        , m_files(slicesOf(folder, std::move(files))) {
        if (m_files.empty())
            throw Error(ErrorCode::format, folder.string(),
                        "the folder holds no image, " + std::string(kFormatsRead),
                        "name a folder with image slices");
        const std::size_t previews = leaveOutPreviews();
        std::vector<ImageHeader> headers;
        for (const fs::path& file : m_files)
            headers.push_back(headerOf(file));
        checkAlike(folder, headers);
        takeHeader(headers);
        if (previews > 0)
            m_header.warnings.emplace_back("SkyScan's preview picture (_spr) is left out");
        if (!m_header.voxelSize)
            m_header.voxelSize = voxelSizeFromLog(folder, m_header.width, m_header.height);
        checkDeclaredSize(m_header, folder.string(), {options.maximumBytes});
    }

    void readSlice(std::int64_t z, std::span<std::byte> out) override {
        const fs::path& file = m_files[static_cast<std::size_t>(z)];
        const SliceReaderPtr reader = openImageFile(file, m_options);
        if (reader->sliceBytes() != out.size())
            throw Error(ErrorCode::format, file.string(), "the file changed while it was read",
                        "read the folder again");
        reader->readSlice(0, out);
    }

private:
    /// SkyScan puts a picture of the whole specimen beside the slices of its reconstruction.
    std::size_t leaveOutPreviews() {
        const auto isPreview = [](const fs::path& file) {
            return file.stem().string().ends_with("_spr");
        };
        // Of a lone picture nobody can say what it is a preview of.
        const bool beside = std::count_if(m_files.begin(), m_files.end(), isPreview) <
                            static_cast<std::ptrdiff_t>(m_files.size());
        return beside ? std::erase_if(m_files, isPreview) : 0;
    }

    [[nodiscard]] ImageHeader headerOf(const fs::path& file) const {
        ImageHeader header = openImageFile(file, m_options)->header();
        if (header.depth > 1)
            throw Error(ErrorCode::format, file.string(),
                        "it is a stack of " + std::to_string(header.depth) +
                            " slices inside a folder of slices",
                        "name the stack itself, or keep single slices in the folder");
        return header;
    }

    void checkAlike(const fs::path& folder, const std::vector<ImageHeader>& headers) const {
        std::map<std::string, std::size_t> shapes;
        for (const ImageHeader& header : headers)
            ++shapes[shapeText(header)];
        if (shapes.size() < 2)
            return;
        const auto usual =
            std::max_element(shapes.begin(), shapes.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; });
        const bool noneUsual = usual->second == 1;
        std::vector<std::string> odd;
        for (std::size_t i = 0; i < headers.size(); ++i) {
            const std::string shape = shapeText(headers[i]);
            if (noneUsual || shape != usual->first)
                odd.push_back(m_files[i].filename().string() + " is " + shape);
        }
        std::string why = "its images are not the slices of one stack: ";
        if (noneUsual)
            why.append("no two are alike, ");
        else
            why.append(std::to_string(usual->second))
                .append(" are ")
                .append(usual->first)
                .append(", but ");
        throw Error(ErrorCode::format, folder.string(), why.append(listed(odd)),
                    "keep one stack in a folder, or name the images one by one");
    }

    void takeHeader(const std::vector<ImageHeader>& headers) {
        m_header = headers.front();
        m_header.depth = static_cast<std::int64_t>(headers.size());
        bool mixed = false;
        bool otherVoxels = false;
        for (const ImageHeader& header : headers) {
            mixed = mixed || header.format != m_header.format;
            otherVoxels = otherVoxels || header.voxelSize != headers.front().voxelSize;
        }
        m_header.format = (mixed ? "image" : m_header.format) + "-folder";
        if (otherVoxels) {
            m_header.voxelSize.reset();
            m_header.warnings.emplace_back(
                "the slices state different voxel sizes, so none is taken");
        } else if (m_header.voxelSize && m_header.depth > 1) {
            m_header.voxelSize->source += ", z taken equal to x";
        }
        if (const auto gaps = gapsIn(m_files))
            m_header.warnings.push_back(*gaps);
    }

    ReadOptions m_options;
    std::vector<fs::path> m_files;
};

SliceReaderPtr openKnown(FileFormat format, ByteSourcePtr source, const ReadOptions& options) {
    const ReadLimits limits{options.maximumBytes};
    switch (format) {
    case FileFormat::png:
        return openPng(std::move(source));
    case FileFormat::jpeg:
        return openJpeg(std::move(source));
    case FileFormat::tiff:
        return openTiff(std::move(source), limits, options.dataset);
    case FileFormat::bmp:
        return openBmp(std::move(source), limits);
    case FileFormat::nrrd:
        return openNrrd(source, filesBeside(source->name()), limits);
    case FileFormat::metaimage:
        return openMetaImage(source, filesBeside(source->name()), limits);
    case FileFormat::nifti:
        return openNifti(source, filesBeside(source->name()), limits);
    case FileFormat::vti:
        return openVti(std::move(source), limits);
    case FileFormat::hdf5:
        return openHdf5(std::move(source), limits, options.dataset);
    case FileFormat::netcdf:
        return openNetcdf(std::move(source), limits, options.dataset);
    case FileFormat::dicom:
        return openDicom(std::move(source), limits);
    case FileFormat::npy:
        break;
    }
    return openNpy(std::move(source), limits);
}

/// The file of the same name that would tell how pixels without a header lie; empty if there is
/// none.
fs::path headerBeside(const fs::path& path) {
    for (const char* suffix : {".mhd", ".nhdr", ".hdr"}) {
        std::error_code ignored;
        const fs::path header = fs::path(path).replace_extension(suffix);
        if (header != path && fs::is_regular_file(header, ignored))
            return header;
    }
    return {};
}

[[noreturn]] void refuse(const ByteSource& source) {
    if (source.size() == 0)
        throw Error(ErrorCode::format, source.name(), "the file is empty",
                    "copy it again from its origin");
    if (const std::string_view foreign = foreignFormat(source); !foreign.empty())
        throw Error(ErrorCode::unsupported, source.name(),
                    "this is a file of type " + std::string(foreign) + ", which is not read",
                    "convert it to TIFF, PNG or NumPy");
    if (const fs::path header = headerBeside(source.name()); !header.empty())
        throw Error(ErrorCode::format, source.name(),
                    "it has no header of its own, but there is one beside it",
                    "name " + header.filename().string() + " instead");
    throw Error(ErrorCode::format, source.name(), "the content is not " + std::string(kFormatsRead),
                "for headerless pixels give their layout, WxHxD:dtype:le|be[:offset]");
}

} // namespace

SliceReaderPtr openImageFile(const fs::path& path, const ReadOptions& options) {
    ByteSourcePtr source = openFile(path);
    if (options.raw)
        return openRaw(std::move(source), *options.raw);
    const auto format = detectFormat(*source);
    const auto guess = format ? std::nullopt : guessRaw(path);
    if (!format && !guess)
        refuse(*source);
    SliceReaderPtr reader = format ? openKnown(*format, std::move(source), options)
                                   : openGuessed(std::move(source), *guess);
    if (!options.dataset.empty() && reader->header().dataset.empty())
        throw Error(ErrorCode::config, path.string(),
                    "it holds one image only, so there is none to choose by the name '" +
                        options.dataset + "'",
                    "leave the name out");
    checkDeclaredSize(reader->header(), path.string(), {options.maximumBytes});
    return reader;
}

SliceReaderPtr openFolder(const fs::path& folder, const ReadOptions& options) {
    std::vector<fs::path> files = listImages(folder);
    if (SliceReaderPtr series = openSeries(files, options))
        return series;
    return std::make_unique<FolderReader>(folder, std::move(files), options);
}

std::vector<fs::path> listImages(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error))
        throw Error(ErrorCode::notFound, folder.string(), "there is no such folder",
                    "check the name");
    std::vector<fs::path> files;
    fs::directory_iterator entries(folder, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        const fs::path& path = entries->path();
        std::error_code ignored;
        if (path.filename().string().starts_with('.') || !fs::is_regular_file(path, ignored))
            continue;
        // An empty file with an image's suffix is a broken slice, not a stranger.
        if (formatOfSuffix(path) || detectFormat(*openFile(path)))
            files.push_back(path);
    }
    if (error)
        throw Error(ErrorCode::io, folder.string(),
                    "the folder cannot be read, " + error.message());
    std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
        return naturalLess(a.filename().string(), b.filename().string());
    });
    return files;
}

} // namespace likeness
