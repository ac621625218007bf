// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <filesystem>

namespace likeness::test {

/// Fills a folder with files of one kind ("hdf5", "netcdf", "dicom", "tiff") as the usual Python
/// libraries write them, see writesamples.py. Returns why that was not possible; empty if it was.
[[nodiscard]] QString writeSamples(const QString& kind, const std::filesystem::path& folder);

/// Whether a missing tool fails the tests instead of skipping them.
[[nodiscard]] bool toolsAreRequired();

} // namespace likeness::test
