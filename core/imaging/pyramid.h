// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/boxmeans.h"
#include "core/imaging/slicesource.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace likeness {

/// Where pyramids are kept and how much of the disk they may take together.
struct PyramidShelf {
    std::filesystem::path folder; ///< of the user's cache; made when it is first needed
    std::int64_t maximumBytes = std::int64_t{10} << 30U;
};

/// What a pyramid was made of. Another file under the same name, or the same file changed, has
/// other files or values.
struct PyramidOrigin {
    std::string identity; ///< path, dataset and layout: names the pyramid's file
    std::string files;    ///< their sizes and times
    std::string values;   ///< hash of some of the values

    /// `glimpse` is of the same source. Throws Error(io).
    [[nodiscard]] static PyramidOrigin
    of(const SliceSource& source, const ReadOptions& options, const Glimpse& glimpse);
};

/// Levels 1 and up of a source in blocks in one file, read where they are needed. Thread safe.
class Pyramid final : public LevelStore {
public:
    /// Empty if there is none. One that is damaged or made of another state is removed.
    [[nodiscard]] static std::shared_ptr<const Pyramid>
    find(const PyramidShelf& shelf, const SliceSource& source, const PyramidOrigin& origin);

    void readBlock(int level,
                   const Volume::Box& box,
                   std::span<std::byte> out,
                   const std::stop_token& stop) const override;

    /// How the blocks of the levels lie in a file.
    struct Layout {
        struct Level {
            SliceSource::Size size{};
            SliceSource::Size edge{}; ///< of its blocks; those at the far ends are as large
            SliceSource::Size blocks{};
            std::uint64_t first = 0; ///< byte of its first block
        };

        explicit Layout(const SliceSource& source);

        std::vector<Level> levels; ///< from level 1 on
        std::size_t voxelBytes = 1;
        std::uint64_t bytes = 0; ///< of the whole file

        [[nodiscard]] std::uint64_t blockBytes(const Level& level) const noexcept;
        [[nodiscard]] std::uint64_t offset(const Level& level,
                                           const SliceSource::Size& block) const noexcept;
    };

private:
    Pyramid(int file, Layout layout);

    struct Descriptor;
    std::shared_ptr<const Descriptor> m_file;
    Layout m_layout;
};

/// Makes a pyramid slice by slice, in memory for a few slices, under a name that find() never
/// opens; the finished file gets its own name at the end. One thread at a time.
class PyramidBuilder {
public:
    /// Makes room on the shelf by removing those that were not looked at for longest. Throws
    /// Error(memory) if it does not fit on the shelf or on the disk, Error(io).
    PyramidBuilder(SliceSourcePtr source, const PyramidShelf& shelf, const PyramidOrigin& origin);
    ~PyramidBuilder();
    PyramidBuilder(const PyramidBuilder&) = delete;
    PyramidBuilder& operator=(const PyramidBuilder&) = delete;

    /// Takes one slice. After the last one the source reads its levels from the pyramid, and the
    /// answer is false. Throws what the source throws, Cancelled, Error(io).
    bool step(const std::stop_token& stop);

    [[nodiscard]] double progress() const noexcept;

private:
    void finishSlice(std::size_t level, std::int64_t index);
    void writeSlice(std::size_t level, std::int64_t index);
    void publish();

    SliceSourcePtr m_source;
    PyramidShelf m_shelf;
    PyramidOrigin m_origin;
    Pyramid::Layout m_layout;
    std::filesystem::path m_part;
    int m_file = -1;
    std::int64_t m_next = 0; ///< slice of level 0
    Volume m_slice;
    std::vector<BlockSums> m_sums;    ///< of each level
    std::vector<std::byte> m_means;   ///< of one slice
    std::vector<std::byte> m_segment; ///< of one block in that slice
};

} // namespace likeness
