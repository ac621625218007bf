// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/formats/samples.h"
#include "core/imaging/sliceset.h"
#include "core/imaging/slicesource.h"

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

namespace likeness {

namespace fs = std::filesystem;

namespace {

void throwIfStopped(const std::stop_token& stop) {
    if (stop.stop_requested())
        throw Cancelled();
}

class MemorySlices final : public SliceSource {
public:
    explicit MemorySlices(std::shared_ptr<const Volume> volume)
        : m_volume(std::move(volume)) {
        m_header.format = "memory";
        m_header.width = m_volume->width();
        m_header.height = m_volume->height();
        m_header.depth = m_volume->depth();
        m_header.channels = m_volume->channels();
        m_header.type = m_volume->type();
        m_header.voxelSize = m_volume->voxelSize;
    }

    [[nodiscard]] bool readsParts() const noexcept override { return true; }

protected:
    void readVoxels(const Volume::Box& box,
                    std::span<std::byte> out,
                    const std::stop_token& stop) const override {
        const std::size_t row = static_cast<std::size_t>(box.width) * voxelBytes();
        const std::byte* const pixels = m_volume->span().data;
        std::byte* to = out.data();
        for (std::int64_t z = box.z; z < box.z + box.depth; ++z) {
            throwIfStopped(stop);
            for (std::int64_t y = box.y; y < box.y + box.height; ++y, to += row) {
                const std::int64_t first = (z * m_header.height + y) * m_header.width + box.x;
                std::memcpy(to, pixels + static_cast<std::size_t>(first) * voxelBytes(), row);
            }
        }
    }

private:
    std::shared_ptr<const Volume> m_volume;
};

class PlainSlices final : public SliceSource {
public:
    PlainSlices(ImageHeader header, PlainPixels pixels)
        : m_pixels(std::move(pixels)) {
        m_header = std::move(header);
    }

    [[nodiscard]] bool readsParts() const noexcept override { return true; }

protected:
    void readVoxels(const Volume::Box& box,
                    std::span<std::byte> out,
                    const std::stop_token& stop) const override {
        const std::size_t row = static_cast<std::size_t>(box.width) * voxelBytes();
        const bool wholeRows = box.width == m_header.width;
        // Rows that follow each other in the file come in one read, which a stop waits for.
        constexpr std::size_t kAtOnce = std::size_t{8} << 20U;
        const std::int64_t rows =
            wholeRows ? std::max<std::int64_t>(1, static_cast<std::int64_t>(kAtOnce / row)) : 1;
        for (std::int64_t z = box.z; z < box.z + box.depth; ++z) {
            const std::uint64_t slice = m_pixels.slices[static_cast<std::size_t>(z)];
            for (std::int64_t y = 0; y < box.height; y += rows) {
                if (wholeRows || y % 256 == 0)
                    throwIfStopped(stop);
                const std::size_t bytes =
                    row * static_cast<std::size_t>(std::min(rows, box.height - y));
                const auto first = static_cast<std::uint64_t>((box.y + y) * m_header.width + box.x);
                m_pixels.source->readExactly(slice + first * voxelBytes(), out.first(bytes));
                if (m_pixels.swapped)
                    swapBytes(out.first(bytes), likeness::bytesOf(m_header.type));
                out = out.subspan(bytes);
            }
        }
    }

private:
    PlainPixels m_pixels;
};

class DecodedSlices final : public SliceSource {
public:
    using Open = std::function<SliceReaderPtr()>;

    /// `open` is called again for threads that read at the same time, up to kReaders.
    DecodedSlices(ImageHeader header, SliceReaderPtr first, Open open)
        : m_open(std::move(open)) {
        m_header = std::move(header);
        m_free.push_back({std::move(first), {}});
    }

    static constexpr int kReaders = 3;

    [[nodiscard]] bool readsParts() const noexcept override { return false; }

protected:
    void readVoxels(const Volume::Box& box,
                    std::span<std::byte> out,
                    const std::stop_token& stop) const override {
        Borrowed one(*this, stop);
        SliceReader& reader = *one.lent.reader;
        const std::size_t part = static_cast<std::size_t>(box.width * box.height) * voxelBytes();
        for (std::int64_t z = box.z; z < box.z + box.depth; ++z, out = out.subspan(part)) {
            throwIfStopped(stop);
            if (part == reader.sliceBytes()) {
                reader.readSlice(z, out.first(part));
                continue;
            }
            one.lent.slice.resize(reader.sliceBytes());
            reader.readSlice(z, one.lent.slice);
            copyPart(one.lent.slice, box, out);
        }
    }

private:
    struct Lent {
        SliceReaderPtr reader;
        std::vector<std::byte> slice;
    };

    class Borrowed {
    public:
        Borrowed(const DecodedSlices& from, const std::stop_token& stop)
            : lent(from.borrow(stop))
            , m_from(from) {}

        ~Borrowed() { m_from.giveBack(std::move(lent)); }

        Borrowed(const Borrowed&) = delete;
        Borrowed& operator=(const Borrowed&) = delete;

        Lent lent;

    private:
        const DecodedSlices& m_from;
    };

    void copyPart(std::span<const std::byte> slice,
                  const Volume::Box& box,
                  std::span<std::byte> out) const {
        const std::size_t row = static_cast<std::size_t>(box.width) * voxelBytes();
        std::byte* to = out.data();
        for (std::int64_t y = box.y; y < box.y + box.height; ++y, to += row) {
            const auto first = static_cast<std::size_t>(y * m_header.width + box.x);
            std::memcpy(to, slice.data() + first * voxelBytes(), row);
        }
    }

    Lent borrow(const std::stop_token& stop) const {
        std::unique_lock lock(m_mutex);
        while (m_free.empty()) {
            if (m_open && m_readers < kReaders) {
                ++m_readers;
                lock.unlock();
                return openAnother();
            }
            m_returned.wait_for(lock, std::chrono::milliseconds(50));
            throwIfStopped(stop);
        }
        Lent lent = std::move(m_free.back());
        m_free.pop_back();
        return lent;
    }

    Lent openAnother() const {
        try {
            return {m_open(), {}};
        } catch (...) {
            const std::scoped_lock lock(m_mutex);
            --m_readers;
            throw;
        }
    }

    void giveBack(Lent lent) const {
        {
            const std::scoped_lock lock(m_mutex);
            m_free.push_back(std::move(lent));
        }
        m_returned.notify_one();
    }

    Open m_open;
    mutable std::mutex m_mutex;
    mutable std::condition_variable m_returned;
    mutable std::vector<Lent> m_free;
    mutable int m_readers = 1;
};

} // namespace

SliceSourcePtr memorySlices(std::shared_ptr<const Volume> volume) {
    return std::make_shared<MemorySlices>(std::move(volume));
}

SliceSourcePtr openSlices(const fs::path& path, const ReadOptions& options) {
    ReadOptions own = options;
    own.maximumBytes = std::int64_t{1} << 50U;
    own.range = false;
    std::error_code error;
    const bool isFolder = fs::is_directory(path, error);
    SliceReaderPtr reader = isFolder ? openFolder(path, own) : openImageFile(path, own);
    ImageHeader header = reader->header();
    header.path = path;
    if (reader->sliceBytes() > static_cast<std::size_t>(Volume::kMaximumBytes))
        throw Error(ErrorCode::memory, path.string(),
                    "a single slice of it needs more than the limit of " +
                        std::to_string(Volume::kMaximumBytes >> 30) + " GiB",
                    "crop it first");
    if (auto pixels = reader->plainPixels())
        return std::make_shared<PlainSlices>(std::move(header), std::move(*pixels));
    // To open a folder once more is to read all of its headers.
    DecodedSlices::Open open;
    if (!isFolder)
        open = [path, own] { return openImageFile(path, own); };
    return std::make_shared<DecodedSlices>(std::move(header), std::move(reader), std::move(open));
}

} // namespace likeness
