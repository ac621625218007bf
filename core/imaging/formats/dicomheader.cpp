// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/dicomheader.h"

#include "core/base/error.h"
#include "core/imaging/formats/bytecursor.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

namespace likeness {

namespace {

using Tag = std::uint32_t;

constexpr std::uint64_t kUndefined = 0xFFFFFFFF;
constexpr std::size_t kMaximumValue = 1024;
constexpr std::size_t kWindowBytes = 8192;
constexpr int kMaximumDepth = 16;
constexpr std::size_t kMaximumFrames = 100000;
constexpr Tag kItem = 0xFFFEE000;
constexpr Tag kItemEnd = 0xFFFEE00D;
constexpr Tag kSequenceEnd = 0xFFFEE0DD;
constexpr Tag kPixelData = 0x7FE00010;
constexpr Tag kSharedGroups = 0x52009229;
constexpr Tag kFrameGroups = 0x52009230;
constexpr std::string_view kLongLengths[] = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                             "SV", "UC", "UN", "UR", "UT", "UV"};

struct Syntax {
    std::string_view uid;
    std::string_view name;
};

constexpr Syntax kNotRead[] = {{"1.2.840.10008.1.2.1.99", "deflated explicit little-endian"},
                               {"1.2.840.10008.1.2.4.50", "JPEG baseline"},
                               {"1.2.840.10008.1.2.4.51", "JPEG extended"},
                               {"1.2.840.10008.1.2.4.57", "JPEG lossless"},
                               {"1.2.840.10008.1.2.4.70", "JPEG lossless"},
                               {"1.2.840.10008.1.2.4.80", "JPEG-LS lossless"},
                               {"1.2.840.10008.1.2.4.81", "JPEG-LS near-lossless"},
                               {"1.2.840.10008.1.2.4.90", "JPEG 2000 lossless"},
                               {"1.2.840.10008.1.2.4.91", "JPEG 2000"},
                               {"1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 lossless"}};

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0'))
        text.pop_back();
    text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
    return text;
}

/// Decimal strings, separated by backslashes; empty if one of them is no number.
std::vector<double> decimals(const std::string& text) {
    std::vector<double> numbers;
    std::size_t at = 0;
    while (at <= text.size()) {
        const std::size_t end = std::min(text.find('\\', at), text.size());
        std::string word = trimmed(text.substr(at, end - at));
        if (word.starts_with('+'))
            word.erase(0, 1);
        double number = 0.0;
        const auto [next, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (error != std::errc() || next != word.data() + word.size() || !std::isfinite(number))
            return {};
        numbers.push_back(number);
        at = end + 1;
    }
    return numbers;
}

class Parser {
public:
    explicit Parser(const ByteSource& source)
        : m_source(source) {}

    DicomHeader parse() {
        m_at = 132;
        readMetaGroup();
        m_header.bigEndian = m_bigEndian;
        parseUntil(m_source.size(), 0, {});
        return std::move(m_header);
    }

private:
    struct Element {
        Tag tag = 0;
        std::string vr; ///< empty where it is implicit
        std::uint64_t length = 0;
    };

    /// Where in the tree of sequences an element lies.
    struct Place {
        int depth = 0;
        bool shared = false;   ///< in the groups of all frames
        bool perFrame = false; ///< in those of one
    };

    [[noreturn]] void damaged(const std::string& why) const {
        throw Error(ErrorCode::format, m_source.name(),
                    "the DICOM file is damaged or truncated: " + why,
                    "copy it again from its origin");
    }

    /// Bytes from the present place on, through a window: elements are small and many.
    void fetch(std::span<std::byte> out) {
        if (m_at < m_windowAt || m_at + out.size() > m_windowAt + m_window.size()) {
            m_window.resize(kWindowBytes);
            m_window.resize(m_source.read(m_at, m_window));
            m_windowAt = m_at;
        }
        if (out.size() > m_window.size())
            damaged("it ends in the middle of its header");
        std::memcpy(out.data(), m_window.data() + (m_at - m_windowAt), out.size());
    }

    std::uint64_t number(std::size_t count) {
        std::array<std::byte, 8> bytes{};
        const auto part = std::span(bytes).first(count);
        fetch(part);
        m_at += count;
        return ByteCursor(part, m_source.name(), m_bigEndian).number(count);
    }

    Element readElement() {
        Element element;
        const std::uint64_t group = number(2);
        element.tag = static_cast<Tag>(group << 16U | number(2));
        if (!m_explicit || group == 0xFFFE) {
            element.length = number(4);
            return element;
        }
        std::array<std::byte, 2> vr{};
        fetch(vr);
        m_at += 2;
        element.vr = {static_cast<char>(vr[0]), static_cast<char>(vr[1])};
        const bool isLong = std::find(std::begin(kLongLengths), std::end(kLongLengths),
                                      element.vr) != std::end(kLongLengths);
        const auto isLetter = [](char c) { return c >= 'A' && c <= 'Z'; };
        if (!isLetter(element.vr[0]) || !isLetter(element.vr[1]))
            damaged("an element has no type");
        if (isLong)
            m_at += 2;
        element.length = number(isLong ? 4 : 2);
        return element;
    }

    /// Group 2 is always explicit and little-endian, and says how the rest is stored.
    void readMetaGroup() {
        m_explicit = true;
        std::string syntax;
        for (;;) {
            const std::uint64_t start = m_at;
            if (start == m_source.size())
                damaged("it ends after its first part");
            if (number(2) != 2) {
                m_at = start;
                break;
            }
            m_at = start;
            const Element element = readElement();
            checkLength(element);
            if (element.tag == 0x00020010)
                syntax = text(element);
            else if (element.tag == 0x00020002)
                m_header.isDirectory = text(element) == "1.2.840.10008.1.3.10";
            m_at += element.length;
        }
        takeSyntax(syntax);
    }

    void takeSyntax(const std::string& uid) {
        m_explicit = uid != "1.2.840.10008.1.2";
        m_bigEndian = uid == "1.2.840.10008.1.2.2";
        m_header.rle = uid == "1.2.840.10008.1.2.5";
        const bool known =
            !m_explicit || m_bigEndian || m_header.rle || uid == "1.2.840.10008.1.2.1";
        if (known)
            return;
        std::string name = uid.empty() ? "that is not named" : uid.substr(0, 64);
        for (const Syntax& syntax : kNotRead) {
            if (syntax.uid == uid)
                name = std::string(syntax.name) + " (" + uid + ")";
        }
        throw Error(ErrorCode::unsupported, m_source.name(),
                    "the DICOM pixels are compressed with transfer syntax " + name +
                        ", which is not read",
                    "convert it with gdcmconv --raw or dcmdjpeg");
    }

    void checkLength(const Element& element) const {
        if (element.length == kUndefined || element.length > m_source.size() - m_at)
            damaged("an element is longer than the file");
    }

    void parseUntil(std::uint64_t end, int depth, Place place) {
        if (depth > kMaximumDepth)
            damaged("its sequences are nested too deep");
        while (m_at < end) {
            const Element element = readElement();
            if (element.tag == kItemEnd || element.tag == kSequenceEnd)
                return;
            if (element.tag == kPixelData && depth == 0) {
                takePixels(element);
                return;
            }
            if (isSequence(element)) {
                readSequence(element, depth, place);
                continue;
            }
            checkLength(element);
            const std::uint64_t next = m_at + element.length;
            take(element, place);
            m_at = next;
        }
        if (m_at != end)
            damaged("a sequence does not end where it should");
    }

    /// Where types are implicit, only sequences of interest are known as such.
    [[nodiscard]] static bool isSequence(const Element& element) {
        constexpr Tag kKnown[] = {kSharedGroups, kFrameGroups, 0x00209113,
                                  0x00209116,    0x00289110,   0x00289145};
        return element.vr == "SQ" || element.length == kUndefined ||
               std::find(std::begin(kKnown), std::end(kKnown), element.tag) != std::end(kKnown);
    }

    void readSequence(const Element& sequence, int depth, Place place) {
        // Sequences without a stated type inside UN are stored implicitly.
        const bool outerExplicit = m_explicit;
        if (sequence.vr == "UN")
            m_explicit = false;
        if (sequence.length != kUndefined)
            checkLength(sequence);
        const std::uint64_t end =
            sequence.length == kUndefined ? m_source.size() : m_at + sequence.length;
        place.depth = depth + 1;
        place.shared = place.shared || sequence.tag == kSharedGroups;
        const bool frames = sequence.tag == kFrameGroups;
        while (m_at < end) {
            const Element item = readElement();
            if (item.tag == kSequenceEnd)
                break;
            if (item.tag != kItem)
                damaged("a sequence holds no items");
            if (frames) {
                place.perFrame = true;
                if (m_header.perFrame.size() == kMaximumFrames)
                    damaged("it has too many frames");
                m_header.perFrame.emplace_back();
            }
            if (item.length != kUndefined)
                checkLength(item);
            parseUntil(item.length == kUndefined ? m_source.size() : m_at + item.length, depth + 1,
                       place);
        }
        m_explicit = outerExplicit;
    }

    std::string text(const Element& element) {
        std::string value(std::min<std::uint64_t>(element.length, kMaximumValue), '\0');
        fetch(std::as_writable_bytes(std::span(value)));
        return trimmed(std::move(value));
    }

    std::int64_t shortNumber(const Element& element) {
        if (element.length < 2)
            damaged("a number is missing");
        const std::uint64_t at = m_at;
        const auto value = static_cast<std::int64_t>(number(2));
        m_at = at;
        return value;
    }

    std::optional<double> decimal(const Element& element) {
        const std::vector<double> numbers = decimals(text(element));
        return numbers.empty() ? std::nullopt : std::optional(numbers.front());
    }

    void take(const Element& element, const Place& place) {
        const bool top = place.depth == 0;
        // Functional groups, two sequences deep.
        const bool group = place.depth == 2 && (place.shared || place.perFrame);
        if (top)
            takeLayout(element);
        if (top || group)
            takeGeometry(element, place);
    }

    void takeLayout(const Element& element) {
        switch (element.tag) {
        case 0x0020000E:
            m_header.series = text(element);
            break;
        case 0x00200013:
            if (const auto value = decimal(element))
                m_header.number = static_cast<std::int64_t>(*value);
            break;
        case 0x00280002:
            m_header.samples = shortNumber(element);
            break;
        case 0x00280004:
            m_header.photometric = text(element);
            break;
        case 0x00280006:
            m_header.separatePlanes = shortNumber(element) == 1;
            break;
        case 0x00280008:
            m_header.frames =
                static_cast<std::int64_t>(std::clamp(decimal(element).value_or(0.0), 0.0, 1e9));
            break;
        case 0x00280010:
            m_header.rows = shortNumber(element);
            break;
        case 0x00280011:
            m_header.columns = shortNumber(element);
            break;
        case 0x00280100:
            m_header.bitsAllocated = shortNumber(element);
            break;
        case 0x00280101:
            m_header.bitsStored = shortNumber(element);
            break;
        case 0x00280102:
            m_header.highBit = shortNumber(element);
            break;
        case 0x00280103:
            m_header.isSigned = shortNumber(element) == 1;
            break;
        default:
            break;
        }
    }

    void takeGeometry(const Element& element, const Place& place) {
        DicomFrame& frame = place.perFrame ? m_header.perFrame.back() : m_header.shared;
        switch (element.tag) {
        case 0x00200032:
            if (const auto n = decimals(text(element)); n.size() == 3)
                frame.position = {n[0], n[1], n[2]};
            break;
        case 0x00200037:
            if (const auto n = decimals(text(element)); n.size() == 6)
                m_header.orientation = {n[0], n[1], n[2], n[3], n[4], n[5]};
            break;
        case 0x00280030:
            takeSpacing(element, "PixelSpacing");
            break;
        case 0x00181164:
            if (!m_header.spacing)
                takeSpacing(element, "ImagerPixelSpacing");
            break;
        case 0x00180050:
            m_header.sliceThickness = decimal(element);
            break;
        case 0x00180088:
            m_header.sliceDistance = decimal(element);
            break;
        case 0x00281052:
        case 0x00281053: {
            DicomRescale rescale = frame.rescale.value_or(DicomRescale{});
            const auto value = decimal(element);
            if (!value)
                damaged("its rescale values are no numbers");
            (element.tag == 0x00281052 ? rescale.intercept : rescale.slope) = *value;
            frame.rescale = rescale;
            break;
        }
        default:
            break;
        }
    }

    void takeSpacing(const Element& element, const char* name) {
        const auto n = decimals(text(element));
        if (n.size() != 2 || n[0] <= 0.0 || n[1] <= 0.0)
            return;
        m_header.spacing = {n[0], n[1]};
        m_header.spacingName = name;
    }

    void takePixels(const Element& element) {
        m_header.pixelOffset = m_at;
        if (element.length == kUndefined) {
            if (!m_header.rle)
                damaged("its pixels have no length");
            return;
        }
        checkLength(element);
        m_header.pixelBytes = element.length;
    }

    const ByteSource& m_source;
    std::uint64_t m_at = 0;
    std::uint64_t m_windowAt = 0;
    std::vector<std::byte> m_window;
    bool m_explicit = true;
    bool m_bigEndian = false;
    DicomHeader m_header;
};

} // namespace

std::uint64_t DicomHeader::frameBytes() const noexcept {
    return static_cast<std::uint64_t>(rows * columns * samples * bitsAllocated / 8);
}

DicomFrame DicomHeader::frame(std::int64_t index) const {
    DicomFrame result = shared;
    if (static_cast<std::size_t>(index) < perFrame.size()) {
        const DicomFrame& own = perFrame[static_cast<std::size_t>(index)];
        result.position = own.position ? own.position : shared.position;
        result.rescale = own.rescale ? own.rescale : shared.rescale;
    }
    return result;
}

DicomHeader readDicomHeader(const ByteSource& source) {
    return Parser(source).parse();
}

double alongDicomNormal(const std::array<double, 6>& orientation,
                        const std::array<double, 3>& position) noexcept {
    const auto& o = orientation;
    const std::array<double, 3> normal{o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5],
                                       o[0] * o[4] - o[1] * o[3]};
    const double length = std::hypot(normal[0], normal[1], normal[2]);
    const double along =
        normal[0] * position[0] + normal[1] * position[1] + normal[2] * position[2];
    return length > 0.0 ? along / length : 0.0;
}

std::vector<DicomFragment> dicomFragments(const ByteSource& source, const DicomHeader& header) {
    std::vector<DicomFragment> fragments;
    std::uint64_t at = header.pixelOffset;
    for (;;) {
        std::array<std::byte, 8> bytes{};
        source.readExactly(at, bytes);
        ByteCursor cursor(bytes, source.name());
        const std::uint64_t group = cursor.number(2);
        const auto tag = static_cast<Tag>(group << 16U | cursor.number(2));
        const std::uint64_t length = cursor.number(4);
        at += bytes.size();
        if (tag == kSequenceEnd)
            break;
        if (tag != kItem || length > source.size() - at || fragments.size() > kMaximumFrames)
            throw Error(ErrorCode::format, source.name(),
                        "the DICOM file is damaged or truncated: its pixels are in no order",
                        "copy it again from its origin");
        fragments.push_back({at, length});
        at += length;
    }
    // The first item is a table of offsets, not a frame.
    if (!fragments.empty())
        fragments.erase(fragments.begin());
    return fragments;
}

} // namespace likeness
