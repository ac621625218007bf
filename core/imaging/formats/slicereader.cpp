// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/slicereader.h"

#include "core/base/error.h"

#include <string>
#include <utility>

namespace likeness {

PlainPixels
evenSlices(ByteSourcePtr source, std::uint64_t first, std::size_t sliceBytes, std::int64_t depth) {
    PlainPixels pixels{std::move(source), {}, false};
    pixels.slices.reserve(static_cast<std::size_t>(depth));
    for (std::int64_t z = 0; z < depth; ++z)
        pixels.slices.push_back(first + static_cast<std::uint64_t>(z) * sliceBytes);
    return pixels;
}

void checkDeclaredSize(const ImageHeader& header,
                       const std::string& name,
                       const ReadLimits& limits) {
    const std::string size = std::to_string(header.width) + " x " + std::to_string(header.height) +
                             " x " + std::to_string(header.depth);
    std::int64_t bytes = static_cast<std::int64_t>(bytesOf(header.type));
    for (const std::int64_t n : {header.width, header.height, header.depth, header.channels}) {
        if (n < 1)
            throw Error(ErrorCode::format, name, "it declares an empty image of " + size);
        if (n > limits.maximumBytes / bytes)
            throw Error(ErrorCode::memory, name,
                        "its " + size + " pixels need more than the limit of " +
                            std::to_string(limits.maximumBytes >> 20) + " MiB",
                        "crop it first");
        bytes *= n;
    }
}

} // namespace likeness
