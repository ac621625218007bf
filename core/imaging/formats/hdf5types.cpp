// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/hdf5types.h"

#include "core/imaging/formats/hdf5links.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace likeness::hdf5 {

namespace {

enum MessageType : unsigned {
    kDataspace = 0x01,
    kDatatype = 0x03,
    kOldFill = 0x04,
    kFill = 0x05,
    kExternalFiles = 0x07,
    kLayout = 0x08,
    kFilters = 0x0B,
    kAttribute = 0x0C,
    kAttributeInfo = 0x15
};

constexpr std::size_t kMaximumRank = 32;
constexpr std::uint64_t kMaximumSmall = 65536; ///< bytes of attributes that are read

const Message* find(const std::vector<Message>& messages, unsigned type) {
    const auto found = std::find_if(messages.begin(), messages.end(),
                                    [type](const Message& m) { return m.type == type; });
    return found == messages.end() ? nullptr : &*found;
}

std::optional<SampleType> integerType(std::uint64_t size, bool isSigned) {
    using enum SampleType;
    switch (size) {
    case 1:
        return isSigned ? i8 : u8;
    case 2:
        return isSigned ? i16 : u16;
    case 4:
        return isSigned ? i32 : u32;
    case 8:
        return isSigned ? i64 : u64;
    default:
        return std::nullopt;
    }
}

std::string className(unsigned kind) {
    constexpr std::string_view kNames[] = {
        "integers",   "floating-point numbers", "times",       "texts",
        "bit fields", "opaque bytes",           "compounds",   "references",
        "names",      "lists of any length",    "small arrays"};
    return kind < std::size(kNames) ? std::string(kNames[kind]) : "values of an unknown class";
}

/// IEEE 754 as every machine stores it; other layouts are named, not guessed at.
std::optional<SampleType> floatType(ByteCursor& cursor, std::uint64_t size) {
    const std::uint64_t bitOffset = cursor.number(2);
    const std::uint64_t precision = cursor.number(2);
    cursor.skip(1);
    const std::uint64_t exponentBits = cursor.number(1);
    cursor.skip(1);
    const std::uint64_t mantissaBits = cursor.number(1);
    const std::uint64_t bias = cursor.number(4);

    struct Row {
        std::uint64_t size, exponent, mantissa, bias;
        SampleType type;
    };

    constexpr Row kRows[] = {{2, 5, 10, 15, SampleType::f16},
                             {4, 8, 23, 127, SampleType::f32},
                             {8, 11, 52, 1023, SampleType::f64}};
    for (const Row& row : kRows) {
        if (row.size == size && row.exponent == exponentBits && row.mantissa == mantissaBits &&
            row.bias == bias && bitOffset == 0 && precision == 8 * size)
            return row.type;
    }
    return std::nullopt;
}

Datatype readType(ByteCursor& cursor, int depth = 0) {
    Datatype type;
    const auto kind = static_cast<unsigned>(cursor.number(1) & 0x0FU);
    const std::uint64_t flags = cursor.number(3);
    type.size = cursor.number(4);
    type.name = className(kind);
    if (kind == 0) {
        const std::uint64_t bitOffset = cursor.number(2);
        const std::uint64_t precision = cursor.number(2);
        type.bigEndian = (flags & 1U) != 0;
        if (bitOffset == 0 && precision == 8 * type.size)
            type.sample = integerType(type.size, (flags & 8U) != 0);
    } else if (kind == 1) {
        type.bigEndian = (flags & 1U) != 0;
        if ((flags & 0x40U) == 0)
            type.sample = floatType(cursor, type.size);
    } else if (kind == 3) {
        type.text = true;
    } else if (kind == 8 && depth == 0) {
        // h5py stores booleans as names for the bytes 0 and 1.
        const Datatype base = readType(cursor, 1);
        type.sample = base.size == type.size ? base.sample : std::nullopt;
        type.bigEndian = base.bigEndian;
        if (type.sample == SampleType::i8)
            type.sample = SampleType::u8;
    } else if (kind == 9) {
        type.variableText = (flags & 0x0FU) == 1;
    }
    if (type.sample)
        type.name = toString(*type.sample);
    return type;
}

Dataspace readSpace(const File& file, std::span<const std::byte> body) {
    ByteCursor cursor = file.cursor(body);
    Dataspace space;
    const std::uint64_t version = cursor.number(1);
    const auto rank = static_cast<std::size_t>(cursor.number(1));
    const std::uint64_t flags = cursor.number(1);
    const std::uint64_t kind = cursor.number(1);
    if (version == 1)
        cursor.skip(4);
    else
        space.isNull = kind == 2;
    if (version < 1 || version > 2 || rank > kMaximumRank)
        file.damaged("a shape is impossible");
    const auto sizes = [&] {
        std::vector<std::uint64_t> result;
        for (std::size_t i = 0; i < rank; ++i) {
            const std::uint64_t size = cursor.number(file.lengthBytes());
            const std::uint64_t unlimited = ~std::uint64_t{0} >> (64 - 8 * file.lengthBytes());
            result.push_back(size == unlimited ? ~std::uint64_t{0} : size);
        }
        return result;
    };
    space.sizes = sizes();
    space.maximums = (flags & 1U) != 0 ? sizes() : space.sizes;
    return space;
}

/// A message's own body, or that of the committed datatype that it shares.
std::vector<std::byte>
sharedBody(const File& file, std::span<const std::byte> body, unsigned type) {
    ByteCursor cursor = file.cursor(body);
    const std::uint64_t version = cursor.number(1);
    const std::uint64_t kind = cursor.number(1);
    if (version == 1)
        cursor.skip(6);
    if (version == 3 && kind != 2)
        throw Error(ErrorCode::unsupported, file.name(),
                    "it keeps its number types in a shared table, which is not read",
                    "copy it with h5repack");
    for (const Message& message : file.messages(cursor.number(file.offsetBytes()))) {
        if (message.type == type && !message.shared)
            return message.body;
    }
    file.damaged("a committed number type is missing");
}

std::vector<std::byte> bodyOf(const File& file, const Message& message) {
    return message.shared ? sharedBody(file, message.body, message.type) : message.body;
}

void takeOldLayout(const File& file, ByteCursor& cursor, Layout& layout) {
    const auto rank = static_cast<std::size_t>(cursor.number(1));
    const std::uint64_t kind = cursor.number(1);
    cursor.skip(5);
    if (kind > 2 || rank > kMaximumRank + 1)
        file.damaged("a storage layout is unknown");
    layout.kind = static_cast<Layout::Kind>(kind);
    if (kind != 0)
        layout.address = cursor.number(file.offsetBytes());
    std::vector<std::uint64_t> sizes;
    for (std::size_t i = 0; i < rank; ++i)
        sizes.push_back(cursor.number(4));
    if (kind == 2) {
        // The last edge is the size of a value.
        if (sizes.empty())
            file.damaged("a chunk has no shape");
        sizes.pop_back();
        layout.chunk = std::move(sizes);
    } else if (kind == 0) {
        const auto values = cursor.take(cursor.number(4));
        layout.values.assign(values.begin(), values.end());
    }
}

void takeChunkIndex(const File& file, ByteCursor& cursor, Layout& layout) {
    const std::uint64_t flags = cursor.number(1);
    const auto rank = static_cast<std::size_t>(cursor.number(1));
    const auto edgeBytes = static_cast<std::size_t>(cursor.number(1));
    if (rank < 1 || rank > kMaximumRank + 1 || edgeBytes < 1 || edgeBytes > 8)
        file.damaged("a chunk has an impossible shape");
    for (std::size_t i = 0; i + 1 < rank; ++i)
        layout.chunk.push_back(cursor.number(edgeBytes));
    cursor.skip(edgeBytes);
    layout.plainEdges = (flags & 1U) != 0;
    const std::uint64_t index = cursor.number(1);
    if (index < 1 || index > 5)
        file.damaged("a chunk index is unknown");
    layout.index = static_cast<ChunkIndex>(index);
    if (layout.index == ChunkIndex::single && (flags & 2U) != 0) {
        layout.singleBytes = cursor.number(file.lengthBytes());
        layout.singleMask = static_cast<std::uint32_t>(cursor.number(4));
    }
    constexpr std::uint64_t kParameterBytes[] = {0, 0, 0, 1, 5, 6};
    cursor.skip(kParameterBytes[index]);
}

Layout readLayout(const File& file, std::span<const std::byte> body) {
    ByteCursor cursor = file.cursor(body);
    Layout layout;
    const std::uint64_t version = cursor.number(1);
    if (version >= 1 && version <= 2) {
        takeOldLayout(file, cursor, layout);
        return layout;
    }
    const std::uint64_t kind = cursor.number(1);
    if (version < 3 || version > 4 || kind > 3)
        file.damaged("a storage layout is unknown");
    layout.kind = static_cast<Layout::Kind>(kind);
    if (layout.kind == Layout::Kind::compact) {
        const auto values = cursor.take(cursor.number(2));
        layout.values.assign(values.begin(), values.end());
    } else if (layout.kind == Layout::Kind::contiguous) {
        layout.address = cursor.number(file.offsetBytes());
    } else if (layout.kind == Layout::Kind::chunked) {
        if (version == 4) {
            takeChunkIndex(file, cursor, layout);
            layout.address = cursor.number(file.offsetBytes());
            return layout;
        }
        const auto rank = static_cast<std::size_t>(cursor.number(1));
        if (rank < 1 || rank > kMaximumRank + 1)
            file.damaged("a chunk has an impossible shape");
        layout.address = cursor.number(file.offsetBytes());
        for (std::size_t i = 0; i + 1 < rank; ++i)
            layout.chunk.push_back(cursor.number(4));
    }
    return layout;
}

std::vector<Filter> readFilters(const File& file, std::span<const std::byte> body) {
    ByteCursor cursor = file.cursor(body);
    const std::uint64_t version = cursor.number(1);
    const std::uint64_t count = cursor.number(1);
    if (version < 1 || version > 2 || count > 32)
        file.damaged("a list of filters is impossible");
    if (version == 1)
        cursor.skip(6);
    std::vector<Filter> filters;
    for (std::uint64_t i = 0; i < count; ++i) {
        Filter filter;
        filter.id = static_cast<unsigned>(cursor.number(2));
        const bool named = version == 1 || filter.id >= 256;
        const std::uint64_t nameBytes = named ? cursor.number(2) : 0;
        cursor.skip(2);
        const std::uint64_t values = cursor.number(2);
        cursor.skip(version == 1 ? (nameBytes + 7) / 8 * 8 : nameBytes);
        for (std::uint64_t k = 0; k < values; ++k)
            filter.values.push_back(static_cast<std::uint32_t>(cursor.number(4)));
        if (version == 1 && values % 2 == 1)
            cursor.skip(4);
        filters.push_back(std::move(filter));
    }
    return filters;
}

std::vector<std::byte> readFill(const File& file, const std::vector<Message>& messages) {
    std::uint64_t bytes = 0;
    const Message* message = find(messages, kFill);
    if (message != nullptr && !message->shared) {
        ByteCursor cursor = file.cursor(message->body);
        const std::uint64_t version = cursor.number(1);
        bool defined = false;
        if (version == 3) {
            defined = (cursor.number(1) & 0x20U) != 0;
        } else {
            cursor.skip(2);
            defined = cursor.number(1) != 0 || version == 1;
        }
        if (defined && cursor.remaining() >= 4) {
            bytes = cursor.number(4);
            const auto value = cursor.take(bytes);
            return {value.begin(), value.end()};
        }
        return {};
    }
    message = find(messages, kOldFill);
    if (message == nullptr || message->shared)
        return {};
    ByteCursor cursor = file.cursor(message->body);
    bytes = cursor.number(4);
    const auto value = cursor.take(bytes);
    return {value.begin(), value.end()};
}

Attribute readAttribute(const File& file, std::span<const std::byte> body) {
    ByteCursor cursor = file.cursor(body);
    const std::uint64_t version = cursor.number(1);
    const std::uint64_t flags = cursor.number(1);
    if (version < 1 || version > 3)
        file.damaged("an attribute is of an unknown version");
    const std::uint64_t nameBytes = cursor.number(2);
    const std::uint64_t typeBytes = cursor.number(2);
    const std::uint64_t spaceBytes = cursor.number(2);
    if (version == 3)
        cursor.skip(1);
    const auto part = [&](std::uint64_t bytes) {
        const auto taken = cursor.take(bytes);
        if (version == 1)
            cursor.skip(std::min<std::uint64_t>((8 - bytes % 8) % 8, cursor.remaining()));
        return taken;
    };
    Attribute attribute;
    const auto name = part(nameBytes);
    attribute.name.assign(reinterpret_cast<const char*>(name.data()), name.size());
    attribute.name.resize(std::strlen(attribute.name.c_str()));
    const auto typeBody = part(typeBytes);
    std::vector<std::byte> shared;
    if (version > 1 && (flags & 1U) != 0)
        shared = sharedBody(file, typeBody, kDatatype);
    ByteCursor type = file.cursor(shared.empty() ? typeBody : std::span<const std::byte>(shared));
    attribute.type = readType(type);
    const auto spaceBody = part(spaceBytes);
    if (version > 1 && (flags & 2U) != 0)
        return attribute;
    attribute.space = readSpace(file, spaceBody);
    std::uint64_t bytes = attribute.space.isNull ? 0 : attribute.type.size;
    for (const std::uint64_t size : attribute.space.sizes)
        bytes = size > kMaximumSmall ? ~std::uint64_t{0} >> 32U : bytes * size % (1ULL << 40U);
    const auto data = cursor.take(std::min<std::uint64_t>(bytes, cursor.remaining()));
    attribute.data.assign(data.begin(), data.end());
    return attribute;
}

} // namespace

bool isDataset(const std::vector<Message>& messages) {
    return find(messages, kLayout) != nullptr && find(messages, kDataspace) != nullptr &&
           find(messages, kDatatype) != nullptr;
}

Dataset shapeOf(const File& file, const std::vector<Message>& messages) {
    const Message* type = find(messages, kDatatype);
    const Message* space = find(messages, kDataspace);
    if (type == nullptr || space == nullptr)
        file.damaged("a dataset has no type or no shape");
    Dataset dataset;
    const auto typeBody = bodyOf(file, *type);
    ByteCursor cursor = file.cursor(typeBody);
    dataset.type = readType(cursor);
    dataset.space = readSpace(file, bodyOf(file, *space));
    return dataset;
}

Dataset datasetOf(const File& file, const std::vector<Message>& messages) {
    Dataset dataset = shapeOf(file, messages);
    const Message* layout = find(messages, kLayout);
    if (layout == nullptr)
        file.damaged("a dataset has no storage layout");
    dataset.layout = readLayout(file, layout->body);
    if (const Message* filters = find(messages, kFilters); filters != nullptr)
        dataset.filters = readFilters(file, bodyOf(file, *filters));
    dataset.fill = readFill(file, messages);
    dataset.inOtherFiles = find(messages, kExternalFiles) != nullptr;
    return dataset;
}

std::vector<Attribute> attributesOf(const File& file, const std::vector<Message>& messages) {
    std::vector<Attribute> attributes;
    for (const Message& message : messages) {
        if (message.type == kAttribute && !message.shared)
            attributes.push_back(readAttribute(file, message.body));
    }
    const Message* info = find(messages, kAttributeInfo);
    if (info == nullptr)
        return attributes;
    ByteCursor cursor = file.cursor(info->body);
    cursor.skip(1);
    if ((cursor.number(1) & 1U) != 0)
        cursor.skip(2);
    const std::uint64_t heap = cursor.number(file.offsetBytes());
    const std::uint64_t names = cursor.number(file.offsetBytes());
    if (!file.isDefined(heap) || !file.isDefined(names))
        return attributes;
    for (const auto& body : heapObjects(file, heap, names, {0, 8}))
        attributes.push_back(readAttribute(file, body));
    return attributes;
}

std::vector<double> numbersIn(const Attribute& attribute) {
    if (!attribute.type.sample || attribute.data.size() > kMaximumSmall)
        return {};
    std::vector<std::byte> data = attribute.data;
    const std::size_t bytes = bytesOf(*attribute.type.sample);
    if (attribute.type.bigEndian != (std::endian::native == std::endian::big))
        swapBytes(data, bytes);
    std::vector<double> numbers(data.size() / bytes);
    if (!samplesToDoubles(*attribute.type.sample, data, numbers))
        return {};
    return numbers;
}

std::string textIn(const File& file, const Attribute& attribute) {
    std::string text;
    if (attribute.type.text) {
        const std::size_t bytes = std::min<std::size_t>(
            attribute.data.size(), static_cast<std::size_t>(attribute.type.size));
        text.assign(reinterpret_cast<const char*>(attribute.data.data()), bytes);
    } else if (attribute.type.variableText) {
        text = globalHeapText(file, attribute.data);
    }
    text.resize(std::strlen(text.c_str()));
    while (!text.empty() && text.back() == ' ')
        text.pop_back();
    return text;
}

} // namespace likeness::hdf5
