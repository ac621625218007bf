// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/samplebytes.h"

namespace likeness {

/// How VTK's XML files store the bytes of an array.
struct VtkCoding {
    bool base64 = false;
    bool zlib = false;
    bool bigEndian = false;
    bool wideHeader = false; ///< counts are UInt64, else UInt32
};

/// The `bytes` of an array whose counts and data lie in a stretch: a count of bytes and they, or
/// the number of blocks, their sizes and the packed blocks. Throws Error(format) if the counts do
/// not agree with `bytes` and with the length of the file.
[[nodiscard]] SampleBytesPtr
openVtkArray(const Stretch& stored, const VtkCoding& coding, std::uint64_t bytes);

} // namespace likeness
