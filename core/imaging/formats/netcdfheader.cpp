// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/netcdfheader.h"

#include "core/base/error.h"
#include "core/imaging/formats/bytecursor.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace likeness {

namespace {

constexpr std::size_t kFirstRead = 65536;
constexpr std::size_t kMaximumHeader = std::size_t{64} << 20U;
constexpr std::uint64_t kMaximumCount = 100000;
constexpr std::uint64_t kMaximumRank = 64;
constexpr std::uint64_t kUnknownRecords = 0xFFFFFFFF; ///< written while a file is streamed
constexpr std::uint64_t kMaximumValues = 4096;        ///< of an attribute that is kept

enum Tag : std::uint64_t { kDimensions = 10, kVariables = 11, kAttributes = 12 };

struct TypeRow {
    std::optional<SampleType> sample;
    std::uint64_t bytes = 0;
};

constexpr TypeRow kTypes[] = {{{}, 0},
                              {SampleType::i8, 1},
                              {{}, 1},
                              {SampleType::i16, 2},
                              {SampleType::i32, 4},
                              {SampleType::f32, 4},
                              {SampleType::f64, 8},
                              {SampleType::u8, 1},
                              {SampleType::u16, 2},
                              {SampleType::u32, 4},
                              {SampleType::i64, 8},
                              {SampleType::u64, 8}};

std::optional<SampleType> unsignedOf(std::optional<SampleType> type) {
    using enum SampleType;
    if (!type)
        return type;
    switch (*type) {
    case i8:
        return u8;
    case i16:
        return u16;
    case i32:
        return u32;
    case i64:
        return u64;
    default:
        return type;
    }
}

class HeaderParser {
public:
    HeaderParser(const ByteSource& source, std::span<const std::byte> bytes)
        : m_source(source)
        , m_cursor(bytes, source.name(), true) {}

    NetcdfHeader parse() {
        m_cursor.skip(3);
        const std::uint64_t version = m_cursor.number(1);
        m_wide = version == 5 ? 8 : 4;
        m_offsetBytes = version == 1 ? 4 : 8;
        m_records = m_cursor.number(m_wide);
        NetcdfHeader header;
        readDimensions();
        header.attributes = readAttributes();
        readVariables(header);
        finish(header);
        return header;
    }

private:
    struct Dimension {
        std::string name;
        std::uint64_t size = 0;
    };

    [[noreturn]] void damaged(const std::string& why) const {
        throw Error(ErrorCode::format, m_source.name(),
                    "the NetCDF file is damaged or truncated: " + why,
                    "copy it again from its origin");
    }

    std::string readName() {
        const std::uint64_t length = m_cursor.number(m_wide);
        std::string name = m_cursor.text(length);
        m_cursor.align(4);
        return name;
    }

    /// How many entries a list has; absent lists are zeros.
    std::uint64_t readCount(Tag tag) {
        const std::uint64_t found = m_cursor.number(4);
        const std::uint64_t count = m_cursor.number(m_wide);
        if ((found != tag && found != 0) || (found == 0 && count != 0) || count > kMaximumCount)
            damaged("a list in its header is none");
        return count;
    }

    void readDimensions() {
        for (std::uint64_t left = readCount(kDimensions); left > 0; --left) {
            Dimension dimension{readName(), 0};
            dimension.size = m_cursor.number(m_wide);
            m_dimensions.push_back(std::move(dimension));
        }
    }

    const TypeRow& readType() {
        const std::uint64_t type = m_cursor.number(4);
        if (type < 1 || type >= std::size(kTypes))
            damaged("it has an unknown number type");
        return kTypes[type];
    }

    std::map<std::string, NamedValue> readAttributes() {
        std::map<std::string, NamedValue> attributes;
        for (std::uint64_t left = readCount(kAttributes); left > 0; --left) {
            const std::string name = readName();
            const TypeRow& type = readType();
            const std::uint64_t count = m_cursor.number(m_wide);
            if (count > kMaximumHeader)
                damaged("an attribute is larger than the header");
            const auto bytes = m_cursor.take(count * type.bytes);
            m_cursor.align(4);
            NamedValue value;
            if (!type.sample) {
                value.text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            } else if (count <= kMaximumValues) {
                std::vector<std::byte> native(bytes.begin(), bytes.end());
                if constexpr (std::endian::native == std::endian::little)
                    swapBytes(native, static_cast<std::size_t>(type.bytes));
                value.numbers.resize(static_cast<std::size_t>(count));
                if (!samplesToDoubles(*type.sample, native, value.numbers))
                    value.numbers.clear();
            }
            attributes[name] = std::move(value);
        }
        return attributes;
    }

    void readVariables(NetcdfHeader& header) {
        for (std::uint64_t left = readCount(kVariables); left > 0; --left) {
            NetcdfVariable variable;
            variable.name = readName();
            const std::uint64_t rank = m_cursor.number(m_wide);
            if (rank > kMaximumRank)
                damaged("a variable has too many axes");
            bool isRecord = false;
            for (std::uint64_t axis = 0; axis < rank; ++axis) {
                const std::uint64_t id = m_cursor.number(m_wide);
                if (id >= m_dimensions.size())
                    damaged("a variable has an axis that is not there");
                const std::uint64_t size = m_dimensions[static_cast<std::size_t>(id)].size;
                isRecord = isRecord || (axis == 0 && size == 0);
                variable.sizes.push_back(size);
            }
            variable.attributes = readAttributes();
            const TypeRow& type = readType();
            variable.type = type.sample;
            const auto sign = variable.attributes.find("_Unsigned");
            if (sign != variable.attributes.end() && sign->second.text.starts_with("true"))
                variable.type = unsignedOf(type.sample);
            m_cursor.skip(m_wide); // The stated size overflows for large variables.
            variable.offset = m_cursor.number(m_offsetBytes);
            m_valueBytes.push_back(type.bytes);
            m_isRecord.push_back(isRecord);
            header.variables.push_back(std::move(variable));
        }
    }

    /// Bytes of all values, or of one record; all bits set if that overflows.
    [[nodiscard]] std::uint64_t bytesOfOne(const NetcdfVariable& variable, std::size_t i) const {
        std::uint64_t bytes = m_valueBytes[i];
        for (std::size_t axis = m_isRecord[i] ? 1 : 0; axis < variable.sizes.size(); ++axis) {
            if (__builtin_mul_overflow(bytes, variable.sizes[axis], &bytes))
                return ~std::uint64_t{0} >> 4U;
        }
        return std::min(bytes, ~std::uint64_t{0} >> 4U);
    }

    /// Record variables lie interleaved, record by record, each padded to 4 bytes if there are
    /// several.
    void finish(NetcdfHeader& header) {
        std::uint64_t step = 0;
        std::size_t records = 0;
        for (std::size_t i = 0; i < header.variables.size(); ++i) {
            if (!m_isRecord[i])
                continue;
            const std::uint64_t bytes = bytesOfOne(header.variables[i], i);
            if (__builtin_add_overflow(step, (bytes + 3) / 4 * 4, &step))
                damaged("a record is larger than the file");
            ++records;
        }
        for (std::size_t i = 0; i < header.variables.size(); ++i) {
            NetcdfVariable& variable = header.variables[i];
            const std::uint64_t bytes = bytesOfOne(variable, i);
            std::uint64_t end = bytes;
            if (m_isRecord[i]) {
                variable.recordStep = records == 1 ? bytes : step;
                takeRecordCount(variable);
                const std::uint64_t count = variable.sizes[0];
                if (count == 0)
                    continue;
                if (__builtin_mul_overflow(variable.recordStep, count - 1, &end) ||
                    __builtin_add_overflow(end, bytes, &end))
                    end = ~std::uint64_t{0} >> 4U;
            }
            if (variable.offset > m_source.size() || end > m_source.size() - variable.offset)
                throw Error(ErrorCode::format, m_source.name(),
                            "the file is truncated: its header declares more values of '" +
                                variable.name + "' than its " + std::to_string(m_source.size()) +
                                " bytes hold",
                            "copy it again from its origin");
        }
    }

    void takeRecordCount(NetcdfVariable& variable) const {
        variable.sizes[0] = m_records;
        const bool streaming = m_records >= kUnknownRecords;
        if (streaming && variable.recordStep > 0 && variable.offset <= m_source.size())
            variable.sizes[0] = (m_source.size() - variable.offset) / variable.recordStep;
    }

    const ByteSource& m_source;
    ByteCursor m_cursor;
    std::size_t m_wide = 4;
    std::size_t m_offsetBytes = 4;
    std::uint64_t m_records = 0;
    std::vector<Dimension> m_dimensions;
    std::vector<std::uint64_t> m_valueBytes;
    std::vector<bool> m_isRecord;
};

} // namespace

std::uint64_t NetcdfVariable::values() const noexcept {
    std::uint64_t count = 1;
    for (const std::uint64_t size : sizes) {
        if (__builtin_mul_overflow(count, size, &count))
            return ~std::uint64_t{0};
    }
    return count;
}

NetcdfHeader readNetcdfHeader(const ByteSource& source) {
    // The header states no length: it is read again, larger, if it did not end.
    for (std::size_t most = kFirstRead;; most *= 16) {
        const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), most));
        std::vector<std::byte> start(bytes);
        source.readExactly(0, start);
        try {
            return HeaderParser(source, start).parse();
        } catch (const Error&) {
            if (bytes == source.size() || most >= kMaximumHeader)
                throw;
        }
    }
}

} // namespace likeness
