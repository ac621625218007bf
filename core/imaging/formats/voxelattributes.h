// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// A named value as HDF5 and NetCDF hold it: numbers or a text.
struct NamedValue {
    std::vector<double> numbers;
    std::string text;
};

using ValueLookup = std::function<std::optional<NamedValue>(std::string_view name)>;

/// As micrometresIn(), and in any case and number ("Micrometres"); blanks around are ignored.
[[nodiscard]] std::optional<double> lengthUnitUm(std::string_view word);

/// The voxel size from attributes that programs of this field write: `element_size_um` (z, y, x;
/// ImageJ's HDF5 plug-in, ilastik), `voxel_size_xyz` and `voxel_size` with `voxel_unit` (HeliScan
/// and mango at ANU). A number without a unit gives a warning, never a guess.
[[nodiscard]] std::optional<VoxelSize> voxelSizeFromAttributes(const ValueLookup& attribute,
                                                               std::string_view format,
                                                               std::vector<std::string>& warnings);

} // namespace likeness
