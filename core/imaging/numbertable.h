// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace likeness {

/// Numbers in rows (samples) and columns (features), row by row.
struct NumberTable {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<double> values;
};

/// A `.npy` array of rank 1 (one column) or 2 of any real type, every value exact as double (64-bit
/// integers up to 2^53). Throws Error: notFound, io, format, unsupported, memory (above 2^28
/// values).
[[nodiscard]] NumberTable readNumberTable(const std::filesystem::path& path);

} // namespace likeness
