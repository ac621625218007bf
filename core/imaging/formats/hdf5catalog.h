// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/hdf5types.h"
#include "core/imaging/formats/voxelattributes.h"
#include "core/imaging/io.h"

#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace likeness::hdf5 {

/// Which axes of a dataset are z, y, x and colour; -1 where there is none. All others have size 1.
using Axes = std::array<int, 4>;

/// (y, x), (z, y, x), and these with a last axis of 3 colours or with more axes of size 1; empty
/// for other shapes.
[[nodiscard]] std::optional<Axes> imageAxes(const std::vector<std::uint64_t>& sizes);

/// A dataset that can be an image or a volume.
struct Entry {
    std::string path;
    std::uint64_t address = 0;
    Datatype type;
    std::vector<std::uint64_t> sizes;
    bool nexusData = false; ///< called "data" in a group of class NXdata

    [[nodiscard]] std::uint64_t values() const noexcept;
};

/// The images of a file, found by walking its groups once. Soft links are followed only where one
/// is asked for by name, links to other files never.
class Catalog {
public:
    explicit Catalog(const File& file);

    /// `wanted` (a path, or its last part where that is unique), else `/exchange/data` (DXchange),
    /// else what NeXus marks as its data, else the only image, else the largest with a warning.
    /// Throws Error(notFound), Error(unsupported), Error(format).
    [[nodiscard]] Entry choose(const std::string& wanted, std::vector<std::string>& warnings) const;

    [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return m_entries; }

    /// All of them with shape, type and chunks.
    [[nodiscard]] std::vector<DatasetInfo> infos() const;

    /// The object at a path; empty if there is none. Throws Error(unsupported) if the path leads
    /// into another file.
    [[nodiscard]] std::optional<std::uint64_t> find(const std::string& path) const;

    /// An attribute of the object at `path`.
    [[nodiscard]] std::optional<NamedValue> attribute(const std::string& path,
                                                      std::string_view name) const;

    /// A dataset of a few numbers that is stored in one piece.
    [[nodiscard]] std::optional<NamedValue> smallDataset(const std::string& path) const;

private:
    struct Group;

    void walk();
    void takeGroup(const Group& group, std::vector<Group>& next);
    [[nodiscard]] std::optional<std::uint64_t>
    follow(std::uint64_t from, const std::string& path, int depth) const;
    [[nodiscard]] std::optional<Entry> entryAt(const std::string& path) const;
    [[nodiscard]] std::optional<Entry> nexusDefault() const;
    [[nodiscard]] std::optional<Entry> named(const std::string& wanted) const;

    const File& m_file;
    std::vector<Entry> m_entries;
    std::set<std::uint64_t> m_seen;
};

/// Attributes of the dataset and its groups, NeXus and DXchange pixel sizes. The source is named.
[[nodiscard]] std::optional<VoxelSize>
voxelSizeOf(const Catalog& catalog, const std::string& path, std::vector<std::string>& warnings);

} // namespace likeness::hdf5
