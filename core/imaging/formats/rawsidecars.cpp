// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/rawsidecars.h"

#include "core/base/error.h"
#include "core/imaging/formats/calibration.h"
#include "core/imaging/formats/headertext.h"
#include "core/imaging/formats/metaimage.h"
#include "core/imaging/formats/nrrd.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

namespace likeness {

namespace fs = std::filesystem;

namespace {

using Values = std::map<std::string, std::string, std::less<>>;

std::string valueOf(const Values& values, std::string_view key) {
    const auto found = values.find(key);
    return found == values.end() ? std::string() : found->second;
}

/// "key = value" lines; keys in lower case and, where there are sections, "section/key". The first
/// of several equal keys counts.
Values keyValues(const fs::path& path) {
    const ByteSourcePtr source = openFile(path);
    HeaderLines lines(*source);
    Values values;
    std::string section;
    while (const auto line = lines.next()) {
        const std::string_view text = trimmed(*line);
        if (text.starts_with('[') && text.ends_with(']')) {
            section = lowered(text.substr(1, text.size() - 2)) + "/";
            continue;
        }
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos)
            values.emplace(section + lowered(trimmed(text.substr(0, equals))),
                           trimmed(text.substr(equals + 1)));
    }
    return values;
}

std::optional<std::array<std::int64_t, 3>> sizeOf(std::string_view text) {
    const auto words = wordsOf(text);
    if (words.size() != 3)
        return std::nullopt;
    std::array<std::int64_t, 3> size{};
    for (std::size_t i = 0; i < size.size(); ++i)
        size[i] = wholeNumber(words[i]).value_or(0);
    return size;
}

/// The last part of a name that may come from another system.
std::string lastPart(const std::string& name) {
    return name.substr(name.find_last_of("/\\") + 1);
}

RawHint describedHint(const DescribedFile& file, const fs::path& raw) {
    const ImageHeader& header = file.samples.header;
    const DataPlace& place = file.place;
    RawHint hint;
    const bool speaksOfIt =
        place.files.size() == 1 && lastPart(place.files.front()) == raw.filename().string();
    if (!speaksOfIt || place.encoding != DataEncoding::raw || place.lineSkip != 0 ||
        header.channels != 1)
        return hint;
    hint.size = {header.width, header.height, header.depth};
    hint.type = file.samples.format.type;
    hint.bigEndian = file.samples.format.bigEndian;
    hint.offset = place.byteSkip;
    hint.atEnd = place.atEnd;
    hint.voxelSize = header.voxelSize;
    return hint;
}

std::optional<SampleType> vgiType(const std::string& word, std::int64_t bits) {
    const bool real = word == "float";
    const bool whole = word == "unsigned integer";
    if (real && bits == 32)
        return SampleType::f32;
    if (whole && bits == 8)
        return SampleType::u8;
    if (whole && bits == 16)
        return SampleType::u16;
    // Signed and wide numbers are known not to be those that a raw layout can name.
    return real || whole || word == "signed integer" || word == "integer"
               ? std::optional(SampleType::i32)
               : std::nullopt;
}

/// VGStudio. The volume in its memory may have another type than the file: [file1] counts.
RawHint vgiHint(const fs::path& sidecar, const fs::path& raw) {
    const Values values = keyValues(sidecar);
    RawHint hint;
    const std::string name = valueOf(values, "file1/name");
    if (!name.empty() && lastPart(name) != raw.filename().string())
        return hint;
    hint.size = sizeOf(valueOf(values, "file1/size"));
    const auto bits = wholeNumber(valueOf(values, "file1/bitsperelement"));
    hint.type = vgiType(lowered(valueOf(values, "file1/datatype")), bits.value_or(0));
    hint.offset = wholeNumber(valueOf(values, "file1/skipheader")).value_or(0);
    const auto edges = realNumbers(valueOf(values, "geometry/resolution"));
    const auto unit = micrometresIn(valueOf(values, "geometry/unit"));
    if (edges && edges->size() == 3 && unit)
        hint.voxelSize =
            VoxelSize{{(*edges)[0] * *unit, (*edges)[1] * *unit, (*edges)[2] * *unit}, {}};
    return hint;
}

/// PyHST: dimensions, a byte order, and the edge of a voxel in micrometres.
RawHint pyhstHint(const fs::path& sidecar) {
    const Values values = keyValues(sidecar);
    RawHint hint;
    hint.size = sizeOf(valueOf(values, "num_x") + " " + valueOf(values, "num_y") + " " +
                       valueOf(values, "num_z"));
    const std::string order = lowered(valueOf(values, "byteorder"));
    if (order == "lowbytefirst" || order == "highbytefirst")
        hint.bigEndian = order == "highbytefirst";
    // The line may go on behind the number.
    const std::string edge = valueOf(values, "voxelsize");
    const auto words = wordsOf(edge);
    if (const auto um = words.empty() ? std::nullopt : realNumber(words.front()))
        hint.voxelSize = VoxelSize{{*um, *um, *um}, {}};
    return hint;
}

/// SkyScan's reconstruction program.
RawHint skyscanHint(const fs::path& sidecar) {
    const Values values = keyValues(sidecar);
    const auto inLog = [&](const char* key) {
        return valueOf(values, std::string("reconstruction/") + key);
    };
    RawHint hint;
    hint.size = sizeOf(inLog("result image width (pixels)") + " " +
                       inLog("result image height (pixels)") + " " + inLog("sections count"));
    const auto um = realNumber(inLog("pixel size (um)"));
    const double step = realNumber(inLog("section to section step")).value_or(1.0);
    if (um)
        hint.voxelSize = VoxelSize{{*um, *um, *um * step}, {}};
    return hint;
}

RawHint hintFrom(const fs::path& sidecar, const fs::path& raw) {
    const std::string suffix = sidecar.extension().string();
    if (suffix == ".mhd")
        return describedHint(readMetaImageHeader(*openFile(sidecar)), raw);
    if (suffix == ".nhdr")
        return describedHint(readNrrdHeader(*openFile(sidecar)), raw);
    if (suffix == ".vgi")
        return vgiHint(sidecar, raw);
    return suffix == ".info" ? pyhstHint(sidecar) : skyscanHint(sidecar);
}

/// A sidecar that is damaged says nothing; its own error would speak of a file that nobody named.
std::optional<RawHint> readableHint(const fs::path& sidecar, const fs::path& raw) {
    RawHint hint;
    try {
        hint = hintFrom(sidecar, raw);
    } catch (const Error&) {
        return std::nullopt;
    }
    hint.source = sidecar.filename().string();
    if (hint.voxelSize) {
        const auto& um = hint.voxelSize->um;
        if (!std::all_of(um.begin(), um.end(), [](double edge) { return edge > 0.0; }))
            hint.voxelSize.reset();
        else if (hint.voxelSize->source.empty())
            hint.voxelSize->source = hint.source;
        else
            hint.voxelSize->source += " of " + hint.source;
    }
    return hint;
}

/// A run of digits in a name.
struct NameNumber {
    std::int64_t value = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
};

std::vector<NameNumber> numbersIn(const std::string& text) {
    std::vector<NameNumber> numbers;
    constexpr std::string_view kDigits = "0123456789";
    constexpr std::size_t kMostDigits = 9;
    for (std::size_t at = text.find_first_of(kDigits); at != std::string::npos;) {
        const std::size_t end = std::min(text.find_first_not_of(kDigits, at), text.size());
        if (end - at <= kMostDigits)
            numbers.push_back({std::stoll(text.substr(at, end - at)), at, end});
        at = text.find_first_of(kDigits, end);
    }
    return numbers;
}

/// Sizes that a name may state: a x b x c before a x b, and these before a_b_c.
std::vector<std::array<std::int64_t, 3>> sizesIn(const std::string& text) {
    const std::vector<NameNumber> numbers = numbersIn(text);
    const auto between = [&](std::size_t i) {
        return text.substr(numbers[i].end, numbers[i + 1].begin - numbers[i].end);
    };
    const auto isTimes = [&](std::size_t i) {
        return i + 1 < numbers.size() && (between(i) == "x" || between(i) == "\xC3\x97");
    };
    const auto isDash = [&](std::size_t i) {
        return i + 1 < numbers.size() && (between(i) == "_" || between(i) == "-");
    };
    std::vector<std::array<std::int64_t, 3>> triples;
    std::vector<std::array<std::int64_t, 3>> pairs;
    std::vector<std::array<std::int64_t, 3>> dashed;
    for (std::size_t i = 0; i + 1 < numbers.size(); ++i) {
        const std::int64_t third = i + 2 < numbers.size() ? numbers[i + 2].value : 1;
        if (isTimes(i) && isTimes(i + 1))
            triples.push_back({numbers[i].value, numbers[i + 1].value, third});
        else if (isTimes(i))
            pairs.push_back({numbers[i].value, numbers[i + 1].value, 1});
        if (isDash(i) && isDash(i + 1))
            dashed.push_back({numbers[i].value, numbers[i + 1].value, third});
    }
    triples.insert(triples.end(), pairs.begin(), pairs.end());
    triples.insert(triples.end(), dashed.begin(), dashed.end());
    return triples;
}

bool isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Letters and digits between anything else; "16-bit" and "big-endian" are one word.
std::vector<std::string> namedWords(const std::string& text) {
    std::vector<std::string> words(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const std::string_view rest = std::string_view(text).substr(i);
        if (isLetterOrDigit(c))
            words.back() += c;
        else if (!rest.substr(1).starts_with("bit") && !rest.substr(1).starts_with("endian"))
            words.emplace_back();
    }
    return words;
}

std::optional<SampleType> typeIn(const std::vector<std::string>& words) {
    using enum SampleType;
    static const std::map<std::string, SampleType, std::less<>> kTypes{
        {"u8", u8},       {"uint8", u8},   {"uchar", u8},   {"8bit", u8},       {"byte", u8},
        {"u16", u16},     {"uint16", u16}, {"ushort", u16}, {"16bit", u16},     {"f32", f32},
        {"float32", f32}, {"float", f32},  {"single", f32}, {"32bitreal", f32}, {"i8", i8},
        {"int8", i8},     {"i16", i16},    {"int16", i16},  {"short", i16},     {"i32", i32},
        {"int32", i32},   {"u32", u32},    {"uint32", u32}, {"f64", f64},       {"float64", f64},
        {"double", f64}};
    for (const std::string& word : words) {
        if (const auto found = kTypes.find(word); found != kTypes.end())
            return found->second;
    }
    return std::nullopt;
}

std::optional<bool> orderIn(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        if (word == "be" || word == "bigendian" || word == "msb")
            return true;
        if (word == "le" || word == "littleendian" || word == "lsb")
            return false;
    }
    return std::nullopt;
}

/// "2.25um" somewhere.
std::optional<VoxelSize> voxelIn(const std::string& text) {
    constexpr std::pair<std::string_view, double> kUnits[] = {
        {"um", 1.0}, {"\xC2\xB5m", 1.0}, {"\xCE\xBCm", 1.0}, {"nm", 1e-3}};
    for (const auto& [unit, um] : kUnits) {
        for (std::size_t at = text.find(unit); at != std::string::npos;
             at = text.find(unit, at + 1)) {
            const std::size_t before = text.find_last_not_of("0123456789.", at - 1);
            const std::size_t begin = at == 0 || before == std::string::npos ? 0 : before + 1;
            const auto value = realNumber(std::string_view(text).substr(begin, at - begin));
            const std::size_t behind = at + unit.size();
            const bool ends = behind == text.size() || !isLetterOrDigit(text[behind]);
            if (value && *value > 0.0 && ends)
                return VoxelSize{{*value * um, *value * um, *value * um}, "the file's name"};
        }
    }
    return std::nullopt;
}

} // namespace

std::vector<RawHint> sidecarHints(const fs::path& raw) {
    const fs::path folder = raw.parent_path();
    const std::string stem = raw.stem().string();
    std::vector<RawHint> hints;
    for (const std::string& name :
         {stem + ".mhd", stem + ".nhdr", stem + ".vgi", raw.filename().string() + ".info",
          stem + ".vol.info", stem + ".log"}) {
        std::error_code ignored;
        if (!fs::is_regular_file(folder / name, ignored))
            continue;
        const bool known = std::any_of(hints.begin(), hints.end(),
                                       [&](const RawHint& hint) { return hint.source == name; });
        if (auto hint = known ? std::nullopt : readableHint(folder / name, raw))
            hints.push_back(std::move(*hint));
    }
    return hints;
}

std::vector<RawHint> nameHints(const fs::path& raw) {
    const std::string name = lowered(raw.stem().string());
    const std::vector<std::string> words = namedWords(name);
    RawHint common;
    common.source = "the file's name";
    common.type = typeIn(words);
    common.bigEndian = orderIn(words);
    common.voxelSize = voxelIn(name);
    std::vector<RawHint> hints;
    for (const auto& size : sizesIn(name)) {
        hints.push_back(common);
        hints.back().size = size;
    }
    if (hints.empty())
        hints.push_back(common);
    return hints;
}

std::optional<VoxelSize>
voxelSizeFromLog(const fs::path& folder, std::int64_t width, std::int64_t height) {
    std::optional<VoxelSize> found;
    std::error_code error;
    for (fs::directory_iterator entries(folder, error);
         !error && entries != fs::directory_iterator(); entries.increment(error)) {
        const fs::path& path = entries->path();
        std::error_code ignored;
        if (lowered(path.extension().string()) != ".log" || !fs::is_regular_file(path, ignored))
            continue;
        const auto hint = readableHint(path, {});
        const bool fits = hint && hint->voxelSize && hint->size && (*hint->size)[0] == width &&
                          (*hint->size)[1] == height;
        if (!fits)
            continue;
        if (found && found->um != hint->voxelSize->um)
            return std::nullopt;
        found = hint->voxelSize;
    }
    return found;
}

} // namespace likeness
