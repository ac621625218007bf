// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/slicereader.h"

#include <filesystem>
#include <vector>

namespace likeness {

/// Classic NetCDF (CDF-1, CDF-2 with 64-bit offsets, CDF-5; NetCDF-4 is HDF5): one variable of rank
/// 2 (y, x) or 3 (z, y, x); more axes may have size 1. `variable` names it; if empty, `tomo` (the
/// ANU's mango and HeliScan), else the only one, else the largest with a warning. Signed numbers
/// with the attribute `_Unsigned` = "true" are unsigned.
[[nodiscard]] SliceReaderPtr
openNetcdf(ByteSourcePtr source, const ReadLimits& limits, const std::string& variable);

/// A volume that was split along z into `block00000000.nc` and so on, in the order given. Throws
/// Error(format) naming the block that does not fit.
[[nodiscard]] SliceReaderPtr openNetcdfBlocks(const std::vector<std::filesystem::path>& files,
                                              const ReadOptions& options);

} // namespace likeness
