// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace likeness {

/// The files in the folder of a header, for pixels that lie in other files than their description.
/// Names come out of files and are not trusted: nothing outside the folder can be opened.
class SideFiles {
public:
    virtual ~SideFiles() = default;

    /// Opens `name`, relative to the folder. Throws Error(unsupported) for a name that leaves it,
    /// Error(notFound).
    [[nodiscard]] virtual ByteSourcePtr open(const std::string& name) const = 0;

    [[nodiscard]] virtual bool has(const std::string& name) const = 0;
};

using SideFilesPtr = std::shared_ptr<const SideFiles>;

[[nodiscard]] SideFilesPtr filesBeside(const std::filesystem::path& header);

/// Relative, not empty, and without "..".
[[nodiscard]] bool staysInFolder(std::string_view name);

} // namespace likeness
