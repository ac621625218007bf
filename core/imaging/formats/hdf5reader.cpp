// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/hdf5.h"
#include "core/imaging/formats/hdf5catalog.h"
#include "core/imaging/formats/hdf5chunks.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace likeness {

namespace {

using namespace hdf5;

/// Decoded chunks of one row of slices that are kept, so that the next slice need not decode them
/// again.
constexpr std::size_t kKeptBytes = std::size_t{512} << 20U;

/// One logical axis (z, y, x, colour): how far a step goes in the dataset, in a chunk and in the
/// list of chunks.
struct Axis {
    std::uint64_t size = 1;
    std::uint64_t chunk = 1;
    std::uint64_t inChunk = 0; ///< values from one to the next within a chunk
    std::uint64_t inGrid = 0;  ///< chunks from one to the next
};

class Hdf5Reader final : public SliceReader {
public:
    Hdf5Reader(ByteSourcePtr source, const ReadLimits& limits, const std::string& wanted)
        : m_file(std::move(source)) {
        const Catalog catalog(m_file);
        const Entry entry = catalog.choose(wanted, m_header.warnings);
        m_dataset = datasetOf(m_file, m_file.messages(entry.address));
        takeHeader(catalog, entry);
        checkDeclaredSize(m_header, m_file.name(), limits);
        checkStorage(entry.path);
    }

    void readSlice(std::int64_t z, std::span<std::byte> out) override {
        const std::size_t bytes = static_cast<std::size_t>(m_dataset.type.size);
        m_stored.resize(out.size() / bytesOf(m_header.type) * bytes);
        const auto row = static_cast<std::uint64_t>(z);
        if (m_dataset.layout.kind == Layout::Kind::chunked)
            readChunks(row);
        else
            readPlain(row);
        if (m_dataset.type.bigEndian != (std::endian::native == std::endian::big))
            swapBytes(m_stored, bytes);
        if (!samplesToPixels(*m_dataset.type.sample, m_stored, out.data()))
            throw Error(ErrorCode::unsupported, m_file.name(),
                        "the " + m_dataset.type.name + " values of '" + m_header.dataset +
                            "' do not fit float32 without loss",
                        "store it as float32 or uint16");
    }

private:
    void takeHeader(const Catalog& catalog, const Entry& entry) {
        const auto& sizes = m_dataset.space.sizes;
        const Axes axes = *imageAxes(sizes);
        for (std::size_t i = 0; i < axes.size(); ++i) {
            if (axes[i] >= 0)
                m_axes[i].size = sizes[static_cast<std::size_t>(axes[i])];
            if (m_axes[i].size == 0 || m_axes[i].size > std::uint64_t{1} << 40U)
                m_file.damaged("'" + entry.path + "' has an impossible shape");
        }
        m_logical = axes;
        m_header.format = catalog.attribute("/", "_NCProperties") ? "netcdf" : "hdf5";
        m_header.depth = static_cast<std::int64_t>(m_axes[0].size);
        m_header.height = static_cast<std::int64_t>(m_axes[1].size);
        m_header.width = static_cast<std::int64_t>(m_axes[2].size);
        m_header.channels = static_cast<std::int64_t>(m_axes[3].size);
        m_header.type = pixelTypeFor(*m_dataset.type.sample);
        m_header.dataset = entry.path;
        m_header.datasets = catalog.infos();
        if (axes[3] >= 0)
            m_header.warnings.emplace_back("the last axis of 3 is read as colour channels");
        if (m_dataset.type.name != toString(m_header.type))
            m_header.warnings.push_back("the " + m_dataset.type.name +
                                        " values are held as float32");
        const std::string group = entry.path.substr(0, entry.path.rfind('/'));
        if (catalog.find(group + "/theta") || catalog.find(group + "/rotation_angle"))
            m_header.warnings.emplace_back("angles lie beside the data, so its slices may be "
                                           "projections, not cross-sections");
        m_header.voxelSize = voxelSizeOf(catalog, entry.path, m_header.warnings);
    }

    void checkStorage(const std::string& path) {
        const Layout& layout = m_dataset.layout;
        if (layout.kind == Layout::Kind::virtualSet || m_dataset.inOtherFiles)
            throw Error(ErrorCode::unsupported, m_file.name(),
                        "the values of '" + path + "' lie in other files",
                        "open those, or copy it into one file with h5repack");
        const auto bytes = static_cast<std::uint64_t>(m_header.depth) * storedSliceBytes();
        if (layout.kind == Layout::Kind::compact && layout.values.size() < bytes)
            m_file.damaged("'" + path + "' is shorter than its shape");
        if (layout.kind == Layout::Kind::contiguous && m_file.isDefined(layout.address) &&
            (layout.address > m_file.size() || bytes > m_file.size() - layout.address))
            m_file.damaged("it declares more than its bytes can hold");
        if (layout.kind == Layout::Kind::contiguous && !m_file.isDefined(layout.address)) {
            if (bytes / kMaximumRatio > m_file.size())
                m_file.damaged("it declares more than its bytes can hold");
            m_header.warnings.push_back("'" + path + "' was never written: all fill value");
        }
        if (layout.kind != Layout::Kind::chunked)
            return;
        checkFilters(m_file, m_dataset.filters);
        m_grid = readChunkGrid(m_file, m_dataset);
        takeChunkAxes();
        if (const std::uint64_t missing = m_grid.total - m_grid.stored.size(); missing > 0)
            m_header.warnings.push_back(std::to_string(missing) + " of " +
                                        std::to_string(m_grid.total) +
                                        " chunks were never written and hold the fill value");
    }

    [[nodiscard]] std::uint64_t storedSliceBytes() const noexcept {
        return m_axes[1].size * m_axes[2].size * m_axes[3].size * m_dataset.type.size;
    }

    void takeChunkAxes() {
        const auto& chunk = m_dataset.layout.chunk;
        for (std::size_t i = 0; i < m_axes.size(); ++i) {
            if (m_logical[i] < 0)
                continue;
            const auto axis = static_cast<std::size_t>(m_logical[i]);
            m_axes[i].chunk = chunk[axis];
            m_axes[i].inChunk = 1;
            m_axes[i].inGrid = 1;
            for (std::size_t k = axis + 1; k < chunk.size(); ++k) {
                m_axes[i].inChunk *= chunk[k];
                m_axes[i].inGrid *= m_grid.counts[k];
            }
        }
    }

    void readPlain(std::uint64_t z) {
        const Layout& layout = m_dataset.layout;
        const std::uint64_t at = z * m_stored.size();
        if (layout.kind == Layout::Kind::compact)
            std::memcpy(m_stored.data(), layout.values.data() + at, m_stored.size());
        else if (m_file.isDefined(layout.address))
            m_file.read(layout.address + at, m_stored);
        else
            fillAll();
    }

    void fillAll() {
        const std::size_t bytes = static_cast<std::size_t>(m_dataset.type.size);
        if (m_dataset.fill.size() != bytes) {
            std::fill(m_stored.begin(), m_stored.end(), std::byte{0});
            return;
        }
        for (std::size_t i = 0; i < m_stored.size(); i += bytes)
            std::memcpy(m_stored.data() + i, m_dataset.fill.data(), bytes);
    }

    void readChunks(std::uint64_t z) {
        const std::uint64_t layer = z / m_axes[0].chunk;
        if (layer != m_keptLayer) {
            m_kept.clear();
            m_keptBytes = 0;
            m_keptLayer = layer;
        }
        if (m_grid.stored.size() < m_grid.total)
            fillAll();
        const auto steps = [](const Axis& axis) { return (axis.size - 1) / axis.chunk + 1; };
        for (std::uint64_t y = 0; y < steps(m_axes[1]); ++y) {
            for (std::uint64_t x = 0; x < steps(m_axes[2]); ++x) {
                for (std::uint64_t c = 0; c < steps(m_axes[3]); ++c)
                    placeChunk(z, {layer, y, x, c});
            }
        }
    }

    void placeChunk(std::uint64_t z, const std::array<std::uint64_t, 4>& place) {
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < place.size(); ++i)
            number += place[i] * m_axes[i].inGrid;
        const auto found = m_grid.stored.find(number);
        if (found == m_grid.stored.end())
            return;
        const std::vector<std::byte>& values = decoded(number, found->second, place);
        const std::size_t bytes = static_cast<std::size_t>(m_dataset.type.size);
        std::array<std::uint64_t, 4> first{};
        std::array<std::uint64_t, 4> count{};
        for (std::size_t i = 1; i < place.size(); ++i) {
            first[i] = place[i] * m_axes[i].chunk;
            count[i] = std::min(m_axes[i].chunk, m_axes[i].size - first[i]);
        }
        const std::uint64_t base = z % m_axes[0].chunk * m_axes[0].inChunk;
        const bool wholeRows = m_axes[2].inChunk == count[3] && count[3] == m_axes[3].size;
        for (std::uint64_t y = 0; y < count[1]; ++y) {
            const std::uint64_t from = base + y * m_axes[1].inChunk;
            const std::uint64_t to =
                ((first[1] + y) * m_axes[2].size + first[2]) * m_axes[3].size + first[3];
            if (wholeRows) {
                std::memcpy(m_stored.data() + to * bytes, values.data() + from * bytes,
                            static_cast<std::size_t>(count[2] * count[3]) * bytes);
                continue;
            }
            for (std::uint64_t i = 0; i < count[2] * count[3]; ++i) {
                const std::uint64_t x = i / count[3];
                const std::uint64_t c = i % count[3];
                std::memcpy(m_stored.data() + (to + x * m_axes[3].size + c) * bytes,
                            values.data() +
                                (from + x * m_axes[2].inChunk + c * m_axes[3].inChunk) * bytes,
                            bytes);
            }
        }
    }

    const std::vector<std::byte>&
    decoded(std::uint64_t number, Chunk chunk, const std::array<std::uint64_t, 4>& place) {
        if (const auto kept = m_kept.find(number); kept != m_kept.end())
            return kept->second;
        bool edge = false;
        for (std::size_t i = 0; i < place.size(); ++i)
            edge = edge || (place[i] + 1) * m_axes[i].chunk > m_axes[i].size;
        if (m_dataset.layout.plainEdges && edge)
            chunk.mask = ~std::uint32_t{0};
        auto values = decodeChunk(m_file, m_dataset, chunk, m_grid.chunkBytes);
        const bool again = m_axes[0].chunk > 1 && m_keptBytes + values.size() <= kKeptBytes;
        if (!again) {
            m_last = std::move(values);
            return m_last;
        }
        m_keptBytes += values.size();
        return m_kept.emplace(number, std::move(values)).first->second;
    }

    File m_file;
    Dataset m_dataset;
    ChunkGrid m_grid;
    std::array<Axis, 4> m_axes{}; ///< z, y, x, colour
    Axes m_logical{-1, -1, -1, -1};
    std::vector<std::byte> m_stored; ///< a slice in the file's number type
    std::vector<std::byte> m_last;
    std::unordered_map<std::uint64_t, std::vector<std::byte>> m_kept;
    std::size_t m_keptBytes = 0;
    std::uint64_t m_keptLayer = ~std::uint64_t{0};
};

} // namespace

SliceReaderPtr
openHdf5(ByteSourcePtr source, const ReadLimits& limits, const std::string& dataset) {
    return std::make_unique<Hdf5Reader>(std::move(source), limits, dataset);
}

} // namespace likeness
