// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/hdf5chunks.h"

#include "core/imaging/formats/hdf5arrays.h"

#include <algorithm>
#include <optional>
#include <set>

namespace likeness::hdf5 {

namespace {

constexpr std::uint64_t kMaximumChunks = std::uint64_t{1} << 25U;
constexpr std::uint64_t kMaximumChunkBytes = std::uint64_t{1} << 30U;
constexpr std::uint64_t kUnlimited = ~std::uint64_t{0};

std::uint64_t ceilDivide(std::uint64_t a, std::uint64_t b) {
    return a / b + (a % b != 0 ? 1 : 0);
}

class GridReader {
public:
    GridReader(const File& file, const Dataset& dataset)
        : m_file(file)
        , m_dataset(dataset) {}

    ChunkGrid read() {
        takeCounts();
        const Layout& layout = m_dataset.layout;
        if (!m_file.isDefined(layout.address))
            return std::move(m_grid);
        switch (layout.index) {
        case ChunkIndex::tree1:
            walkTree(layout.address, std::nullopt);
            break;
        case ChunkIndex::single:
            takeSingle();
            break;
        case ChunkIndex::implicit:
            takeImplicit();
            break;
        case ChunkIndex::fixedArray:
            takeArray(readFixedArray(m_file, layout.address, !m_dataset.filters.empty()), false);
            break;
        case ChunkIndex::extensibleArray:
            takeArray(readExtensibleArray(m_file, layout.address, !m_dataset.filters.empty()),
                      true);
            break;
        case ChunkIndex::tree2:
            takeRecords();
            break;
        }
        return std::move(m_grid);
    }

private:
    void takeCounts() {
        const auto& sizes = m_dataset.space.sizes;
        const auto& chunk = m_dataset.layout.chunk;
        if (chunk.size() != sizes.size() || sizes.empty())
            m_file.damaged("a chunk has another rank than its dataset");
        m_grid.total = 1;
        m_grid.chunkBytes = m_dataset.type.size;
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            if (chunk[i] == 0 || sizes[i] == 0 || m_grid.chunkBytes == 0)
                m_file.damaged("a chunk has no size");
            const std::uint64_t count = ceilDivide(sizes[i], chunk[i]);
            if (chunk[i] > kMaximumChunkBytes / m_grid.chunkBytes ||
                count > kMaximumChunks / m_grid.total)
                throw Error(ErrorCode::memory, m_file.name(),
                            "its HDF5 chunks are larger than 1 GiB or more than " +
                                std::to_string(kMaximumChunks),
                            "copy it with h5repack and chunks of about 1 MiB");
            m_grid.chunkBytes *= chunk[i];
            m_grid.total *= count;
            m_grid.counts.push_back(count);
        }
    }

    void add(const std::vector<std::uint64_t>& place, const Chunk& chunk) {
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < place.size(); ++i) {
            // Chunks beyond the shape stay behind where a dataset was made smaller.
            if (place[i] >= m_grid.counts[i])
                return;
            number = number * m_grid.counts[i] + place[i];
        }
        if (!m_file.isDefined(chunk.address))
            return;
        if (chunk.address > m_file.size() || chunk.bytes > m_file.size() - chunk.address)
            m_file.damaged("a chunk lies beyond its end");
        if (!m_grid.stored.emplace(number, chunk).second)
            m_file.damaged("a chunk is there twice");
    }

    /// A version 1 B-tree, which gives each chunk by the place of its first value.
    void walkTree(std::uint64_t address, std::optional<std::uint64_t> level) {
        if (!m_seen.insert(address).second)
            m_file.damaged("a chunk index runs in a circle");
        const std::size_t offset = m_file.offsetBytes();
        const auto head = m_file.block(address, 8 + 2 * offset, "TREE");
        ByteCursor cursor = m_file.cursor(head);
        cursor.skip(4);
        const std::uint64_t kind = cursor.number(1);
        const std::uint64_t own = cursor.number(1);
        const std::uint64_t used = cursor.number(2);
        if (kind != 1 || own > 32 || (level && own + 1 != *level))
            m_file.damaged("a chunk index has an impossible shape");
        const std::size_t rank = m_grid.counts.size();
        const std::uint64_t key = 8 + 8 * (rank + 1);
        const auto body = m_file.bytes(address + 8 + 2 * offset, used * (key + offset));
        ByteCursor entries = m_file.cursor(body);
        for (std::uint64_t i = 0; i < used; ++i) {
            Chunk chunk;
            chunk.bytes = entries.number(4);
            chunk.mask = static_cast<std::uint32_t>(entries.number(4));
            std::vector<std::uint64_t> place(rank);
            for (std::size_t axis = 0; axis < rank; ++axis) {
                const std::uint64_t at = entries.number(8);
                if (own == 0 && at % m_dataset.layout.chunk[axis] != 0)
                    m_file.damaged("a chunk has an impossible place");
                place[axis] = at / m_dataset.layout.chunk[axis];
            }
            entries.skip(8);
            chunk.address = entries.number(offset);
            if (own == 0)
                add(place, chunk);
            else
                walkTree(chunk.address, own);
        }
    }

    void takeSingle() {
        const Layout& layout = m_dataset.layout;
        if (m_grid.total != 1)
            m_file.damaged("a single chunk does not hold the whole dataset");
        Chunk chunk{layout.address, m_grid.chunkBytes, 0};
        if (layout.singleBytes > 0) {
            chunk.bytes = layout.singleBytes;
            chunk.mask = layout.singleMask;
        }
        add(std::vector<std::uint64_t>(m_grid.counts.size()), chunk);
    }

    /// All chunks one after the other.
    void takeImplicit() {
        const auto weights = numberWeights(m_grid.counts.size());
        forEachPlace([&](const std::vector<std::uint64_t>& place) {
            const std::uint64_t number = numberOf(place, weights);
            if (number > kMaximumChunks)
                m_file.damaged("a chunk lies beyond its end");
            add(place,
                {m_dataset.layout.address + number * m_grid.chunkBytes, m_grid.chunkBytes, 0});
        });
    }

    void takeArray(const std::vector<Chunk>& chunks, bool growing) {
        const auto& maximums = m_dataset.space.maximums;
        const auto unlimited = std::find(maximums.begin(), maximums.end(), kUnlimited);
        if (growing && unlimited == maximums.end())
            m_file.damaged("a growing index belongs to no growing axis");
        const auto weights =
            numberWeights(growing ? static_cast<std::size_t>(unlimited - maximums.begin())
                                  : m_grid.counts.size());
        forEachPlace([&](const std::vector<std::uint64_t>& place) {
            const std::uint64_t number = numberOf(place, weights);
            if (number >= chunks.size())
                return;
            Chunk chunk = chunks[static_cast<std::size_t>(number)];
            if (m_dataset.filters.empty())
                chunk.bytes = m_grid.chunkBytes;
            add(place, chunk);
        });
    }

    void takeRecords() {
        const std::size_t rank = m_grid.counts.size();
        const std::size_t offset = m_file.offsetBytes();
        const bool filtered = !m_dataset.filters.empty();
        forEachRecord(m_file, m_dataset.layout.address, [&](std::span<const std::byte> record) {
            const std::size_t fixed = offset + 8 * rank + (filtered ? 4 : 0);
            if (record.size() < fixed + (filtered ? 1 : 0) || record.size() > fixed + 8)
                m_file.damaged("a chunk index has an impossible shape");
            ByteCursor cursor = m_file.cursor(record);
            Chunk chunk{cursor.number(offset), m_grid.chunkBytes, 0};
            if (filtered) {
                chunk.bytes = cursor.number(record.size() - fixed);
                chunk.mask = static_cast<std::uint32_t>(cursor.number(4));
            }
            std::vector<std::uint64_t> place(rank);
            for (std::uint64_t& at : place)
                at = cursor.number(8);
            add(place, chunk);
        });
    }

    /// What a step along each axis adds to a chunk's number in an array. Arrays count up to the
    /// largest allowed shape, and a growing axis (`first`) is the slowest.
    [[nodiscard]] std::vector<std::uint64_t> numberWeights(std::size_t first) const {
        const std::size_t rank = m_grid.counts.size();
        std::vector<std::uint64_t> weights(rank);
        std::uint64_t weight = 1;
        for (std::size_t i = rank; i-- > 0;) {
            if (i == first)
                continue;
            weights[i] = weight;
            const std::uint64_t most =
                std::max(m_dataset.space.maximums[i], m_dataset.space.sizes[i]);
            const std::uint64_t count = ceilDivide(most, m_dataset.layout.chunk[i]);
            if (i > 0 && (count > kUnlimited / 8 / weight))
                weight = kUnlimited / 8;
            else
                weight *= count;
        }
        if (first < rank)
            weights[first] = weight;
        return weights;
    }

    static std::uint64_t numberOf(const std::vector<std::uint64_t>& place,
                                  const std::vector<std::uint64_t>& weights) {
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < place.size(); ++i) {
            std::uint64_t part = 0;
            if (__builtin_mul_overflow(place[i], weights[i], &part) ||
                __builtin_add_overflow(number, part, &number))
                return kUnlimited;
        }
        return number;
    }

    template <typename F>
    void forEachPlace(F&& take) {
        std::vector<std::uint64_t> place(m_grid.counts.size());
        for (std::uint64_t i = 0; i < m_grid.total; ++i) {
            std::uint64_t rest = i;
            for (std::size_t axis = place.size(); axis-- > 0;) {
                place[axis] = rest % m_grid.counts[axis];
                rest /= m_grid.counts[axis];
            }
            take(place);
        }
    }

    const File& m_file;
    const Dataset& m_dataset;
    ChunkGrid m_grid;
    std::set<std::uint64_t> m_seen;
};

} // namespace

ChunkGrid readChunkGrid(const File& file, const Dataset& dataset) {
    ChunkGrid grid = GridReader(file, dataset).read();
    std::uint64_t held = 0;
    for (const auto& [number, chunk] : grid.stored) {
        const std::uint64_t most =
            dataset.filters.empty() ? chunk.bytes : chunk.bytes * kMaximumRatio;
        if (most < grid.chunkBytes)
            file.damaged("a chunk declares more than its bytes can hold");
        held += chunk.bytes;
    }
    if (held > 2 * file.size())
        file.damaged("its chunks overlap");
    // Chunks that were never written hold the fill value; a shape of nothing else is a lie.
    if (grid.total * grid.chunkBytes / kMaximumRatio > file.size())
        file.damaged("it declares more than its bytes can hold");
    return grid;
}

} // namespace likeness::hdf5
