// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/calibration.h"
#include "core/imaging/formats/headertext.h"
#include "core/imaging/formats/nrrd.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace likeness {

namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

[[noreturn]] void damaged(const std::string& file, const std::string& why) {
    throw Error(ErrorCode::format, file, "the NRRD header is damaged, " + why,
                "save the file again with the program that made it");
}

[[noreturn]] void unread(const std::string& file, const std::string& why) {
    throw Error(ErrorCode::unsupported, file, why, "save it as raw or gzip NRRD, grey or RGB");
}

/// One axis, the fastest first.
struct Axis {
    std::int64_t size = 0;
    std::string kind;
    std::optional<double> um; ///< distance of its samples, in micrometres if the unit is known
    bool unitKnown = false;
    bool unspatial = false; ///< "none" among the space directions
    std::vector<double> direction;
};

/// Names are lower case with single spaces left out: "data file" and "datafile" are one field.
std::string fieldName(std::string_view text) {
    std::string name = lowered(trimmed(text));
    std::erase(name, ' ');
    if (name == "centers")
        return "centerings";
    return name;
}

struct HeaderText {
    Fields fields;
    std::vector<std::string> listed; ///< lines behind "data file: LIST"
    std::uint64_t end = 0;
};

bool isList(const std::string& dataFile) {
    return dataFile == "LIST" || dataFile.starts_with("LIST ");
}

HeaderText readFields(const ByteSource& source) {
    HeaderLines lines(source);
    const std::string magic = lines.next().value_or("");
    if (!magic.starts_with("NRRD000") || magic.size() != 8)
        damaged(source.name(), "its first line is '" + magic.substr(0, 20) + "'");
    if (magic.back() < '1' || magic.back() > '5')
        unread(source.name(), "NRRD version " + magic.substr(4) + " is not known");
    HeaderText text;
    bool list = false;
    while (const auto line = lines.next()) {
        if (list) {
            if (!trimmed(*line).empty())
                text.listed.emplace_back(trimmed(*line));
            continue;
        }
        if (line->empty())
            break;
        if (line->starts_with('#') || line->find(":=") < line->find(": "))
            continue;
        const std::size_t colon = line->find(':');
        if (colon == std::string::npos)
            damaged(source.name(), "it has the line '" + line->substr(0, 60) + "'");
        const std::string value(trimmed(std::string_view(*line).substr(colon + 1)));
        const std::string name = fieldName(std::string_view(*line).substr(0, colon));
        list = name == "datafile" && isList(value);
        text.fields[name] = value;
    }
    text.end = lines.position();
    return text;
}

std::string valueOf(const Fields& fields, std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
}

std::optional<SampleType> typeNamed(const std::string& word) {
    using enum SampleType;
    static const std::map<std::string, SampleType, std::less<>> kTypes{
        {"signed char", i8},
        {"int8", i8},
        {"int8_t", i8},
        {"uchar", u8},
        {"unsigned char", u8},
        {"uint8", u8},
        {"uint8_t", u8},
        {"short", i16},
        {"short int", i16},
        {"signed short", i16},
        {"signed short int", i16},
        {"int16", i16},
        {"int16_t", i16},
        {"ushort", u16},
        {"unsigned short", u16},
        {"unsigned short int", u16},
        {"uint16", u16},
        {"uint16_t", u16},
        {"int", i32},
        {"signed int", i32},
        {"int32", i32},
        {"int32_t", i32},
        {"uint", u32},
        {"unsigned int", u32},
        {"uint32", u32},
        {"uint32_t", u32},
        {"longlong", i64},
        {"long long", i64},
        {"long long int", i64},
        {"signed long long", i64},
        {"signed long long int", i64},
        {"int64", i64},
        {"int64_t", i64},
        {"ulonglong", u64},
        {"unsigned long long", u64},
        {"unsigned long long int", u64},
        {"uint64", u64},
        {"uint64_t", u64},
        {"float", f32},
        {"double", f64}};
    const auto found = kTypes.find(word);
    return found == kTypes.end() ? std::nullopt : std::optional(found->second);
}

/// "mm" "mm" "" as words.
std::vector<std::string> quotedWords(std::string_view text) {
    std::vector<std::string> words;
    for (;;) {
        const std::size_t open = text.find('"');
        if (open == std::string_view::npos)
            return words;
        text.remove_prefix(open + 1);
        const std::size_t close = text.find('"');
        if (close == std::string_view::npos)
            return words;
        words.emplace_back(text.substr(0, close));
        text.remove_prefix(close + 1);
    }
}

/// "(1,0,0) none (0, 1, 0)" as vectors; an empty one stands for "none".
std::optional<std::vector<std::vector<double>>> vectorsOf(std::string_view text) {
    std::vector<std::vector<double>> vectors;
    for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
        if (text.starts_with("none")) {
            vectors.emplace_back();
            text.remove_prefix(4);
            continue;
        }
        const std::size_t close = text.find(')');
        if (text.front() != '(' || close == std::string_view::npos)
            return std::nullopt;
        std::string inside(text.substr(1, close - 1));
        std::replace(inside.begin(), inside.end(), ',', ' ');
        auto numbers = realNumbers(inside);
        if (!numbers || numbers->empty())
            return std::nullopt;
        vectors.push_back(std::move(*numbers));
        text.remove_prefix(close + 1);
    }
    return vectors;
}

/// Slicer and ITK state anatomical spaces in mm without saying so.
bool isAnatomical(const std::string& space) {
    return space.find("-superior") != std::string::npos || space.starts_with("scanner-xyz") ||
           space == "ras" || space == "las" || space == "lps" || space == "rast" ||
           space == "last" || space == "lpst";
}

std::vector<Axis> axesOf(const std::string& file, const Fields& fields) {
    const auto dimension = wholeNumber(valueOf(fields, "dimension"));
    constexpr std::int64_t kMostAxes = 16;
    if (!dimension || *dimension < 1 || *dimension > kMostAxes)
        damaged(file, "its dimension is '" + valueOf(fields, "dimension").substr(0, 20) + "'");
    std::vector<Axis> axes;
    const std::string sizes = valueOf(fields, "sizes");
    for (const std::string_view word : wordsOf(sizes)) {
        const auto size = wholeNumber(word);
        if (!size || *size < 1)
            damaged(file, "its sizes are '" + sizes.substr(0, 60) + "'");
        axes.push_back({*size, {}, {}, false, false, {}});
    }
    if (axes.size() != static_cast<std::size_t>(*dimension))
        damaged(file, "it has " + std::to_string(axes.size()) + " sizes for dimension " +
                          std::to_string(*dimension));
    const std::string kinds = lowered(valueOf(fields, "kinds"));
    const auto words = wordsOf(kinds);
    for (std::size_t i = 0; i < std::min(axes.size(), words.size()); ++i)
        axes[i].kind = words[i];
    return axes;
}

void takeDirections(const std::string& file, const Fields& fields, std::vector<Axis>& axes) {
    const auto vectors = vectorsOf(valueOf(fields, "spacedirections"));
    if (!vectors || vectors->size() != axes.size())
        damaged(file, "its space directions are '" +
                          valueOf(fields, "spacedirections").substr(0, 80) + "'");
    const std::vector<std::string> units = quotedWords(valueOf(fields, "spaceunits"));
    const bool anatomical = isAnatomical(lowered(valueOf(fields, "space")));
    constexpr double kMillimetre = 1000.0;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        axes[i].direction = (*vectors)[i];
        axes[i].unspatial = axes[i].direction.empty();
        if (axes[i].unspatial)
            continue;
        axes[i].unitKnown = true;
        double squares = 0.0;
        for (std::size_t k = 0; k < axes[i].direction.size(); ++k) {
            const auto named = k < units.size() ? micrometresIn(units[k]) : std::nullopt;
            const bool known = named.has_value() || (units.empty() && anatomical);
            axes[i].unitKnown = axes[i].unitKnown && known;
            const double length =
                axes[i].direction[k] * (known ? named.value_or(kMillimetre) : 1.0);
            squares += length * length;
        }
        axes[i].um = std::sqrt(squares);
    }
}

void takeSpacings(const Fields& fields, std::vector<Axis>& axes) {
    const auto spacings = realNumbers(valueOf(fields, "spacings"));
    std::vector<std::string> units = quotedWords(valueOf(fields, "units"));
    if (units.empty())
        units = quotedWords(valueOf(fields, "spaceunits"));
    // Space units leave out the axes that are not in space.
    const std::size_t skip = axes.size() > units.size() ? axes.size() - units.size() : 0;
    for (std::size_t i = 0; spacings && i < std::min(axes.size(), spacings->size()); ++i) {
        if (!std::isfinite((*spacings)[i]))
            continue;
        const auto unit =
            i >= skip && i - skip < units.size() ? micrometresIn(units[i - skip]) : std::nullopt;
        axes[i].unitKnown = unit.has_value();
        axes[i].um = (*spacings)[i] * unit.value_or(1.0);
    }
}

/// Takes the colour axis off the axes; the rest are those of space.
std::int64_t takeColours(const std::string& file, std::vector<Axis>& axes, ImageHeader& header) {
    const Axis& first = axes.front();
    const bool unknown = first.kind.empty() || first.kind == "???" || first.kind == "none";
    const bool spatial = first.kind == "domain" || first.kind == "space" || first.kind == "time";
    const bool guessed = unknown && axes.size() > 2 && first.size == 3 && !first.um;
    if (spatial || (unknown && !guessed && !first.unspatial))
        return 1;
    const std::int64_t channels = first.size;
    if (channels != 1 && channels != 3)
        unread(file, "its first axis holds " + std::to_string(channels) + " values of kind '" +
                         (first.kind.empty() ? "none" : first.kind) +
                         "' for each pixel, and 1 (grey) and 3 (RGB) are read");
    if (channels == 3 && first.kind != "rgb-color")
        header.warnings.emplace_back("the first axis of 3 is read as colour channels");
    axes.erase(axes.begin());
    return channels;
}

bool isTurned(const std::vector<Axis>& axes) {
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const std::vector<double>& direction = axes[i].direction;
        double length = 0.0;
        for (const double part : direction)
            length = std::max(length, std::abs(part));
        for (std::size_t k = 0; k < direction.size(); ++k) {
            constexpr double kSmall = 1e-4;
            if (k == i ? direction[k] < 0.0 : std::abs(direction[k]) > kSmall * length)
                return true;
        }
    }
    return false;
}

void takeCalibration(const Fields& fields, const std::vector<Axis>& axes, ImageHeader& header) {
    if (isTurned(axes))
        header.warnings.emplace_back("the header turns or mirrors the axes in space; they stay as "
                                     "they are stored");
    std::vector<double> edges;
    bool known = true;
    for (const Axis& axis : axes) {
        if (!axis.um)
            return;
        edges.push_back(*axis.um);
        known = known && axis.unitKnown;
    }
    if (!known) {
        warnOfUnitlessSpacing(header, edges);
        return;
    }
    const bool directions = fields.contains("spacedirections");
    std::string source = directions ? "NRRD space directions" : "NRRD spacings";
    if (directions && !fields.contains("spaceunits")) {
        constexpr double kMillimetre = 1000.0;
        const auto isOne = [](double um) { return std::abs(um - kMillimetre) < 1e-6; };
        if (std::all_of(edges.begin(), edges.end(), isOne)) {
            header.warnings.emplace_back("the header states a spacing of 1 and no unit, which "
                                         "programs write when they know none: no voxel size is "
                                         "taken");
            return;
        }
        source += ", mm as is usual in " + valueOf(fields, "space");
    }
    takeVoxelSize(header, {edges[0], edges[1], edges.size() > 2 ? edges[2] : edges[0]}, source);
}

DataEncoding encodingOf(const std::string& file, const Fields& fields) {
    const std::string word = lowered(valueOf(fields, "encoding"));
    if (word == "raw")
        return DataEncoding::raw;
    if (word == "gzip" || word == "gz")
        return DataEncoding::deflate;
    if (word == "ascii" || word == "text" || word == "txt")
        return DataEncoding::text;
    if (word.empty())
        damaged(file, "it has no encoding");
    unread(file, "its encoding '" + word.substr(0, 40) + "' is not read");
}

std::vector<std::string> dataFiles(const std::string& file, const HeaderText& text) {
    const std::string value = valueOf(text.fields, "datafile");
    if (isList(value)) {
        if (text.listed.empty())
            damaged(file, "its list of data files is empty");
        return text.listed;
    }
    const auto words = wordsOf(value);
    if (value.find('%') == std::string::npos || words.size() < 4)
        return {value};
    NumberedNames names{std::string(words[0]), 0, 0, 1};
    const auto first = wholeNumber(words[1]);
    const auto last = wholeNumber(words[2]);
    const auto step = wholeNumber(words[3]);
    if (!first || !last || !step)
        damaged(file, "its data files are '" + value.substr(0, 80) + "'");
    names.first = *first;
    names.last = *last;
    names.step = *step;
    return namesOf(names, file);
}

std::int64_t skipOf(const std::string& file, const Fields& fields, const char* name) {
    const std::string text = valueOf(fields, name);
    const auto value = text.empty() ? std::optional<std::int64_t>(0) : wholeNumber(text);
    if (!value || *value < -1 || *value > std::numeric_limits<std::int64_t>::max() / 4)
        damaged(file, "its " + std::string(name) + " is '" + text.substr(0, 40) + "'");
    return *value;
}

DataPlace placeOf(const std::string& file, const HeaderText& text) {
    DataPlace place;
    place.encoding = encodingOf(file, text.fields);
    place.begin = text.end;
    if (text.fields.contains("datafile"))
        place.files = dataFiles(file, text);
    place.lineSkip = skipOf(file, text.fields, "lineskip");
    const std::int64_t bytes = skipOf(file, text.fields, "byteskip");
    place.atEnd = bytes == -1;
    place.byteSkip = std::max<std::int64_t>(bytes, 0);
    if (place.lineSkip < 0)
        damaged(file, "its lineskip is negative");
    if (bytes != 0 && place.encoding == DataEncoding::text)
        damaged(file, "text data cannot have a byte skip");
    if (place.atEnd && place.encoding == DataEncoding::deflate)
        unread(file, "a byte skip of -1 is read in raw data only");
    return place;
}

} // namespace

DescribedFile readNrrdHeader(const ByteSource& source) {
    const std::string& file = source.name();
    const HeaderText text = readFields(source);
    DescribedFile result;
    ImageHeader& header = result.samples.header;
    header.format = "nrrd";
    const std::string word = lowered(valueOf(text.fields, "type"));
    const auto type = typeNamed(word);
    if (!type)
        unread(file, word.empty() ? "its header states no type"
                                  : "its type '" + word.substr(0, 40) + "' is not read");
    result.samples.format.type = *type;
    result.place = placeOf(file, text);
    const std::string endian = lowered(valueOf(text.fields, "endian"));
    result.samples.format.bigEndian = endian == "big";
    const bool bytesMatter = bytesOf(*type) > 1 && result.place.encoding != DataEncoding::text;
    if (bytesMatter && endian != "big" && endian != "little")
        damaged(file, endian.empty() ? "it does not state the byte order (endian)"
                                     : "its endian is '" + endian.substr(0, 20) + "'");
    std::vector<Axis> axes = axesOf(file, text.fields);
    if (text.fields.contains("spacedirections"))
        takeDirections(file, text.fields, axes);
    else if (text.fields.contains("spacings"))
        takeSpacings(text.fields, axes);
    header.channels = takeColours(file, axes, header);
    while (axes.size() > 3 && axes.back().size == 1)
        axes.pop_back();
    if (axes.size() != 2 && axes.size() != 3)
        unread(file, "it has " + std::to_string(axes.size()) +
                         " axes of pixels, and 2 (image) and 3 (volume) are read");
    header.width = axes[0].size;
    header.height = axes[1].size;
    header.depth = axes.size() == 3 ? axes[2].size : 1;
    takeCalibration(text.fields, axes, header);
    return result;
}

SliceReaderPtr
openNrrd(const ByteSourcePtr& source, const SideFilesPtr& beside, const ReadLimits& limits) {
    return openDescribed(readNrrdHeader(*source), source, beside, limits);
}

} // namespace likeness
