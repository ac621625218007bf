// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/nifti.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace likeness {

namespace {

using namespace std::string_view_literals;

constexpr std::int32_t kSizeOne = 348;
constexpr std::int32_t kSizeTwo = 540;
constexpr std::size_t kMagicOne = 344;
constexpr std::size_t kMagicTwo = 4;

[[noreturn]] void damaged(const std::string& file, const std::string& why) {
    throw Error(ErrorCode::format, file, "the NIfTI header is damaged, " + why,
                "save the file again with the program that made it");
}

[[noreturn]] void unread(const std::string& file, const std::string& why) {
    throw Error(ErrorCode::unsupported, file, why,
                "save one volume of plain whole numbers or floats");
}

/// The shortest decimal that is this float: 0.0022315 and not 0.0022314999.
double decimalOf(float value) {
    std::array<char, 40> text{};
    char* const end = text.data() + text.size();
    const auto written = std::to_chars(text.data(), end, value);
    double decimal = static_cast<double>(value);
    if (std::isfinite(value))
        std::from_chars(text.data(), written.ptr, decimal);
    return decimal;
}

/// Numbers at fixed places of the header.
class Fields {
public:
    Fields(std::string_view bytes, bool swapped)
        : m_bytes(bytes)
        , m_swapped(swapped) {}

    template <typename T>
    [[nodiscard]] T at(std::size_t offset) const {
        std::array<std::byte, sizeof(T)> bytes{};
        std::memcpy(bytes.data(), m_bytes.data() + offset, sizeof(T));
        if (m_swapped)
            std::reverse(bytes.begin(), bytes.end());
        return std::bit_cast<T>(bytes);
    }

    /// A float of NIfTI-1, or a double of NIfTI-2.
    [[nodiscard]] double real(bool two, std::size_t one, std::size_t offsetTwo) const {
        return two ? at<double>(offsetTwo) : decimalOf(at<float>(one));
    }

private:
    std::string_view m_bytes;
    bool m_swapped;
};

using Matrix = std::array<std::array<double, 3>, 3>;

struct NiftiHeader {
    bool two = false;
    bool swapped = false;
    bool detached = false;
    std::array<std::int64_t, 8> dim{};
    std::array<double, 8> pixdim{};
    int datatype = 0;
    int bits = 0;
    double offset = 0.0;
    double slope = 0.0;
    double intercept = 0.0;
    int units = 0;
    std::optional<Matrix> toSpace;
};

/// The rotation that a quaternion (b, c, d) stands for, as the NIfTI-1 definition has it.
Matrix rotationOf(double b, double c, double d, double handedness) {
    const double a = std::sqrt(std::max(0.0, 1.0 - (b * b + c * c + d * d)));
    const double q = handedness < 0.0 ? -1.0 : 1.0;
    return {{{a * a + b * b - c * c - d * d, 2 * (b * c - a * d), q * 2 * (b * d + a * c)},
             {2 * (b * c + a * d), a * a + c * c - b * b - d * d, q * 2 * (c * d - a * b)},
             {2 * (b * d - a * c), 2 * (c * d + a * b), q * (a * a + d * d - b * b - c * c)}}};
}

std::optional<Matrix> spaceOf(const Fields& fields, bool two, double handedness) {
    const int qform = two ? fields.at<std::int32_t>(344) : fields.at<std::int16_t>(252);
    const int sform = two ? fields.at<std::int32_t>(348) : fields.at<std::int16_t>(254);
    if (sform > 0) {
        Matrix matrix{};
        for (std::size_t row = 0; row < 3; ++row) {
            for (std::size_t column = 0; column < 3; ++column)
                matrix[row][column] =
                    fields.real(two, 280 + 16 * row + 4 * column, 400 + 32 * row + 8 * column);
        }
        return matrix;
    }
    if (qform <= 0)
        return std::nullopt;
    return rotationOf(fields.real(two, 256, 352), fields.real(two, 260, 360),
                      fields.real(two, 264, 368), handedness);
}

NiftiHeader parse(const std::string& start) {
    NiftiHeader header;
    const auto size = Fields(start, false).at<std::int32_t>(0);
    header.swapped = size != kSizeOne && size != kSizeTwo;
    const Fields fields(start, header.swapped);
    header.two = fields.at<std::int32_t>(0) == kSizeTwo;
    const bool two = header.two;
    header.detached = start[(two ? kMagicTwo : kMagicOne) + 1] == 'i';
    for (std::size_t i = 0; i < header.dim.size(); ++i) {
        header.dim[i] =
            two ? fields.at<std::int64_t>(16 + 8 * i) : fields.at<std::int16_t>(40 + 2 * i);
        header.pixdim[i] = fields.real(two, 76 + 4 * i, 104 + 8 * i);
    }
    header.datatype = two ? fields.at<std::int16_t>(12) : fields.at<std::int16_t>(70);
    header.bits = two ? fields.at<std::int16_t>(14) : fields.at<std::int16_t>(72);
    header.offset = two ? static_cast<double>(fields.at<std::int64_t>(168))
                        : static_cast<double>(fields.at<float>(108));
    header.slope = fields.real(two, 112, 176);
    header.intercept = fields.real(two, 116, 184);
    header.units = two ? fields.at<std::int32_t>(500) : fields.at<std::uint8_t>(123);
    header.toSpace = spaceOf(fields, two, header.pixdim[0]);
    return header;
}

void takeType(const std::string& file, const NiftiHeader& nifti, DescribedSamples& samples) {
    using enum SampleType;
    constexpr int kRgb = 128;
    constexpr std::pair<int, SampleType> kTypes[] = {
        {2, u8},   {4, i16},   {8, i32},   {16, f32},   {64, f64},  {kRgb, u8},
        {256, i8}, {512, u16}, {768, u32}, {1024, i64}, {1280, u64}};
    const auto* const found =
        std::find_if(std::begin(kTypes), std::end(kTypes),
                     [&](const auto& row) { return row.first == nifti.datatype; });
    if (found == std::end(kTypes))
        unread(file, "its data type " + std::to_string(nifti.datatype) +
                         " is not read: it is none of the whole numbers, floats and 8-bit RGB");
    samples.format.type = found->second;
    samples.header.channels = nifti.datatype == kRgb ? 3 : 1;
    const auto bits =
        static_cast<int>(8 * bytesOf(found->second)) * static_cast<int>(samples.header.channels);
    if (nifti.bits != bits)
        damaged(file, "it states " + std::to_string(nifti.bits) + " bits per pixel for a type of " +
                          std::to_string(bits));
    const bool swapped = nifti.swapped;
    samples.format.bigEndian = swapped == (std::endian::native == std::endian::little);
    const bool scaled = std::isfinite(nifti.slope) && std::isfinite(nifti.intercept) &&
                        nifti.slope != 0.0 && nifti.datatype != kRgb;
    if (scaled && (nifti.slope != 1.0 || nifti.intercept != 0.0))
        samples.format.scaling = ValueScaling{nifti.slope, nifti.intercept};
}

void takeSizes(const std::string& file, const NiftiHeader& nifti, ImageHeader& header) {
    const std::int64_t axes = nifti.dim[0];
    if (axes < 1 || axes > 7)
        damaged(file, "it declares " + std::to_string(axes) + " dimensions");
    std::array<std::int64_t, 7> sizes{1, 1, 1, 1, 1, 1, 1};
    std::copy_n(nifti.dim.begin() + 1, axes, sizes.begin());
    header.width = sizes[0];
    header.height = sizes[1];
    header.depth = sizes[2];
    if (axes < 2 || std::any_of(sizes.begin(), sizes.end(), [](auto n) { return n < 1; }))
        damaged(file, "it declares an image of " + std::to_string(sizes[0]) + " x " +
                          std::to_string(sizes[1]) + " x " + std::to_string(sizes[2]));
    for (std::size_t i = 3; i < sizes.size(); ++i) {
        if (sizes[i] > 1)
            unread(file, "it holds " + std::to_string(sizes[i]) +
                             " volumes (times or channels), and one is read");
    }
}

void takeSpace(const NiftiHeader& nifti, ImageHeader& header) {
    const std::array<double, 3> edges{
        std::abs(nifti.pixdim[1]), std::abs(nifti.pixdim[2]),
        std::abs(nifti.pixdim[header.depth > 1 || nifti.dim[0] > 2 ? 3 : 1])};
    constexpr std::array<double, 4> kUnits{0.0, 1e6, 1e3, 1.0};
    const auto unit = static_cast<std::size_t>(nifti.units & 7);
    const double um = unit < kUnits.size() ? kUnits[unit] : 0.0;
    if (um > 0.0)
        takeVoxelSize(header, {edges[0] * um, edges[1] * um, edges[2] * um}, "NIfTI pixdim");
    else if (edges != std::array{1.0, 1.0, 1.0}) // which stands for none
        warnOfUnitlessSpacing(header, edges);
    if (!nifti.toSpace)
        return;
    constexpr double kSmall = 1e-3;
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            const double part = (*nifti.toSpace)[row][column];
            const double straight = std::abs((*nifti.toSpace)[column][column]);
            if (row == column ? part < 0.0 : std::abs(part) > kSmall * straight) {
                header.warnings.emplace_back("the header turns or mirrors the axes in space; they "
                                             "stay as they are stored");
                return;
            }
        }
    }
}

/// "head.img" for "head.hdr", and the same for packed ones.
std::string imageBeside(const std::string& header, const SideFiles& beside) {
    std::filesystem::path stem = std::filesystem::path(header).filename();
    if (stem.extension() == ".gz")
        stem = stem.stem();
    stem = stem.stem();
    const std::string plain = stem.string() + ".img";
    const std::string packed = plain + ".gz";
    return !beside.has(plain) && beside.has(packed) ? packed : plain;
}

bool isPacked(const ByteSource& source) {
    std::array<std::byte, 2> start{};
    return source.read(0, start) == start.size() && start[0] == std::byte{0x1F} &&
           start[1] == std::byte{0x8B};
}

/// First bytes, filled up with zeros where there are none: the fields of NIfTI-1 end earlier.
std::string headerBytes(const ByteSource& source) {
    std::string start(kNiftiHeaderBytes, '\0');
    if (isPacked(source))
        start = inflatedStart(source, kNiftiHeaderBytes);
    else
        start.resize(source.read(0, std::as_writable_bytes(std::span(start))));
    start.resize(kNiftiHeaderBytes, '\0');
    return start;
}

} // namespace

bool isNifti(std::string_view start) noexcept {
    const auto has = [&](std::size_t offset, std::string_view bytes) {
        return start.size() >= offset + bytes.size() && start.substr(offset, bytes.size()) == bytes;
    };
    const bool one = has(0, "\x5C\x01\x00\x00"sv) || has(0, "\x00\x00\x01\x5C"sv);
    if (one)
        return has(kMagicOne, "n+1\0"sv) || has(kMagicOne, "ni1\0"sv);
    const bool two = has(0, "\x1C\x02\x00\x00"sv) || has(0, "\x00\x00\x02\x1C"sv);
    return two && start.size() >= kNiftiHeaderBytes &&
           (has(kMagicTwo, "n+2\0\r\n\x1A\n"sv) || has(kMagicTwo, "ni2\0\r\n\x1A\n"sv));
}

SliceReaderPtr
openNifti(ByteSourcePtr source, const SideFilesPtr& beside, const ReadLimits& limits) {
    const std::string file = source->name();
    const std::string start = headerBytes(*source);
    if (!isNifti(start))
        damaged(file, "it is cut off");
    const NiftiHeader nifti = parse(start);
    DescribedSamples samples;
    samples.header.format = "nifti";
    takeType(file, nifti, samples);
    takeSizes(file, nifti, samples.header);
    takePixelType(samples);
    takeSpace(nifti, samples.header);
    checkDeclaredSize(samples.header, file, limits);
    if (nifti.detached)
        source = beside->open(imageBeside(file, *beside));
    constexpr double kFarthest = 1e15;
    if (!(nifti.offset >= 0.0 && nifti.offset <= kFarthest) ||
        nifti.offset != std::floor(nifti.offset))
        damaged(file, "its pixels begin at byte " + std::to_string(nifti.offset));
    // A header of the same file and the four bytes behind it are no pixels, whatever is written.
    const std::uint64_t least = nifti.detached ? 0 : (nifti.two ? kSizeTwo : kSizeOne) + 4;
    const std::uint64_t begin = std::max(least, static_cast<std::uint64_t>(nifti.offset));
    const std::uint64_t bytes = storedBytes(samples);
    const Stretch whole{source, 0, source->size()};
    if (isPacked(*source)) {
        checkCanInflate(whole, bytes);
        return sampleReader(std::move(samples),
                            laterBytes(inflatedBytes(whole, begin + bytes), begin), file);
    }
    const Stretch pixels{source, std::min(begin, whole.end), whole.end};
    checkHolds(pixels, bytes);
    warnOfBytesLeftOver(samples.header, pixels.end - pixels.begin - bytes);
    return sampleReader(std::move(samples), plainBytes(source, pixels.begin), file);
}

} // namespace likeness
