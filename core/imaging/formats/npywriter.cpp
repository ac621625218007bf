// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/imaging/formats/npy.h"

#include <bit>
#include <fstream>

namespace likeness {

namespace {

std::string npyHeaderText(const Volume& volume) {
    std::string shape;
    if (volume.depth() > 1 || volume.width() == 3)
        shape = std::to_string(volume.depth()) + ", ";
    shape += std::to_string(volume.height()) + ", " + std::to_string(volume.width());
    if (volume.channels() != 1)
        shape += ", " + std::to_string(volume.channels());
    else if (volume.width() == 3)
        shape += ", 1"; // (z, y, 3) would be read as colours
    const bool little = std::endian::native == std::endian::little;
    const std::string descr =
        volume.type() == PixelType::u8
            ? "|u1"
            : std::string(little ? "<" : ">") + (volume.type() == PixelType::u16 ? "u2" : "f4");
    std::string text =
        "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }";
    constexpr std::size_t kPrefix = 10;
    constexpr std::size_t kAlignment = 64;
    const std::size_t used = kPrefix + text.size() + 1;
    text.append((kAlignment - used % kAlignment) % kAlignment, ' ');
    text.push_back('\n');
    std::string head("\x93NUMPY\x01\x00", 8);
    head.push_back(static_cast<char>(text.size() & 255U));
    head.push_back(static_cast<char>(text.size() >> 8U));
    return head + text;
}

} // namespace

void writeNpy(const std::filesystem::path& path, const Volume& volume) {
    const std::string head = npyHeaderText(volume);
    const ImageSpan span = volume.span();
    writeFileDurably(path, [&](const std::filesystem::path& temporary) {
        std::ofstream out(temporary, std::ios::binary);
        out.write(head.data(), static_cast<std::streamsize>(head.size()));
        out.write(reinterpret_cast<const char*>(span.data),
                  static_cast<std::streamsize>(span.bytes()));
        out.close();
        if (!out)
            throw Error(ErrorCode::io, path.string(), "the array cannot be written",
                        "check the folder and the free space");
    });
}

} // namespace likeness
