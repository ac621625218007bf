// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/pyramid.h"

#include "core/base/error.h"
#include "core/base/sha256.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kEdge = 64;
constexpr std::size_t kHeadBytes = 4096;
constexpr std::string_view kSuffix = ".pyramid";
constexpr std::string_view kPartSuffix = ".part";

[[noreturn]] void failIo(const std::string& what) {
    throw Error(ErrorCode::io, what, std::generic_category().message(errno));
}

void writeAt(int file, std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            failIo("the reduced copies of a volume");
        bytes = bytes.subspan(static_cast<std::size_t>(n));
        offset += static_cast<std::uint64_t>(n);
    }
}

bool readAt(int file, std::uint64_t offset, std::span<std::byte> out) {
    while (!out.empty()) {
        const ssize_t n = ::pread(file, out.data(), out.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        out = out.subspan(static_cast<std::size_t>(n));
        offset += static_cast<std::uint64_t>(n);
    }
    return true;
}

/// What stands at the head of a whole file, padded with zeros.
std::vector<std::byte> headOf(const SliceSource& source, const PyramidOrigin& origin) {
    const ImageHeader& h = source.header();
    std::string text = "likeness pyramid 1\n" + sha256Hex(origin.identity) + "\n" +
                       sha256Hex(origin.files + origin.values) + "\n" +
                       std::string(toString(h.type));
    for (const std::int64_t n : {h.width, h.height, h.depth, h.channels})
        text += " " + std::to_string(n);
    std::vector<std::byte> head(kHeadBytes);
    std::memcpy(head.data(), text.data(), text.size());
    return head;
}

fs::path fileOf(const PyramidShelf& shelf, const PyramidOrigin& origin) {
    return shelf.folder / (sha256Hex(origin.identity).substr(0, 32) + std::string(kSuffix));
}

/// Whether nobody is writing it.
bool isAbandoned(const fs::path& part) {
    const int file = ::open(part.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    const bool free = ::flock(file, LOCK_EX | LOCK_NB) == 0;
    ::close(file);
    return free;
}

void makeRoom(const PyramidShelf& shelf, std::int64_t wanted) {
    struct Kept {
        fs::path path;
        fs::file_time_type used;
        std::int64_t bytes;
    };

    std::vector<Kept> kept;
    std::int64_t total = wanted;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(shelf.folder, error)) {
        std::error_code ignored;
        if (entry.path().extension() == kPartSuffix && isAbandoned(entry.path()))
            fs::remove(entry.path(), ignored);
        if (entry.path().extension() != kSuffix)
            continue;
        const auto bytes = static_cast<std::int64_t>(fs::file_size(entry.path(), ignored));
        kept.push_back({entry.path(), fs::last_write_time(entry.path(), ignored), bytes});
        total += bytes;
    }
    std::sort(kept.begin(), kept.end(),
              [](const Kept& a, const Kept& b) { return a.used < b.used; });
    for (const Kept& one : kept) {
        if (total <= shelf.maximumBytes)
            return;
        std::error_code ignored;
        if (fs::remove(one.path, ignored))
            total -= one.bytes;
    }
}

void addState(const fs::path& path, std::string& state) {
    struct stat info {};

    if (::stat(path.c_str(), &info) != 0)
        return;
    state += path.filename().string() + " " + std::to_string(info.st_size) + " " +
             std::to_string(info.st_mtim.tv_sec) + "." + std::to_string(info.st_mtim.tv_nsec) +
             "\n";
}

std::string filesState(const fs::path& whole) {
    std::error_code error;
    std::vector<fs::path> files;
    const bool isFolder = fs::is_directory(whole, error);
    // Pixels may lie in a file of the same name beside the header.
    for (const auto& entry :
         fs::directory_iterator(isFolder ? whole : whole.parent_path(), error)) {
        if (isFolder || entry.path().stem() == whole.stem())
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    std::string state;
    for (const fs::path& file : files)
        addState(file, state);
    return state;
}

} // namespace

PyramidOrigin
PyramidOrigin::of(const SliceSource& source, const ReadOptions& options, const Glimpse& glimpse) {
    std::error_code error;
    const fs::path& path = source.header().path;
    fs::path whole = fs::canonical(path, error);
    if (error)
        throw Error(ErrorCode::io, path.string(), error.message());
    PyramidOrigin origin;
    origin.identity = whole.string() + "\n" + options.dataset + "\n";
    if (const auto& raw = options.raw)
        origin.identity += std::to_string(raw->width) + "x" + std::to_string(raw->height) + "x" +
                           std::to_string(raw->depth) + " " + std::string(toString(raw->type)) +
                           (raw->bigEndian ? " be " : " le ") + std::to_string(raw->offset);
    origin.files = filesState(whole);
    const ImageSpan values = glimpse.values.span();
    origin.values = sha256Hex(std::span(values.data, values.bytes()));
    return origin;
}

Pyramid::Layout::Layout(const SliceSource& source)
    : voxelBytes(source.voxelBytes())
    , bytes(kHeadBytes) {
    for (int k = 1; k < source.levels(); ++k) {
        Level level;
        level.size = source.sizeOf(k);
        for (std::size_t i = 0; i < 3; ++i) {
            level.edge[i] = std::min(kEdge, level.size[i]);
            level.blocks[i] = (level.size[i] + level.edge[i] - 1) / level.edge[i];
        }
        level.first = bytes;
        bytes += blockBytes(level) *
                 static_cast<std::uint64_t>(level.blocks[0] * level.blocks[1] * level.blocks[2]);
        levels.push_back(level);
    }
}

std::uint64_t Pyramid::Layout::blockBytes(const Level& level) const noexcept {
    return static_cast<std::uint64_t>(level.edge[0] * level.edge[1] * level.edge[2]) * voxelBytes;
}

std::uint64_t Pyramid::Layout::offset(const Level& level,
                                      const SliceSource::Size& block) const noexcept {
    return level.first +
           blockBytes(level) *
               static_cast<std::uint64_t>(
                   (block[2] * level.blocks[1] + block[1]) * level.blocks[0] + block[0]);
}

struct Pyramid::Descriptor {
    explicit Descriptor(int number)
        : file(number) {}

    ~Descriptor() { ::close(file); }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int file;
};

Pyramid::Pyramid(int file, Layout layout)
    : m_file(std::make_shared<const Descriptor>(file))
    , m_layout(std::move(layout)) {}

std::shared_ptr<const Pyramid>
Pyramid::find(const PyramidShelf& shelf, const SliceSource& source, const PyramidOrigin& origin) {
    const fs::path path = fileOf(shelf, origin);
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return nullptr;
    std::shared_ptr<const Pyramid> pyramid(new Pyramid(file, Layout(source)));
    std::vector<std::byte> head(kHeadBytes);

    struct stat info {};

    const bool whole = ::fstat(file, &info) == 0 &&
                       static_cast<std::uint64_t>(info.st_size) == pyramid->m_layout.bytes;
    if (!whole || !readAt(file, 0, head) || head != headOf(source, origin)) {
        std::error_code ignored;
        fs::remove(path, ignored);
        return nullptr;
    }
    std::error_code ignored;
    fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
    return pyramid;
}

void Pyramid::readBlock(int level,
                        const Volume::Box& box,
                        std::span<std::byte> out,
                        const std::stop_token& stop) const {
    const Layout::Level& from = m_layout.levels[static_cast<std::size_t>(level - 1)];
    const auto [ex, ey, ez] = from.edge;
    const std::size_t voxel = m_layout.voxelBytes;
    std::vector<std::byte> block(static_cast<std::size_t>(m_layout.blockBytes(from)));
    for (std::int64_t bz = box.z / ez; bz * ez < box.z + box.depth; ++bz)
        for (std::int64_t by = box.y / ey; by * ey < box.y + box.height; ++by)
            for (std::int64_t bx = box.x / ex; bx * ex < box.x + box.width; ++bx) {
                if (stop.stop_requested())
                    throw Cancelled();
                if (!readAt(m_file->file, m_layout.offset(from, {bx, by, bz}), block))
                    throw Error(ErrorCode::io, "the reduced copies of a volume",
                                "they cannot be read", "open the file again");
                const std::int64_t x0 = std::max(box.x, bx * ex);
                const std::int64_t x1 = std::min(box.x + box.width, (bx + 1) * ex);
                for (std::int64_t z = std::max(box.z, bz * ez);
                     z < std::min(box.z + box.depth, (bz + 1) * ez); ++z)
                    for (std::int64_t y = std::max(box.y, by * ey);
                         y < std::min(box.y + box.height, (by + 1) * ey); ++y) {
                        const std::int64_t source =
                            ((z - bz * ez) * ey + (y - by * ey)) * ex + (x0 - bx * ex);
                        const std::int64_t target =
                            ((z - box.z) * box.height + (y - box.y)) * box.width + (x0 - box.x);
                        std::memcpy(out.data() + static_cast<std::size_t>(target) * voxel,
                                    block.data() + static_cast<std::size_t>(source) * voxel,
                                    static_cast<std::size_t>(x1 - x0) * voxel);
                    }
            }
}

PyramidBuilder::PyramidBuilder(SliceSourcePtr source,
                               const PyramidShelf& shelf,
                               const PyramidOrigin& origin)
    : m_source(std::move(source))
    , m_shelf(shelf)
    , m_origin(origin)
    , m_layout(*m_source) {
    const ImageHeader& header = m_source->header();
    const auto bytes = static_cast<std::int64_t>(m_layout.bytes);
    const auto needs = "its reduced copies need " + std::to_string(bytes >> 20U) + " MiB";
    if (bytes > shelf.maximumBytes)
        throw Error(ErrorCode::memory, header.path.string(),
                    needs + ", more than the cache may hold", "allow the cache more");
    std::error_code error;
    fs::create_directories(shelf.folder, error);
    if (error)
        throw Error(ErrorCode::io, shelf.folder.string(), error.message());
    makeRoom(shelf, bytes);
    const fs::space_info space = fs::space(shelf.folder, error);
    // Half of what is free is left to others.
    if (!error && static_cast<std::uintmax_t>(bytes) > space.available / 2)
        throw Error(ErrorCode::memory, header.path.string(),
                    needs + ", and the disk of the cache is nearly full", "free some of it");
    std::string name = (fileOf(shelf, origin).string() + "-XXXXXX").append(kPartSuffix);
    m_file = ::mkostemps(name.data(), static_cast<int>(kPartSuffix.size()), O_CLOEXEC);
    if (m_file < 0)
        failIo(shelf.folder.string());
    m_part = name;
    ::flock(m_file, LOCK_EX | LOCK_NB);
    if (::ftruncate(m_file, static_cast<off_t>(m_layout.bytes)) != 0)
        failIo(m_part.string());
    m_slice = Volume(header.type, header.width, header.height, 1, header.channels);
    for (const auto& level : m_layout.levels)
        m_sums.emplace_back(level.size[0], level.size[1], header.channels);
}

PyramidBuilder::~PyramidBuilder() {
    if (m_file < 0)
        return;
    std::error_code ignored;
    if (!m_part.empty())
        fs::remove(m_part, ignored);
    ::close(m_file);
}

double PyramidBuilder::progress() const noexcept {
    return static_cast<double>(m_next) / static_cast<double>(m_source->header().depth);
}

bool PyramidBuilder::step(const std::stop_token& stop) {
    const ImageHeader& header = m_source->header();
    if (m_next < header.depth && !m_sums.empty()) {
        m_source->readBlock(0, {0, 0, m_next, header.width, header.height, 1},
                            {m_slice.bytes(), m_slice.span().bytes()}, stop);
        m_sums[0].addSlice(m_slice.span(), 1);
        ++m_next;
        if (m_next % 2 == 0 || m_next == header.depth)
            finishSlice(0, (m_next - 1) / 2);
        if (m_next < header.depth)
            return true;
    }
    publish();
    return false;
}

/// Slice `index` of a level is summed up: it is written and goes into the next level.
void PyramidBuilder::finishSlice(std::size_t level, std::int64_t index) {
    writeSlice(level, index);
    const std::int64_t depth = m_layout.levels[level].size[2];
    if (level + 1 < m_sums.size()) {
        m_sums[level + 1].addSums(m_sums[level]);
        if (index % 2 == 1 || index + 1 == depth)
            finishSlice(level + 1, index / 2);
    }
    m_sums[level].clear();
}

void PyramidBuilder::writeSlice(std::size_t level, std::int64_t index) {
    const Pyramid::Layout::Level& to = m_layout.levels[level];
    const auto [width, height, depth] = to.size;
    const auto [ex, ey, ez] = to.edge;
    const std::size_t voxel = m_layout.voxelBytes;
    m_means.resize(static_cast<std::size_t>(width * height) * voxel);
    writeMeans(m_sums[level], {m_source->sizeOf(0), {0, 0, index}, static_cast<int>(level) + 1},
               m_source->header().type, m_means);
    m_segment.assign(static_cast<std::size_t>(ex * ey) * voxel, std::byte{});
    for (std::int64_t by = 0; by < to.blocks[1]; ++by)
        for (std::int64_t bx = 0; bx < to.blocks[0]; ++bx) {
            const std::int64_t columns = std::min(ex, width - bx * ex);
            for (std::int64_t y = 0; y < std::min(ey, height - by * ey); ++y)
                std::memcpy(m_segment.data() + static_cast<std::size_t>(y * ex) * voxel,
                            m_means.data() +
                                static_cast<std::size_t>((by * ey + y) * width + bx * ex) * voxel,
                            static_cast<std::size_t>(columns) * voxel);
            writeAt(m_file,
                    m_layout.offset(to, {bx, by, index / ez}) +
                        static_cast<std::uint64_t>(index % ez) * m_segment.size(),
                    m_segment);
        }
}

void PyramidBuilder::publish() {
    const fs::path& path = m_source->header().path;
    std::error_code ignored;
    if (filesState(fs::canonical(path, ignored)) != m_origin.files)
        throw Error(ErrorCode::conflict, path.string(), "the file changed while it was read",
                    "open it again");
    writeAt(m_file, 0, headOf(*m_source, m_origin));
    if (::fdatasync(m_file) != 0)
        failIo(m_part.string());
    std::error_code error;
    fs::rename(m_part, fileOf(m_shelf, m_origin), error);
    if (error)
        throw Error(ErrorCode::io, m_part.string(), error.message());
    m_part.clear();
    if (auto pyramid = Pyramid::find(m_shelf, *m_source, m_origin))
        m_source->setStore(std::move(pyramid));
}

} // namespace likeness
