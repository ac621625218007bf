// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/io.h"

#include <array>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>

namespace likeness {

/// Reduced copies of a volume, made beforehand.
class LevelStore {
public:
    virtual ~LevelStore() = default;

    /// As SliceSource::readBlock(), for levels from 1 on.
    virtual void readBlock(int level,
                           const Volume::Box& box,
                           std::span<std::byte> out,
                           const std::stop_token& stop) const = 0;
};

/// Voxels that need not be in memory, at several levels: 0 is the volume itself, and a voxel of
/// level k is the mean of the block of 2^k voxels along each axis that it covers (fewer at the far
/// ends), rounded to the nearest for integer types. Thread safe; reads of different threads run
/// side by side as far as the format allows.
class SliceSource {
public:
    using Size = std::array<std::int64_t, 3>; ///< x, y, z

    virtual ~SliceSource() = default;

    [[nodiscard]] const ImageHeader& header() const noexcept { return m_header; }

    /// The last level has no edge above kSmallestEdge.
    [[nodiscard]] int levels() const noexcept;
    static constexpr std::int64_t kSmallestEdge = 128;

    [[nodiscard]] Size sizeOf(int level) const noexcept;

    /// Bytes of a voxel with its channels.
    [[nodiscard]] std::size_t voxelBytes() const noexcept {
        return static_cast<std::size_t>(m_header.channels) * likeness::bytesOf(m_header.type);
    }

    /// Fills `out`, box voxels in the order of Volume. Throws Error(config) for a box that does not
    /// lie inside or an `out` of another length, Cancelled soon after a stop, and what the file's
    /// reader throws.
    void readBlock(int level,
                   const Volume::Box& box,
                   std::span<std::byte> out,
                   const std::stop_token& stop = {}) const;

    /// Whether blocks of the level are read as they are. Blocks of other levels are means taken
    /// from level 0 at each call, at the price of reading 8^level times as much.
    [[nodiscard]] bool isAtHand(int level) const noexcept;

    /// What levels from 1 on are read from.
    void setStore(std::shared_ptr<const LevelStore> store) noexcept;

    /// Whether parts of slices are read alone. Otherwise whole slices are decoded for them.
    [[nodiscard]] virtual bool readsParts() const noexcept = 0;

    /// Edges of the blocks, at most about `bytes` long, in which a level is best read by one who
    /// looks along `axis` (0 x, 1 y, 2 z). Blocks begin at multiples of them.
    [[nodiscard]] Size blockSize(int level, int axis, std::int64_t bytes) const noexcept;

protected:
    /// A box that lies inside, of level 0.
    virtual void readVoxels(const Volume::Box& box,
                            std::span<std::byte> out,
                            const std::stop_token& stop) const = 0;

    ImageHeader m_header;

private:
    void readMeans(int level,
                   const Volume::Box& box,
                   std::span<std::byte> out,
                   const std::stop_token& stop) const;
    [[nodiscard]] std::shared_ptr<const LevelStore> store() const noexcept;

    mutable std::mutex m_mutex;
    std::shared_ptr<const LevelStore> m_store;
};

using SliceSourcePtr = std::shared_ptr<SliceSource>;

[[nodiscard]] SliceSourcePtr memorySlices(std::shared_ptr<const Volume> volume);

/// A file or folder of any size, by its header alone; `options.maximumBytes` and `options.range`
/// are left aside. Throws as readHeader().
[[nodiscard]] SliceSourcePtr openSlices(const std::filesystem::path& path,
                                        const ReadOptions& options = {});

/// The first sight of a source: a coarse copy of all of it and some of its values.
struct Glimpse {
    Volume coarse; ///< of a few slices, each reduced by means; a level of the source if at hand
    std::array<double, 3> scale{1.0, 1.0, 1.0}; ///< voxels of the source per coarse one
    Volume values; ///< voxels drawn from the same slices, repeatably; one row per slice
};

inline constexpr std::int64_t kGlimpseSlices = 16;

/// Throws as readBlock().
[[nodiscard]] Glimpse glimpseOf(const SliceSource& source, const std::stop_token& stop = {});

} // namespace likeness
