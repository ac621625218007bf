// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/headertext.h"
#include "core/imaging/formats/samplereader.h"
#include "core/imaging/formats/vti.h"
#include "core/imaging/formats/vtidata.h"
#include "core/imaging/formats/xmltags.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <utility>

namespace likeness {

namespace {

[[noreturn]] void damaged(const std::string& file, const std::string& why) {
    throw Error(ErrorCode::format, file, "the VTI file is damaged, " + why,
                "save it again with the program that made it");
}

[[noreturn]] void unread(const std::string& file, const std::string& why) {
    throw Error(ErrorCode::unsupported, file, why,
                "save it as one piece of image data with one grey or RGB array, plain or by zlib");
}

struct VtiArray {
    XmlTag tag;
    bool ofCells = false;
    std::uint64_t begin = 0; ///< of its text
    std::uint64_t end = 0;
};

/// The tags that matter; empty ones are missing.
struct VtiFile {
    XmlTag root;
    XmlTag image;
    XmlTag piece;
    std::string pointScalars;
    std::string cellScalars;
    std::vector<VtiArray> arrays;
    std::string appended; ///< encoding of the appended data
    std::uint64_t appendedBegin = 0;
};

class VtiParser {
public:
    explicit VtiParser(const ByteSource& source)
        : m_source(source)
        , m_tags(source) {}

    VtiFile parse() {
        while (m_file.appendedBegin == 0) {
            const auto tag = m_tags.next();
            if (!tag)
                break;
            if (tag->closing)
                close(*tag);
            else
                open(*tag);
        }
        // Appended data need not be followed by anything.
        if (m_file.appendedBegin == 0 && (!m_path.empty() || m_file.root.name.empty()))
            damaged(m_source.name(), "it ends in the middle of its tags");
        return std::move(m_file);
    }

private:
    [[nodiscard]] bool inside(std::string_view parent) const {
        return !m_path.empty() && m_path.back() == parent;
    }

    void open(const XmlTag& tag) {
        if (m_path.empty() && tag.name != "VTKFile")
            damaged(m_source.name(), "it begins with '" + tag.name.substr(0, 40) + "'");
        if (m_path.empty()) {
            m_file.root = tag;
        } else if (tag.name == "ImageData") {
            m_file.image = tag;
        } else if (tag.name == "Piece") {
            if (!m_file.piece.name.empty())
                unread(m_source.name(), "it is cut into several pieces");
            m_file.piece = tag;
        } else if (tag.name == "PointData") {
            m_file.pointScalars = tag.value("Scalars");
        } else if (tag.name == "CellData") {
            m_file.cellScalars = tag.value("Scalars");
        } else if (tag.name == "DataArray" && (inside("PointData") || inside("CellData"))) {
            m_file.arrays.push_back({tag, inside("CellData"), tag.end, tag.end});
        } else if (tag.name == "AppendedData") {
            m_file.appended = tag.value("encoding");
            m_file.appendedBegin = behindUnderscore(tag.end);
        }
        if (!tag.empty)
            m_path.push_back(tag.name);
    }

    void close(const XmlTag& tag) {
        if (!inside(tag.name))
            damaged(m_source.name(),
                    "'" + tag.name.substr(0, 40) + "' ends where it did not begin");
        m_path.pop_back();
        if (tag.name == "DataArray" && (inside("PointData") || inside("CellData")))
            m_file.arrays.back().end = tag.begin;
    }

    [[nodiscard]] std::uint64_t behindUnderscore(std::uint64_t at) const {
        std::array<char, 256> text{};
        const std::size_t got = m_source.read(at, std::as_writable_bytes(std::span(text)));
        const std::string_view seen(text.data(), got);
        const std::size_t mark = seen.find('_');
        if (mark == std::string_view::npos || !trimmed(seen.substr(0, mark)).empty())
            damaged(m_source.name(), "its appended data do not begin with an underscore");
        return at + mark + 1;
    }

    const ByteSource& m_source;
    XmlTags m_tags;
    std::vector<std::string> m_path;
    VtiFile m_file;
};

std::optional<SampleType> typeNamed(const std::string& word) {
    using enum SampleType;
    static const std::map<std::string, SampleType, std::less<>> kTypes{
        {"UInt8", u8},  {"UInt16", u16}, {"UInt32", u32}, {"UInt64", u64},  {"Int8", i8},
        {"Int16", i16}, {"Int32", i32},  {"Int64", i64},  {"Float32", f32}, {"Float64", f64}};
    const auto found = kTypes.find(word);
    return found == kTypes.end() ? std::nullopt : std::optional(found->second);
}

std::array<std::int64_t, 3> pointsOf(const std::string& file, const std::string& extent) {
    std::array<std::int64_t, 3> sizes{};
    const auto words = wordsOf(extent);
    constexpr std::int64_t kFarthest = std::int64_t{1} << 40U;
    for (std::size_t i = 0; i < sizes.size() && words.size() == 6; ++i) {
        const auto first = wholeNumber(words[2 * i]);
        const auto last = wholeNumber(words[2 * i + 1]);
        if (first && last && std::abs(*first) < kFarthest && std::abs(*last) < kFarthest)
            sizes[i] = *last - *first + 1;
    }
    if (std::any_of(sizes.begin(), sizes.end(), [](std::int64_t size) { return size < 1; }))
        damaged(file, "its extent is '" + extent.substr(0, 60) + "'");
    return sizes;
}

/// The array that is meant by `Scalars`, or the first of the points, or the first of the cells.
const VtiArray& chosenArray(const std::string& file, const VtiFile& vti, ImageHeader& header) {
    if (vti.arrays.empty())
        unread(file, "it holds no array");
    const VtiArray* chosen = &vti.arrays.front();
    bool named = false;
    for (const VtiArray& array : vti.arrays) {
        const std::string& scalars = array.ofCells ? vti.cellScalars : vti.pointScalars;
        const bool isNamed = !scalars.empty() && array.tag.value("Name") == scalars;
        const bool better =
            (isNamed && !named) || (isNamed == named && chosen->ofCells && !array.ofCells);
        if (better)
            chosen = &array;
        named = named || isNamed;
    }
    if (vti.arrays.size() > 1)
        header.warnings.push_back("of its " + std::to_string(vti.arrays.size()) + " arrays, '" +
                                  chosen->tag.value("Name").substr(0, 60) + "' is read");
    return *chosen;
}

void takeShape(const std::string& file,
               const VtiFile& vti,
               const VtiArray& array,
               DescribedSamples& samples) {
    auto sizes = pointsOf(file, vti.image.value("WholeExtent"));
    if (!vti.piece.value("Extent").empty() && pointsOf(file, vti.piece.value("Extent")) != sizes)
        unread(file, "it holds a piece of a larger image only");
    if (array.ofCells) {
        for (std::int64_t& size : sizes)
            size = std::max<std::int64_t>(size - 1, 1);
    }
    samples.header.width = sizes[0];
    samples.header.height = sizes[1];
    samples.header.depth = sizes[2];
    const std::string word = array.tag.value("type");
    const auto type = typeNamed(word);
    if (!type)
        unread(file, "its type '" + word.substr(0, 40) + "' is not read");
    samples.format.type = *type;
    const std::string components = array.tag.value("NumberOfComponents");
    samples.header.channels = components.empty() ? 1 : wholeNumber(components).value_or(0);
    if (samples.header.channels != 1 && samples.header.channels != 3)
        unread(file, "its array has '" + components.substr(0, 20) +
                         "' components, and 1 (grey) and 3 (RGB) are read");
}

void takeSpace(const VtiFile& vti, ImageHeader& header) {
    const auto spacing = realNumbers(vti.image.value("Spacing"));
    const std::vector<double> none{1.0, 1.0, 1.0};
    if (spacing && !spacing->empty() && *spacing != none)
        warnOfUnitlessSpacing(header, *spacing);
    const auto direction = realNumbers(vti.image.value("Direction"));
    const std::vector<double> straight{1, 0, 0, 0, 1, 0, 0, 0, 1};
    if (direction && !direction->empty() && *direction != straight)
        header.warnings.emplace_back("the header turns or mirrors the axes in space; they stay as "
                                     "they are stored");
}

VtkCoding codingOf(const std::string& file, const VtiFile& vti) {
    VtkCoding coding;
    const std::string order = vti.root.value("byte_order");
    if (order != "LittleEndian" && order != "BigEndian")
        damaged(file, "it does not state the byte order");
    coding.bigEndian = order == "BigEndian";
    const std::string counts = vti.root.value("header_type");
    if (!counts.empty() && counts != "UInt32" && counts != "UInt64")
        damaged(file, "its header type is '" + counts.substr(0, 20) + "'");
    coding.wideHeader = counts == "UInt64";
    const std::string compressor = vti.root.value("compressor");
    coding.zlib = !compressor.empty();
    if (coding.zlib && compressor != "vtkZLibDataCompressor")
        unread(file, "its compression '" + compressor.substr(0, 60) + "' is not read");
    return coding;
}

/// The text of an inline array without the white space around it.
Stretch inlineText(const ByteSourcePtr& source, const VtiArray& array) {
    Stretch text{source, array.begin, array.end};
    const auto isBlank = [&](std::uint64_t at) {
        std::array<char, 1> c{};
        return source->read(at, std::as_writable_bytes(std::span(c))) == 1 &&
               trimmed({c.data(), 1}).empty();
    };
    constexpr int kMostBlanks = 4096;
    for (int i = 0; i < kMostBlanks && text.begin < text.end && isBlank(text.begin); ++i)
        ++text.begin;
    for (int i = 0; i < kMostBlanks && text.begin < text.end && isBlank(text.end - 1); ++i)
        --text.end;
    return text;
}

SampleBytesPtr openAppended(const ByteSourcePtr& source,
                            const VtiFile& vti,
                            const VtiArray& array,
                            std::uint64_t bytes) {
    const std::string& file = source->name();
    VtkCoding coding = codingOf(file, vti);
    if (vti.appendedBegin == 0)
        damaged(file, "its appended data are missing");
    if (vti.appended != "raw" && vti.appended != "base64")
        unread(file, "its appended data are in '" + vti.appended.substr(0, 20) + "'");
    coding.base64 = vti.appended == "base64";
    const auto offset = wholeNumber(array.tag.value("offset"));
    Stretch stored{source, vti.appendedBegin, source->size()};
    if (!offset || *offset < 0 || static_cast<std::uint64_t>(*offset) > stored.end - stored.begin)
        damaged(file, "its array lies at '" + array.tag.value("offset").substr(0, 40) + "'");
    stored.begin += static_cast<std::uint64_t>(*offset);
    return openVtkArray(stored, coding, bytes);
}

SampleBytesPtr openArray(const ByteSourcePtr& source,
                         const VtiFile& vti,
                         const VtiArray& array,
                         DescribedSamples& samples) {
    const std::string& file = source->name();
    const std::uint64_t bytes = storedBytes(samples);
    const std::string format = array.tag.value("format");
    samples.format.bigEndian = vti.root.value("byte_order") == "BigEndian";
    if (format == "appended")
        return openAppended(source, vti, array, bytes);
    if (format == "binary") {
        VtkCoding coding = codingOf(file, vti);
        coding.base64 = true;
        return openVtkArray(inlineText(source, array), coding, bytes);
    }
    if (format != "ascii")
        unread(file, "its array is in the format '" + format.substr(0, 20) + "'");
    samples.format.bigEndian = std::endian::native == std::endian::big;
    const Stretch text{source, array.begin, array.end};
    if (bytes / bytesOf(samples.format.type) > (text.end - text.begin + 1) / 2)
        damaged(file, "its text cannot hold the pixels that it declares");
    return textNumbers(text, samples.format.type);
}

} // namespace

SliceReaderPtr openVti(ByteSourcePtr source, const ReadLimits& limits) {
    const std::string file = source->name();
    const VtiFile vti = VtiParser(*source).parse();
    if (vti.root.value("type") != "ImageData" || vti.image.name.empty())
        unread(file, "this VTK file holds '" + vti.root.value("type").substr(0, 40) +
                         "', not image data");
    DescribedSamples samples;
    samples.header.format = "vti";
    const VtiArray& array = chosenArray(file, vti, samples.header);
    takeShape(file, vti, array, samples);
    takePixelType(samples);
    takeSpace(vti, samples.header);
    checkDeclaredSize(samples.header, file, limits);
    SampleBytesPtr bytes = openArray(source, vti, array, samples);
    return sampleReader(std::move(samples), std::move(bytes), file);
}

} // namespace likeness
