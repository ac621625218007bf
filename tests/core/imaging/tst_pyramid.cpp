// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/imaging/pyramid.h"

#include <QtTest>

#include <filesystem>
#include <fstream>

using namespace likeness;
namespace fs = std::filesystem;

namespace {

Volume noise(std::uint64_t seed, std::int64_t w, std::int64_t h, std::int64_t d) {
    Volume volume(PixelType::u16, w, h, d);
    Random random(seed, "pyramid");
    for (std::int64_t i = 0; i < volume.span().values(); ++i)
        volume.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(random.below(65536));
    return volume;
}

struct Opened {
    SliceSourcePtr source;
    PyramidOrigin origin;
};

Opened opened(const fs::path& path) {
    Opened result{openSlices(path), {}};
    result.origin = PyramidOrigin::of(*result.source, {}, glimpseOf(*result.source));
    return result;
}

void build(const Opened& what, const PyramidShelf& shelf) {
    PyramidBuilder builder(what.source, shelf, what.origin);
    while (builder.step({})) {
    }
}

std::vector<std::string> namesIn(const fs::path& folder) {
    std::vector<std::string> names;
    if (fs::exists(folder))
        for (const auto& entry : fs::directory_iterator(folder))
            names.push_back(entry.path().extension().string());
    return names;
}

} // namespace

class TstPyramid final : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() {
        m_folder = std::make_unique<TemporaryFolder>();
        m_file = m_folder->path() / "data" / "v.npy";
        fs::create_directory(m_folder->path() / "data");
        writeVolume(m_file, noise(1, 300, 70, 133));
        m_shelf = {m_folder->path() / "cache", std::int64_t{1} << 30U};
    }

    void levelsAreThoseOfTheSource() {
        const Opened built = opened(m_file);
        QVERIFY(!built.source->isAtHand(1));
        build(built, m_shelf);
        QVERIFY(built.source->isAtHand(1));
        const auto reference = memorySlices(std::make_shared<const Volume>(readVolume(m_file)));
        Random random(3, "boxes");
        for (int i = 0; i < 60; ++i) {
            const int level = 1 + static_cast<int>(random.below(2));
            const auto full = reference->sizeOf(level);
            std::array<std::int64_t, 3> from{};
            std::array<std::int64_t, 3> size{};
            for (std::size_t k = 0; k < 3; ++k) {
                from[k] =
                    static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(full[k])));
                size[k] = 1 + static_cast<std::int64_t>(
                                  random.below(static_cast<std::uint64_t>(full[k] - from[k])));
            }
            const Volume::Box box{from[0], from[1], from[2], size[0], size[1], size[2]};
            Volume a(PixelType::u16, size[0], size[1], size[2]);
            Volume b = a;
            built.source->readBlock(level, box, {a.bytes(), a.span().bytes()});
            reference->readBlock(level, box, {b.bytes(), b.span().bytes()});
            QVERIFY(std::equal(a.bytes(), a.bytes() + a.span().bytes(), b.bytes()));
        }
        // Nothing beside the data.
        QCOMPARE(namesIn(m_file.parent_path()).size(), std::size_t{1});
    }

    void isFoundAgain() {
        build(opened(m_file), m_shelf);
        const Opened again = opened(m_file);
        QVERIFY(Pyramid::find(m_shelf, *again.source, again.origin) != nullptr);
    }

    void isRemovedWhenTheFileChanged() {
        build(opened(m_file), m_shelf);
        fs::last_write_time(m_file, fs::last_write_time(m_file) + std::chrono::seconds(2));
        const Opened again = opened(m_file);
        QVERIFY(Pyramid::find(m_shelf, *again.source, again.origin) == nullptr);
        QVERIFY(namesIn(m_shelf.folder).empty());
    }

    void isRemovedWhenDamaged() {
        build(opened(m_file), m_shelf);
        const fs::path kept = fs::directory_iterator(m_shelf.folder)->path();
        fs::resize_file(kept, fs::file_size(kept) - 1);
        const Opened again = opened(m_file);
        QVERIFY(Pyramid::find(m_shelf, *again.source, again.origin) == nullptr);
        QVERIFY(!fs::exists(kept));
    }

    void halfWrittenIsNeverRead() {
        const Opened what = opened(m_file);
        {
            PyramidBuilder builder(what.source, m_shelf, what.origin);
            for (int i = 0; i < 50; ++i)
                QVERIFY(builder.step({}));
            QVERIFY(builder.progress() > 0.3);
            QVERIFY(Pyramid::find(m_shelf, *what.source, what.origin) == nullptr);
            QVERIFY(!what.source->isAtHand(1));
            QCOMPARE(namesIn(m_shelf.folder), std::vector<std::string>{".part"});
        }
        QVERIFY(namesIn(m_shelf.folder).empty());
        // One that a crash left behind goes with the next.
        std::ofstream(m_shelf.folder / "0123.part") << "rest";
        build(what, m_shelf);
        QCOMPARE(namesIn(m_shelf.folder), std::vector<std::string>{".pyramid"});
    }

    void fileThatChangesMeanwhileGivesNone() {
        const Opened what = opened(m_file);
        PyramidBuilder builder(what.source, m_shelf, what.origin);
        QVERIFY(builder.step({}));
        fs::last_write_time(m_file, fs::last_write_time(m_file) + std::chrono::seconds(2));
        const auto rest = [&] {
            while (builder.step({})) {
            }
        };
        QVERIFY_THROWS_EXCEPTION(Error, rest());
        QVERIFY(!what.source->isAtHand(1));
    }

    void shelfKeepsToItsLimit() {
        const fs::path other = m_file.parent_path() / "other.npy";
        writeVolume(other, noise(2, 300, 70, 133));
        build(opened(m_file), m_shelf);
        const auto bytes = static_cast<std::int64_t>(
            fs::file_size(fs::directory_iterator(m_shelf.folder)->path()));
        m_shelf.maximumBytes = 2 * bytes - 1;
        build(opened(other), m_shelf);
        const Opened first = opened(m_file);
        const Opened second = opened(other);
        QVERIFY(Pyramid::find(m_shelf, *first.source, first.origin) == nullptr);
        QVERIFY(Pyramid::find(m_shelf, *second.source, second.origin) != nullptr);
        m_shelf.maximumBytes = bytes - 1;
        QVERIFY_THROWS_EXCEPTION(Error, build(first, m_shelf));
    }

    void stops() {
        const Opened what = opened(m_file);
        PyramidBuilder builder(what.source, m_shelf, what.origin);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_THROWS_EXCEPTION(Cancelled, (void)builder.step(stop.get_token()));
    }

private:
    std::unique_ptr<TemporaryFolder> m_folder;
    fs::path m_file;
    PyramidShelf m_shelf;
};

QTEST_GUILESS_MAIN(TstPyramid)
#include "tst_pyramid.moc"
