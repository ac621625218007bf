// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/samplereader.h"
#include "core/imaging/formats/sidefiles.h"

#include <string>
#include <vector>

namespace likeness {

enum class DataEncoding { raw, deflate, text };

/// Where a text header says its samples are.
struct DataPlace {
    std::vector<std::string> files; ///< beside the header, in order, with equal shares of the
                                    ///< samples; empty: behind the header in its own file
    std::uint64_t begin = 0;        ///< of the data in the header's own file
    DataEncoding encoding = DataEncoding::raw;
    std::int64_t lineSkip = 0; ///< lines before the data in every file
    std::int64_t byteSkip = 0; ///< bytes after those lines, of packed data once unpacked
    bool atEnd = false;        ///< the samples are the last bytes of every file
};

/// What a text header with its data attached or beside it says.
struct DescribedFile {
    DescribedSamples samples;
    DataPlace place;
};

/// Opens the data: every file is compared with its share of the samples before anything is
/// allocated. Throws Error: format, notFound, unsupported, memory.
[[nodiscard]] SliceReaderPtr openDescribed(DescribedFile description,
                                           const ByteSourcePtr& header,
                                           const SideFilesPtr& beside,
                                           const ReadLimits& limits);

/// Names by a pattern with one %d or %03d: "a%02d.raw" from 1 to 3 is a01.raw, a02.raw, a03.raw.
struct NumberedNames {
    std::string pattern;
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::int64_t step = 1;
};

/// Throws Error(format) in the name of `header` for another pattern and more than 100 000 names.
[[nodiscard]] std::vector<std::string> namesOf(const NumberedNames& numbered,
                                               const std::string& header);

} // namespace likeness
