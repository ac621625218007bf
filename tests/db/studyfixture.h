// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/blinding.h"
#include "db/package.h"
#include "db/ratingsession.h"
#include "db/signing.h"

#include <filesystem>
#include <string>

namespace testing {

/// Where tests keep their files: memory, if there is such a folder, because none of them depends on
/// what reaches a disk.
[[nodiscard]] std::filesystem::path scratch();

inline constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";

/// A definition for sets "sandstone" (real) and "made" (synthetic), two raters, two repeats.
[[nodiscard]] likeness::Json smallDefinition();

/// Sources of that study: `perSet` images of 32x32 a set; the same pixels for the same number. With
/// `swapped` labels the pixels of the two sets change places.
[[nodiscard]] std::vector<likeness::StimulusSource> smallSources(int perSet, bool swapped = false);

[[nodiscard]] likeness::FrozenStudy smallStudy(int perSet = 6, bool swapped = false);

[[nodiscard]] likeness::PackageSource sourceOf(const likeness::FrozenStudy& study);

/// The lead's keys, the same for every test of one process.
[[nodiscard]] const likeness::KeyPair& leadKeys();

/// Writes `folder`/small.study and returns its path.
std::filesystem::path writeSmallPackage(const std::filesystem::path& folder, int perSet = 6);

[[nodiscard]] likeness::RatingSession::Answer answerOf(int value);

} // namespace testing
