// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/hdf5catalog.h"

#include "core/imaging/formats/hdf5links.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace likeness::hdf5 {

namespace {

constexpr std::size_t kMaximumObjects = 20000;
constexpr int kMaximumDepth = 32;
constexpr std::size_t kNamesListed = 5;
constexpr std::uint64_t kSmallValues = 16;

std::string shapeText(const std::vector<std::uint64_t>& sizes) {
    std::string text;
    for (const std::uint64_t size : sizes)
        text.append(text.empty() ? "" : " x ").append(std::to_string(size));
    return text;
}

std::string listed(const std::vector<Entry>& entries, const std::string& except) {
    std::string text;
    std::size_t count = 0;
    for (const Entry& entry : entries) {
        if (entry.path == except)
            continue;
        if (++count <= kNamesListed)
            text.append(text.empty() ? "" : ", ")
                .append(entry.path)
                .append(" (")
                .append(shapeText(entry.sizes))
                .append(" ")
                .append(entry.type.name)
                .append(")");
    }
    if (count > kNamesListed)
        text += " and " + std::to_string(count - kNamesListed) + " more";
    return text;
}

std::vector<std::int64_t> asSigned(const std::vector<std::uint64_t>& sizes) {
    return {sizes.begin(), sizes.end()};
}

std::optional<NamedValue> valueOf(const File& file, const Attribute& attribute) {
    NamedValue value{numbersIn(attribute), textIn(file, attribute)};
    if (value.numbers.empty() && value.text.empty())
        return std::nullopt;
    return value;
}

} // namespace

std::optional<Axes> imageAxes(const std::vector<std::uint64_t>& sizes) {
    std::vector<int> axes(sizes.size());
    for (std::size_t i = 0; i < axes.size(); ++i)
        axes[i] = static_cast<int>(i);
    const auto sizeOf = [&](int axis) { return sizes[static_cast<std::size_t>(axis)]; };
    const auto dropSingle = [&] {
        const auto single =
            std::find_if(axes.begin(), axes.end(), [&](int axis) { return sizeOf(axis) == 1; });
        if (single == axes.end())
            return false;
        axes.erase(single);
        return true;
    };
    while (axes.size() > 4) {
        if (!dropSingle())
            return std::nullopt;
    }
    const bool coloured = axes.size() >= 3 && sizeOf(axes.back()) == 3;
    if (axes.size() == 4 && !coloured && !dropSingle())
        return std::nullopt;
    if (axes.size() == 4)
        return Axes{axes[0], axes[1], axes[2], axes[3]};
    if (axes.size() == 3 && coloured)
        return Axes{-1, axes[0], axes[1], axes[2]};
    if (axes.size() == 3)
        return Axes{axes[0], axes[1], axes[2], -1};
    if (axes.size() == 2)
        return Axes{-1, axes[0], axes[1], -1};
    return std::nullopt;
}

std::uint64_t Entry::values() const noexcept {
    std::uint64_t count = 1;
    for (const std::uint64_t size : sizes) {
        if (__builtin_mul_overflow(count, size, &count))
            return ~std::uint64_t{0};
    }
    return count;
}

struct Catalog::Group {
    std::string path; ///< without a slash at the end
    int depth = 0;
    std::vector<Message> messages;
};

Catalog::Catalog(const File& file)
    : m_file(file) {
    walk();
}

void Catalog::walk() {
    m_seen.insert(m_file.rootAddress());
    std::vector<Group> level{{"", 0, m_file.messages(m_file.rootAddress())}};
    while (!level.empty()) {
        std::vector<Group> next;
        for (const Group& group : level)
            takeGroup(group, next);
        level = std::move(next);
    }
}

void Catalog::takeGroup(const Group& group, std::vector<Group>& next) {
    bool dataGroup = false;
    for (const Attribute& attribute : attributesOf(m_file, group.messages)) {
        if (attribute.name == "NX_class")
            dataGroup = textIn(m_file, attribute) == "NXdata";
    }
    for (const Link& link : linksOf(m_file, group.messages)) {
        if (link.kind != Link::Kind::object || !m_seen.insert(link.address).second)
            continue;
        if (m_seen.size() > kMaximumObjects)
            throw Error(ErrorCode::unsupported, m_file.name(),
                        "it holds more than " + std::to_string(kMaximumObjects) + " objects",
                        "copy the image into a file of its own with h5copy");
        const std::string path = group.path + "/" + link.name;
        std::vector<Message> messages = m_file.messages(link.address);
        if (!isDataset(messages)) {
            if (group.depth < kMaximumDepth)
                next.push_back({path, group.depth + 1, std::move(messages)});
            continue;
        }
        const Dataset shape = shapeOf(m_file, messages);
        if (!shape.type.sample || shape.space.isNull || !imageAxes(shape.space.sizes))
            continue;
        m_entries.push_back(
            {path, link.address, shape.type, shape.space.sizes, dataGroup && link.name == "data"});
    }
}

std::optional<std::uint64_t> Catalog::find(const std::string& path) const {
    return follow(m_file.rootAddress(), path, 0);
}

std::optional<std::uint64_t>
Catalog::follow(std::uint64_t from, const std::string& path, int depth) const {
    if (depth > kMaximumDepth)
        return std::nullopt;
    std::uint64_t address = path.starts_with('/') ? m_file.rootAddress() : from;
    std::size_t at = 0;
    while (at < path.size()) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string part = path.substr(at, end - at);
        at = end + 1;
        if (part.empty() || part == ".")
            continue;
        const auto links = linksOf(m_file, m_file.messages(address));
        const auto link =
            std::find_if(links.begin(), links.end(), [&](const Link& l) { return l.name == part; });
        if (link == links.end())
            return std::nullopt;
        if (link->kind == Link::Kind::otherFile)
            throw Error(ErrorCode::unsupported, m_file.name(),
                        "'" + path + "' lies in another file, to which this one only points",
                        "open that file");
        const auto target = link->kind == Link::Kind::object
                                ? std::optional(link->address)
                                : follow(address, link->path, depth + 1);
        if (!target)
            return std::nullopt;
        address = *target;
    }
    return address;
}

std::optional<Entry> Catalog::entryAt(const std::string& path) const {
    const auto address = find(path);
    if (!address)
        return std::nullopt;
    for (const Entry& entry : m_entries) {
        if (entry.address == *address)
            return entry;
    }
    return std::nullopt;
}

std::optional<NamedValue> Catalog::attribute(const std::string& path, std::string_view name) const {
    const auto address = find(path);
    if (!address)
        return std::nullopt;
    for (const Attribute& attribute : attributesOf(m_file, m_file.messages(*address))) {
        if (attribute.name == name)
            return valueOf(m_file, attribute);
    }
    return std::nullopt;
}

std::optional<NamedValue> Catalog::smallDataset(const std::string& path) const {
    const auto address = find(path);
    if (!address)
        return std::nullopt;
    const auto messages = m_file.messages(*address);
    if (!isDataset(messages))
        return std::nullopt;
    const Dataset dataset = datasetOf(m_file, messages);
    std::uint64_t values = 1;
    for (const std::uint64_t size : dataset.space.sizes)
        values = size > kSmallValues ? kSmallValues + 1 : values * size;
    const std::uint64_t bytes = values * dataset.type.size;
    if (values > kSmallValues || dataset.type.size > 64 || dataset.space.isNull ||
        dataset.inOtherFiles)
        return std::nullopt;
    Attribute value{"", dataset.type, dataset.space, dataset.layout.values};
    if (dataset.layout.kind == Layout::Kind::contiguous && m_file.isDefined(dataset.layout.address))
        value.data = m_file.bytes(dataset.layout.address, bytes);
    value.data.resize(std::min<std::size_t>(value.data.size(), static_cast<std::size_t>(bytes)));
    return valueOf(m_file, value);
}

/// NeXus: the attributes `default` lead to a group whose attribute `signal` names the data.
std::optional<Entry> Catalog::nexusDefault() const {
    std::string path;
    for (int depth = 0; depth < 8; ++depth) {
        const auto next = attribute(path.empty() ? "/" : path, "default");
        if (!next || next->text.empty())
            break;
        path += "/" + next->text;
    }
    if (!path.empty()) {
        if (const auto signal = attribute(path, "signal"); signal && !signal->text.empty())
            return entryAt(path + "/" + signal->text);
    }
    const auto isData = [](const Entry& entry) { return entry.nexusData; };
    if (std::count_if(m_entries.begin(), m_entries.end(), isData) == 1)
        return *std::find_if(m_entries.begin(), m_entries.end(), isData);
    // NXtomo links the data of the detector into its NXdata group.
    return entryAt("/entry/data/data");
}

std::optional<Entry> Catalog::named(const std::string& wanted) const {
    if (const auto entry = entryAt(wanted))
        return entry;
    std::vector<Entry> alike;
    for (const Entry& entry : m_entries) {
        if (entry.path.ends_with("/" + wanted))
            alike.push_back(entry);
    }
    if (alike.size() == 1)
        return alike.front();
    return std::nullopt;
}

Entry Catalog::choose(const std::string& wanted, std::vector<std::string>& warnings) const {
    if (m_entries.empty())
        throw Error(ErrorCode::unsupported, m_file.name(),
                    "the HDF5 file holds no array of numbers of rank 2 or 3",
                    "store the image as a dataset (y, x) or (z, y, x)");
    if (!wanted.empty()) {
        if (const auto entry = named(wanted))
            return *entry;
        throw Error(ErrorCode::notFound, m_file.name(),
                    "it has no image dataset '" + wanted + "'; it has " + listed(m_entries, ""),
                    "name one of these");
    }
    if (m_entries.size() == 1)
        return m_entries.front();
    auto chosen = entryAt("/exchange/data");
    if (!chosen)
        chosen = nexusDefault();
    if (!chosen)
        chosen = *std::max_element(
            m_entries.begin(), m_entries.end(),
            [](const Entry& a, const Entry& b) { return a.values() < b.values(); });
    warnings.push_back("'" + chosen->path + "' is read; the file also holds " +
                       listed(m_entries, chosen->path));
    return *chosen;
}

std::vector<DatasetInfo> Catalog::infos() const {
    std::vector<DatasetInfo> infos;
    for (const Entry& entry : m_entries) {
        const Dataset dataset = datasetOf(m_file, m_file.messages(entry.address));
        infos.push_back(
            {entry.path, asSigned(entry.sizes), entry.type.name, asSigned(dataset.layout.chunk)});
    }
    return infos;
}

namespace {

struct PixelRow {
    std::string_view x;
    std::string_view y;
    std::string_view source;
    bool ofDetector;
};

/// Places below an entry group, "" for the file itself.
constexpr PixelRow kPixelRows[] = {
    {"/instrument/detector/sample_x_pixel_size", "/instrument/detector/sample_y_pixel_size",
     "NeXus sample_x_pixel_size", false},
    {"/sample/x_pixel_size", "/sample/y_pixel_size", "NeXus sample x_pixel_size", false},
    {"/instrument/detector/x_pixel_size", "/instrument/detector/y_pixel_size", "NeXus x_pixel_size",
     true},
    {"/measurement/instrument/detector/pixel_size_x",
     "/measurement/instrument/detector/pixel_size_y", "DXchange detector pixel_size_x", true},
    {"/measurement/instrument/detector/pixel_size", "/measurement/instrument/detector/pixel_size",
     "DXchange detector pixel_size", true}};

std::optional<double> lengthAt(const Catalog& catalog, const std::string& path) {
    const auto value = catalog.smallDataset(path);
    if (!value || value->numbers.empty() || !(value->numbers[0] > 0.0))
        return std::nullopt;
    for (const std::string_view name : {"units", "unit"}) {
        const auto unit = catalog.attribute(path, name);
        if (const auto um = unit ? lengthUnitUm(unit->text) : std::nullopt)
            return value->numbers[0] * *um;
    }
    return std::nullopt;
}

std::optional<VoxelSize>
pixelSizeAt(const Catalog& catalog, const std::string& entry, std::vector<std::string>& warnings) {
    for (const PixelRow& row : kPixelRows) {
        const auto x = lengthAt(catalog, entry + std::string(row.x));
        if (!x)
            continue;
        const double y = lengthAt(catalog, entry + std::string(row.y)).value_or(*x);
        if (row.ofDetector)
            warnings.emplace_back("the voxel size is the pixel of the detector; divide it by the "
                                  "magnification if there was one");
        return VoxelSize{{*x, y, *x}, std::string(row.source) + ", z taken equal to x"};
    }
    return std::nullopt;
}

} // namespace

std::optional<VoxelSize>
voxelSizeOf(const Catalog& catalog, const std::string& path, std::vector<std::string>& warnings) {
    const auto near = [&](std::string_view name) -> std::optional<NamedValue> {
        for (std::string at = path;; at.resize(at.rfind('/'))) {
            if (auto value = catalog.attribute(at.empty() ? "/" : at, name))
                return value;
            if (at.empty())
                return std::nullopt;
        }
    };
    if (auto size = voxelSizeFromAttributes(near, "HDF5", warnings))
        return size;
    for (std::string at = path; !at.empty();) {
        at.resize(at.rfind('/'));
        if (auto size = pixelSizeAt(catalog, at, warnings))
            return size;
    }
    return pixelSizeAt(catalog, "/entry", warnings);
}

} // namespace likeness::hdf5
