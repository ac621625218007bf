// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/samples.h"
#include "core/imaging/formats/voxelattributes.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// A variable of a classic NetCDF file.
struct NetcdfVariable {
    std::string name;
    std::vector<std::uint64_t> sizes; ///< slowest axis first
    std::optional<SampleType> type;   ///< empty for text
    std::map<std::string, NamedValue> attributes;
    std::uint64_t offset = 0;     ///< of the first value
    std::uint64_t recordStep = 0; ///< bytes from one index of the first axis to the next; 0: dense

    [[nodiscard]] std::uint64_t values() const noexcept;
};

struct NetcdfHeader {
    std::map<std::string, NamedValue> attributes;
    std::vector<NetcdfVariable> variables;
};

/// The header as the NetCDF Classic Format Specification defines it. Throws Error(format) if it is
/// damaged or if the file ends before the values of a variable do.
[[nodiscard]] NetcdfHeader readNetcdfHeader(const ByteSource& source);

} // namespace likeness
