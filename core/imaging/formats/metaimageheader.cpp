// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/calibration.h"
#include "core/imaging/formats/headertext.h"
#include "core/imaging/formats/metaimage.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace likeness {

namespace {

constexpr double kMillimetre = 1000.0;

[[noreturn]] void damaged(const std::string& file, const std::string& why) {
    throw Error(ErrorCode::format, file, "the MetaImage header is damaged, " + why,
                "save the file again with the program that made it");
}

[[noreturn]] void unread(const std::string& file, const std::string& why) {
    throw Error(ErrorCode::unsupported, file, why,
                "save it as a grey or RGB image of whole numbers or floats");
}

/// The lines "Key = Value"; keys in lower case, as some writers have their own ideas of case.
struct Header {
    std::string file;
    std::map<std::string, std::string, std::less<>> values;
    std::vector<std::string> listed; ///< lines behind "ElementDataFile = LIST"
    std::uint64_t end = 0;

    [[nodiscard]] std::string value(std::string_view key) const {
        const auto found = values.find(key);
        return found == values.end() ? std::string() : found->second;
    }

    [[nodiscard]] bool isTrue(std::string_view key, bool standard) const {
        const std::string word = lowered(value(key));
        if (word.empty())
            return standard;
        if (word == "true" || word == "1" || word == "t")
            return true;
        if (word == "false" || word == "0" || word == "f")
            return false;
        damaged(file, std::string(key) + " is '" + word.substr(0, 20) + "'");
    }

    [[nodiscard]] std::vector<double> numbers(std::string_view key) const {
        const auto read = realNumbers(value(key));
        if (!read)
            damaged(file, std::string(key) + " is '" + value(key).substr(0, 60) + "'");
        return *read;
    }

    [[nodiscard]] std::int64_t number(std::string_view key, std::int64_t standard) const {
        const std::string text = value(key);
        const auto read = text.empty() ? std::optional(standard) : wholeNumber(text);
        if (!read)
            damaged(file, std::string(key) + " is '" + text.substr(0, 40) + "'");
        return *read;
    }
};

bool isList(const std::string& dataFile) {
    return dataFile == "LIST" || dataFile.starts_with("LIST ");
}

Header readLines(const ByteSource& source) {
    Header header;
    header.file = source.name();
    HeaderLines lines(source);
    while (const auto line = lines.next()) {
        if (trimmed(*line).empty())
            continue;
        const std::size_t equals = line->find('=');
        if (equals == std::string::npos)
            damaged(header.file, "it has the line '" + line->substr(0, 60) + "'");
        const std::string key = lowered(trimmed(std::string_view(*line).substr(0, equals)));
        header.values[key] = trimmed(std::string_view(*line).substr(equals + 1));
        if (key == "elementdatafile")
            break;
    }
    header.end = lines.position();
    if (header.value("elementdatafile").empty())
        damaged(header.file, "it does not say where the pixels are (ElementDataFile)");
    if (isList(header.value("elementdatafile"))) {
        while (const auto line = lines.next()) {
            if (!trimmed(*line).empty())
                header.listed.emplace_back(trimmed(*line));
        }
    }
    return header;
}

std::optional<SampleType> typeNamed(std::string word) {
    using enum SampleType;
    static const std::map<std::string, SampleType, std::less<>> kTypes{
        {"met_uchar", u8},       {"met_char", i8},       {"met_ushort", u16}, {"met_short", i16},
        {"met_uint", u32},       {"met_int", i32},       {"met_ulong", u32},  {"met_long", i32},
        {"met_ulong_long", u64}, {"met_long_long", i64}, {"met_float", f32},  {"met_double", f64}};
    constexpr std::string_view kArray = "_array";
    if (word.ends_with(kArray))
        word.resize(word.size() - kArray.size());
    const auto found = kTypes.find(word);
    return found == kTypes.end() ? std::nullopt : std::optional(found->second);
}

void takeSizes(const Header& text, ImageHeader& header) {
    const std::int64_t dimensions = text.number("ndims", 0);
    std::vector<std::int64_t> sizes;
    const std::string words = text.value("dimsize");
    for (const std::string_view word : wordsOf(words)) {
        const auto size = wholeNumber(word);
        if (!size || *size < 1)
            damaged(text.file, "DimSize is '" + words.substr(0, 60) + "'");
        sizes.push_back(*size);
    }
    if (dimensions < 1 || sizes.size() != static_cast<std::size_t>(dimensions))
        damaged(text.file, "NDims is '" + text.value("ndims").substr(0, 20) + "' and DimSize is '" +
                               words.substr(0, 60) + "'");
    while (sizes.size() > 3 && sizes.back() == 1)
        sizes.pop_back();
    if (sizes.size() != 2 && sizes.size() != 3)
        unread(text.file, "it has " + std::to_string(sizes.size()) +
                              " dimensions, and 2 (image) and 3 (volume) are read");
    header.width = sizes[0];
    header.height = sizes[1];
    header.depth = sizes.size() == 3 ? sizes[2] : 1;
    header.channels = text.number("elementnumberofchannels", 1);
    if (header.channels != 1 && header.channels != 3)
        unread(text.file, "it has " + std::to_string(header.channels) +
                              " channels, and 1 (grey) and 3 (RGB) are read");
}

void takeSpacing(const Header& text, ImageHeader& header) {
    const bool spacing = text.values.contains("elementspacing");
    const char* const key = spacing ? "elementspacing" : "elementsize";
    std::vector<double> edges = text.numbers(key);
    if (edges.empty())
        return;
    if (edges.size() < 2)
        damaged(text.file, std::string(key) + " has one number");
    const std::string unit = text.value("distanceunits");
    const auto named = micrometresIn(unit);
    std::string source = spacing ? "MetaImage ElementSpacing" : "MetaImage ElementSize";
    if (!named) {
        if (std::all_of(edges.begin(), edges.end(), [](double edge) { return edge == 1.0; })) {
            header.warnings.emplace_back("the header states a spacing of 1, which programs write "
                                         "when they know none: no voxel size is taken");
            return;
        }
        source += ", mm by convention";
    }
    for (double& edge : edges)
        edge *= named.value_or(kMillimetre);
    const bool flat = edges.size() < 3 || text.number("ndims", 0) == 2;
    takeVoxelSize(header, {edges[0], edges[1], flat ? edges[0] : edges[2]}, source);
}

void warnOfTurns(const Header& text, ImageHeader& header) {
    const std::vector<double> matrix = text.numbers("transformmatrix");
    const auto edge =
        static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(matrix.size()))));
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        constexpr double kSmall = 1e-4;
        const double straight = i / edge == i % edge ? 1.0 : 0.0;
        if (std::abs(matrix[i] - straight) > kSmall) {
            header.warnings.emplace_back("the header turns or mirrors the axes in space; they stay "
                                         "as they are stored");
            return;
        }
    }
}

std::vector<std::string> dataFiles(const Header& text) {
    const std::string value = text.value("elementdatafile");
    if (value == "LOCAL" || value == "Local" || value == "local")
        return {};
    if (isList(value)) {
        if (text.listed.empty())
            damaged(text.file, "its list of data files is empty");
        return text.listed;
    }
    const auto words = wordsOf(value);
    if (value.find('%') == std::string::npos || words.size() < 3)
        return {value};
    const auto first = wholeNumber(words[1]);
    const auto last = wholeNumber(words[2]);
    const auto step = words.size() > 3 ? wholeNumber(words[3]) : 1;
    if (!first || !last || !step)
        damaged(text.file, "ElementDataFile is '" + value.substr(0, 80) + "'");
    return namesOf({std::string(words[0]), *first, *last, *step}, text.file);
}

DataPlace placeOf(const Header& text) {
    DataPlace place;
    place.files = dataFiles(text);
    place.begin = text.end;
    if (!text.isTrue("binarydata", true))
        place.encoding = DataEncoding::text;
    else if (text.isTrue("compresseddata", false))
        place.encoding = DataEncoding::deflate;
    const std::int64_t skip = text.number("headersize", 0);
    if (skip < -1 || skip > std::numeric_limits<std::int64_t>::max() / 4)
        damaged(text.file, "HeaderSize is " + std::to_string(skip));
    if (skip != 0 && place.encoding != DataEncoding::raw)
        unread(text.file, "a HeaderSize is read with raw data only");
    place.atEnd = skip == -1;
    if (skip > 0 && !place.files.empty())
        place.byteSkip = skip;
    else if (skip > 0)
        // In the header's own file it counts from the beginning.
        place.begin = std::max(place.begin, static_cast<std::uint64_t>(skip));
    return place;
}

} // namespace

DescribedFile readMetaImageHeader(const ByteSource& source) {
    const Header text = readLines(source);
    const std::string kind = text.value("objecttype");
    if (!kind.empty() && lowered(kind) != "image")
        unread(text.file,
               "it is a MetaIO object of type '" + kind.substr(0, 40) + "', not an image");
    DescribedFile result;
    DescribedSamples& samples = result.samples;
    samples.header.format = "metaimage";
    const std::string word = text.value("elementtype");
    const auto type = typeNamed(lowered(word));
    if (!type)
        unread(text.file, word.empty() ? "its header states no ElementType"
                                       : "its type '" + word.substr(0, 40) + "' is not read");
    samples.format.type = *type;
    const char* const order = text.values.contains("elementbyteordermsb")
                                  ? "elementbyteordermsb"
                                  : "binarydatabyteordermsb";
    samples.format.bigEndian = text.isTrue(order, false);
    takeSizes(text, samples.header);
    takeSpacing(text, samples.header);
    warnOfTurns(text, samples.header);
    result.place = placeOf(text);
    return result;
}

SliceReaderPtr
openMetaImage(const ByteSourcePtr& source, const SideFilesPtr& beside, const ReadLimits& limits) {
    return openDescribed(readMetaImageHeader(*source), source, beside, limits);
}

} // namespace likeness
