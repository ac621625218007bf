// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/sidefiles.h"

#include "core/base/error.h"

#include <algorithm>
#include <system_error>

namespace likeness {

namespace fs = std::filesystem;

namespace {

class FolderFiles final : public SideFiles {
public:
    explicit FolderFiles(const fs::path& header)
        : m_header(header.string())
        , m_folder(header.parent_path()) {}

    [[nodiscard]] ByteSourcePtr open(const std::string& name) const override {
        if (!staysInFolder(name))
            throw Error(ErrorCode::unsupported, m_header,
                        "it says that its pixels are in '" + name.substr(0, 200) +
                            "', and only files in the header's own folder are opened",
                        "put the file beside the header and write its bare name there");
        if (!has(name))
            throw Error(ErrorCode::notFound, m_header,
                        "its pixels are in the file '" + name + "', which is not beside it",
                        "copy both files into one folder");
        return openFile(m_folder / name);
    }

    [[nodiscard]] bool has(const std::string& name) const override {
        std::error_code ignored;
        return staysInFolder(name) && fs::exists(m_folder / name, ignored);
    }

private:
    std::string m_header;
    fs::path m_folder;
};

} // namespace

SideFilesPtr filesBeside(const fs::path& header) {
    return std::make_shared<FolderFiles>(header);
}

bool staysInFolder(std::string_view name) {
    constexpr std::size_t kLongest = 4096;
    if (name.empty() || name.size() > kLongest || name.find('\0') != std::string_view::npos)
        return false;
    const fs::path path(name);
    return path.is_relative() && std::none_of(path.begin(), path.end(),
                                              [](const fs::path& part) { return part == ".."; });
}

} // namespace likeness
