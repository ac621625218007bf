// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/arguments.h"
#include "core/base/domain.h"
#include "core/base/json.h"
#include "core/generation/client/trainrequest.h"
#include "core/imaging/image.h"
#include "core/imaging/io.h"
#include "core/structure/indicator.h"

#include <optional>
#include <string>

namespace likeness::cli {

/// Words and numbers that several commands read or print alike.

inline constexpr Option kDatasetOption = {
    "--dataset", "NAME",
    "which image of an HDF5, NetCDF or TIFF hyperstack (standard: the likeliest)"};

inline constexpr std::string_view kRawWord = "WxHxD:dtype:le|be[:offset]";

/// --raw and --dataset as options for reading. Throws UsageError.
[[nodiscard]] ReadOptions readOptions(const Arguments& arguments);

/// --domain. Throws UsageError.
[[nodiscard]] Domain domainOption(const Arguments& arguments);

/// --voxel-um, greater than 0.
[[nodiscard]] std::optional<double> voxelOption(const Arguments& arguments);

/// --threshold: a grey value; empty for otsu, which is the default. Throws UsageError.
[[nodiscard]] std::optional<double> thresholdOption(const Arguments& arguments);

/// --phase. Throws UsageError.
[[nodiscard]] std::optional<Phase> phaseOption(const Arguments& arguments);

/// --device, --threads and --precision. Throws UsageError.
[[nodiscard]] WorkerDevice deviceOptions(const Arguments& arguments);

/// At most `digits` significant digits, no trailing zeros; "-" for none.
[[nodiscard]] std::string shortNumber(double value, int digits = 6);
[[nodiscard]] std::string shortNumber(const std::optional<double>& value, int digits = 6);

/// "1 sample", "12 samples".
[[nodiscard]] std::string counted(std::size_t n, std::string_view noun);

/// [x, y, z] in micrometres, or null.
[[nodiscard]] OrderedJson voxelJson(const std::optional<VoxelSize>& voxel);

/// A whole number where the value is one of an integer type, else a floating-point one.
[[nodiscard]] OrderedJson pixelJson(double value, PixelType type);

} // namespace likeness::cli
