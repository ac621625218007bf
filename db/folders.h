// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace likeness {

/// Syncs a folder's list of names to disk. Throws Error(io).
void syncFolder(const std::filesystem::path& folder);

/// Makes a folder and those above it where they are missing, each name synced. Throws Error(io).
void makeFolder(const std::filesystem::path& folder, bool ownerOnly = false);

} // namespace likeness
