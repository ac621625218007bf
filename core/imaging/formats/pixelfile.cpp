// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/pixelfile.h"

#include "core/base/error.h"
#include "core/base/files.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <zlib.h>

namespace likeness {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void cannotWrite(const fs::path& path) {
    throw Error(ErrorCode::io, path.string(), "the image cannot be written",
                "check the folder and the free space");
}

/// gzip writing that closes the file on every way out.
class GzipFile {
public:
    explicit GzipFile(const fs::path& path)
        : m_file(gzopen(path.c_str(), "wb6")) {}

    ~GzipFile() {
        if (m_file != nullptr)
            gzclose(m_file);
    }

    GzipFile(const GzipFile&) = delete;
    GzipFile& operator=(const GzipFile&) = delete;

    [[nodiscard]] bool write(std::string_view bytes) {
        constexpr std::size_t kMostAtOnce = std::size_t{1} << 30U;
        while (m_file != nullptr && !bytes.empty()) {
            const auto part = bytes.substr(0, kMostAtOnce);
            if (gzwrite(m_file, part.data(), static_cast<unsigned>(part.size())) <= 0)
                return false;
            bytes.remove_prefix(part.size());
        }
        return m_file != nullptr;
    }

    [[nodiscard]] bool close() {
        const int result = gzclose(m_file);
        m_file = nullptr;
        return result == Z_OK;
    }

private:
    gzFile m_file;
};

std::string_view pixelsOf(const Volume& volume) {
    const ImageSpan span = volume.span();
    return {reinterpret_cast<const char*>(span.data), span.bytes()};
}

} // namespace

void writeHeadAndPixels(const fs::path& path, std::string_view head, const Volume& volume) {
    const std::string_view pixels = pixelsOf(volume);
    writeFileDurably(path, [&](const fs::path& temporary) {
        std::ofstream out(temporary, std::ios::binary);
        out.write(head.data(), static_cast<std::streamsize>(head.size()));
        out.write(pixels.data(), static_cast<std::streamsize>(pixels.size()));
        out.close();
        if (!out)
            cannotWrite(path);
    });
}

void writeHeadAndPixelsPacked(const fs::path& path, std::string_view head, const Volume& volume) {
    const std::string_view pixels = pixelsOf(volume);
    writeFileDurably(path, [&](const fs::path& temporary) {
        GzipFile out(temporary);
        if (!out.write(head) || !out.write(pixels) || !out.close())
            cannotWrite(path);
    });
}

} // namespace likeness
