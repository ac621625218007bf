// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/detect.h"
#include "core/imaging/formats/hdf5.h"
#include "core/imaging/formats/hdf5catalog.h"
#include "core/imaging/formats/netcdf.h"
#include "core/imaging/formats/netcdfheader.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <utility>

namespace likeness {

namespace {

std::string shapeText(const NetcdfVariable& variable) {
    std::string text;
    for (const std::uint64_t size : variable.sizes)
        text.append(text.empty() ? "" : " x ").append(std::to_string(size));
    return text;
}

bool isImage(const NetcdfVariable& variable) {
    const auto axes = variable.type ? hdf5::imageAxes(variable.sizes) : std::nullopt;
    return axes && variable.values() > 0;
}

class NetcdfReader final : public SliceReader {
public:
    NetcdfReader(ByteSourcePtr source, const ReadLimits& limits, const std::string& wanted)
        : m_source(std::move(source)) {
        const NetcdfHeader header = readNetcdfHeader(*m_source);
        m_variable = choose(header, wanted);
        takeHeader(header);
        checkDeclaredSize(m_header, m_source->name(), limits);
    }

    void readSlice(std::int64_t z, std::span<std::byte> out) override {
        const std::size_t bytes = bytesOf(*m_variable.type);
        m_stored.resize(out.size() / bytesOf(m_header.type) * bytes);
        readStored(static_cast<std::uint64_t>(z));
        if constexpr (std::endian::native == std::endian::little)
            swapBytes(m_stored, bytes);
        if (!samplesToPixels(*m_variable.type, m_stored, out.data()))
            throw Error(ErrorCode::unsupported, m_source->name(),
                        "its " + std::string(toString(*m_variable.type)) +
                            " values do not fit float32 without loss",
                        "store it as float32 or uint16");
    }

private:
    [[nodiscard]] NetcdfVariable choose(const NetcdfHeader& header, const std::string& wanted) {
        std::vector<const NetcdfVariable*> images;
        for (const NetcdfVariable& variable : header.variables) {
            if (isImage(variable))
                images.push_back(&variable);
        }
        if (images.empty())
            throw Error(ErrorCode::unsupported, m_source->name(),
                        "the NetCDF file holds no array of numbers of rank 2 or 3",
                        "store the image as a variable (y, x) or (z, y, x)");
        const std::string name = wanted.starts_with('/') ? wanted.substr(1) : wanted;
        const auto called = [&](const std::string& word) {
            return std::find_if(images.begin(), images.end(),
                                [&](const NetcdfVariable* v) { return v->name == word; });
        };
        std::string others;
        const auto list = [&](const NetcdfVariable* except) {
            for (const NetcdfVariable* image : images) {
                if (image != except)
                    others.append(others.empty() ? "" : ", ")
                        .append(image->name)
                        .append(" (" + shapeText(*image) + ")");
            }
        };
        auto chosen = called(name.empty() ? "tomo" : name);
        if (chosen == images.end() && !name.empty()) {
            list(nullptr);
            throw Error(ErrorCode::notFound, m_source->name(),
                        "it has no image variable '" + name + "'; it has " + others,
                        "name one of these");
        }
        if (chosen == images.end())
            chosen = std::max_element(images.begin(), images.end(), [](const auto* a, auto* b) {
                return a->values() < b->values();
            });
        list(*chosen);
        if (!others.empty() && name.empty())
            m_header.warnings.push_back("'" + (*chosen)->name + "' is read; the file also holds " +
                                        others);
        for (const NetcdfVariable* image : images)
            m_header.datasets.push_back({image->name,
                                         {image->sizes.begin(), image->sizes.end()},
                                         std::string(toString(*image->type)),
                                         {}});
        return **chosen;
    }

    void takeHeader(const NetcdfHeader& header) {
        const hdf5::Axes axes = *hdf5::imageAxes(m_variable.sizes);
        const auto sizeOf = [&](int axis) {
            return axis < 0 ? std::int64_t{1}
                            : static_cast<std::int64_t>(
                                  m_variable.sizes[static_cast<std::size_t>(axis)]);
        };
        m_header.format = "netcdf";
        m_header.depth = sizeOf(axes[0]);
        m_header.height = sizeOf(axes[1]);
        m_header.width = sizeOf(axes[2]);
        m_header.channels = sizeOf(axes[3]);
        m_header.type = pixelTypeFor(*m_variable.type);
        m_header.dataset = m_variable.name;
        if (axes[3] >= 0)
            m_header.warnings.emplace_back("the last axis of 3 is read as colour channels");
        if (toString(*m_variable.type) != toString(m_header.type))
            m_header.warnings.push_back("the " + std::string(toString(*m_variable.type)) +
                                        " values are held as float32");
        const auto near = [&](std::string_view name) -> std::optional<NamedValue> {
            for (const auto& attributes :
                 {std::cref(m_variable.attributes), std::cref(header.attributes)}) {
                const auto found = attributes.get().find(std::string(name));
                if (found != attributes.get().end())
                    return found->second;
            }
            return std::nullopt;
        };
        m_header.voxelSize = voxelSizeFromAttributes(near, "NetCDF", m_header.warnings);
    }

    /// A slice is in one piece unless records of other variables lie between its rows.
    void readStored(std::uint64_t z) {
        const std::uint64_t valueBytes = bytesOf(*m_variable.type);
        if (m_variable.recordStep == 0) {
            m_source->readExactly(m_variable.offset + z * m_stored.size(), m_stored);
            return;
        }
        const std::uint64_t record = m_variable.values() / m_variable.sizes[0] * valueBytes;
        std::uint64_t at = z * m_stored.size();
        std::span<std::byte> rest = m_stored;
        while (!rest.empty()) {
            const std::uint64_t inRecord = at % record;
            const auto count =
                static_cast<std::size_t>(std::min<std::uint64_t>(rest.size(), record - inRecord));
            m_source->readExactly(m_variable.offset + at / record * m_variable.recordStep +
                                      inRecord,
                                  rest.first(count));
            rest = rest.subspan(count);
            at += count;
        }
    }

    ByteSourcePtr m_source;
    NetcdfVariable m_variable;
    std::vector<std::byte> m_stored;
};

/// Blocks of one volume, one after the other along z.
class BlocksReader final : public SliceReader {
public:
    BlocksReader(const std::vector<std::filesystem::path>& files, const ReadOptions& options)
        : m_files(files)
        , m_options(options) {
        std::int64_t depth = 0;
        for (const auto& file : files) {
            const ImageHeader header = open(file)->header();
            if (m_first.empty())
                m_header = header;
            const bool fits = header.width == m_header.width && header.height == m_header.height &&
                              header.type == m_header.type && header.channels == m_header.channels;
            if (!fits)
                throw Error(ErrorCode::format, file.string(),
                            "it is no block of the same volume as " +
                                files.front().filename().string() + ", its slices differ",
                            "keep the blocks of one volume in a folder");
            m_first.push_back(depth);
            depth += header.depth;
        }
        m_header.depth = depth;
        m_header.format = "netcdf-folder";
        m_header.datasets.clear();
        checkDeclaredSize(m_header, files.front().parent_path().string(), {options.maximumBytes});
    }

    void readSlice(std::int64_t z, std::span<std::byte> out) override {
        const auto after = std::upper_bound(m_first.begin(), m_first.end(), z);
        const auto block = static_cast<std::size_t>(after - m_first.begin()) - 1;
        if (!m_block || block != m_index) {
            m_block = open(m_files[block]);
            m_index = block;
        }
        const bool same =
            m_block->sliceBytes() == out.size() && z - m_first[block] < m_block->header().depth;
        if (!same)
            throw Error(ErrorCode::format, m_files[block].string(),
                        "the file changed while it was read", "read the folder again");
        m_block->readSlice(z - m_first[block], out);
    }

private:
    [[nodiscard]] SliceReaderPtr open(const std::filesystem::path& file) const {
        ByteSourcePtr source = openFile(file);
        const ReadLimits limits{m_options.maximumBytes};
        if (detectFormat(*source) == FileFormat::hdf5)
            return openHdf5(std::move(source), limits, m_options.dataset);
        return openNetcdf(std::move(source), limits, m_options.dataset);
    }

    std::vector<std::filesystem::path> m_files;
    ReadOptions m_options;
    std::vector<std::int64_t> m_first; ///< first slice of each block
    SliceReaderPtr m_block;
    std::size_t m_index = 0;
};

} // namespace

SliceReaderPtr
openNetcdf(ByteSourcePtr source, const ReadLimits& limits, const std::string& variable) {
    return std::make_unique<NetcdfReader>(std::move(source), limits, variable);
}

SliceReaderPtr openNetcdfBlocks(const std::vector<std::filesystem::path>& files,
                                const ReadOptions& options) {
    return std::make_unique<BlocksReader>(files, options);
}

} // namespace likeness
