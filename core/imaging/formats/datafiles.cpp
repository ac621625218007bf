// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/datafiles.h"

#include "core/base/error.h"
#include "core/imaging/formats/headertext.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace likeness {

namespace {

constexpr std::int64_t kMaximumFiles = 100'000;

/// Where the data begin once the lines have been skipped.
std::uint64_t skipLines(const Stretch& file, std::int64_t lines) {
    std::uint64_t at = file.begin;
    std::array<char, 16384> buffer{};
    while (lines > 0) {
        const std::size_t got = file.source->read(at, std::as_writable_bytes(std::span(buffer)));
        if (got == 0)
            throw Error(ErrorCode::format, file.source->name(),
                        "it ends before the lines that its header tells to skip",
                        "check the header's 'line skip'");
        const char* const end = buffer.data() + got;
        const char* next = buffer.data();
        while (lines > 0 && next != end) {
            next = std::find(next, end, '\n');
            if (next != end) {
                ++next;
                --lines;
            }
        }
        at += static_cast<std::uint64_t>(next - buffer.data());
    }
    return at;
}

/// What one file holds of the samples.
struct Share {
    SampleType type;
    std::uint64_t bytes;
};

/// Every number in a text has a digit and something that separates it from the next.
void checkTextHolds(const Stretch& text, const Share& share) {
    const std::uint64_t values = share.bytes / bytesOf(share.type);
    if (values > (text.end - text.begin) / 2)
        throw Error(ErrorCode::format, text.source->name(),
                    "the file is truncated: its header declares " + std::to_string(values) +
                        " numbers, more than its text can hold",
                    "copy it again from its origin");
}

/// The stretch of one file that holds its share of the samples. Warnings go to `header`.
Stretch
placeIn(ByteSourcePtr source, const DataPlace& place, const Share& share, ImageHeader* header) {
    const std::uint64_t bytes = share.bytes;
    Stretch stretch{std::move(source), 0, 0};
    stretch.end = stretch.source->size();
    stretch.begin = place.files.empty() ? place.begin : 0;
    stretch.begin = skipLines(stretch, place.lineSkip);
    if (place.encoding == DataEncoding::deflate) {
        checkCanInflate(stretch, bytes);
        return stretch;
    }
    if (place.encoding == DataEncoding::text) {
        checkTextHolds(stretch, share);
        return stretch;
    }
    if (place.atEnd) {
        checkHolds(stretch, bytes);
        stretch.begin = stretch.end - bytes;
        return stretch;
    }
    const auto skip = static_cast<std::uint64_t>(place.byteSkip);
    stretch.begin = skip > stretch.end - stretch.begin ? stretch.end : stretch.begin + skip;
    checkHolds(stretch, bytes);
    if (header != nullptr)
        warnOfBytesLeftOver(*header, stretch.end - stretch.begin - bytes);
    return stretch;
}

SampleBytesPtr openStretch(Stretch stretch, const DataPlace& place, const Share& share) {
    switch (place.encoding) {
    case DataEncoding::raw:
        return plainBytes(std::move(stretch.source), stretch.begin);
    case DataEncoding::text:
        return textNumbers(std::move(stretch), share.type);
    case DataEncoding::deflate:
        break;
    }
    const auto skip = static_cast<std::uint64_t>(place.byteSkip);
    return laterBytes(inflatedBytes(std::move(stretch), share.bytes + skip), skip);
}

SampleBytesPtr openPieces(const DescribedFile& description,
                          const SideFilesPtr& beside,
                          std::uint64_t total,
                          const std::string& header) {
    const DataPlace& place = description.place;
    const std::uint64_t count = place.files.size();
    if (total % count != 0)
        throw Error(ErrorCode::format, header,
                    "its " + std::to_string(total) +
                        " bytes of pixels cannot be shared equally by " + std::to_string(count) +
                        " files",
                    "check the list of files");
    const Share share{description.samples.format.type, total / count};
    for (const std::string& file : place.files)
        (void)placeIn(beside->open(file), place, share, nullptr);
    const auto open = [beside, place, share](std::uint64_t index) {
        const std::string& file = place.files[static_cast<std::size_t>(index)];
        return openStretch(placeIn(beside->open(file), place, share, nullptr), place, share);
    };
    return joinedBytes({count, share.bytes, open});
}

} // namespace

SliceReaderPtr openDescribed(DescribedFile description,
                             const ByteSourcePtr& header,
                             const SideFilesPtr& beside,
                             const ReadLimits& limits) {
    DescribedSamples& samples = description.samples;
    DataPlace& place = description.place;
    takePixelType(samples);
    checkDeclaredSize(samples.header, header->name(), limits);
    const std::uint64_t bytes = storedBytes(samples);
    // Numbers in text are read in the machine's own order.
    if (place.encoding == DataEncoding::text)
        samples.format.bigEndian = std::endian::native == std::endian::big;
    SampleBytesPtr data;
    if (place.files.size() > 1) {
        data = openPieces(description, beside, bytes, header->name());
    } else {
        const ByteSourcePtr source = place.files.empty() ? header : beside->open(place.files[0]);
        const Share all{samples.format.type, bytes};
        data = openStretch(placeIn(source, place, all, &samples.header), place, all);
    }
    return sampleReader(std::move(samples), std::move(data), header->name());
}

std::vector<std::string> namesOf(const NumberedNames& numbered, const std::string& header) {
    const auto bad = [&](const std::string& why) {
        return Error(ErrorCode::format, header,
                     "its pattern of file names, '" + numbered.pattern + "', " + why,
                     "write it as name%03d.raw with the first and the last number");
    };
    const std::string& pattern = numbered.pattern;
    const std::size_t percent = pattern.find('%');
    const std::size_t d = percent == std::string::npos ? percent : pattern.find('d', percent);
    if (d == std::string::npos || pattern.find('%', percent + 1) != std::string::npos)
        throw bad("has not exactly one %d");
    const std::string width = pattern.substr(percent + 1, d - percent - 1);
    const bool zeros = width.starts_with('0');
    const auto least = width.empty() ? 1 : wholeNumber(width).value_or(-1);
    constexpr std::int64_t kWidest = 20;
    if (least < 0 || least > kWidest)
        throw bad("has not exactly one %d");
    constexpr std::int64_t kLast = 1'000'000'000;
    if (numbered.step < 1 || numbered.step > kLast || numbered.last > kLast || numbered.first < 0 ||
        numbered.last < numbered.first ||
        (numbered.last - numbered.first) / numbered.step >= kMaximumFiles)
        throw bad("does not count from a first to a last number with at most 100000 files");
    std::vector<std::string> names;
    for (std::int64_t n = numbered.first; n <= numbered.last; n += numbered.step) {
        std::string number = std::to_string(n);
        const auto missing = static_cast<std::int64_t>(number.size()) < least
                                 ? static_cast<std::size_t>(least) - number.size()
                                 : 0;
        number.insert(0, missing, zeros ? '0' : ' ');
        names.push_back(pattern.substr(0, percent) + number + pattern.substr(d + 1));
    }
    return names;
}

} // namespace likeness
