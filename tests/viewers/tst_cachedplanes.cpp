// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"
#include "viewers/support/cachedplanes.h"

#include <QSignalSpy>
#include <QtTest>

#include <atomic>
#include <filesystem>

using namespace likeness;

namespace {

Volume noise(PixelType type, std::int64_t w, std::int64_t h, std::int64_t d) {
    Volume volume(type, w, h, d);
    Random random(11, "planes");
    for (std::int64_t i = 0; i < volume.span().values(); ++i) {
        if (type == PixelType::u8)
            volume.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(random.below(256));
        else
            volume.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(random.below(60000));
    }
    return volume;
}

/// Reads a volume in memory, or holds readers up, or fails.
class SlowSource final : public SliceSource {
public:
    explicit SlowSource(std::shared_ptr<const Volume> volume)
        : m_inner(memorySlices(std::move(volume))) {
        m_header = m_inner->header();
        m_header.path = "slow";
    }

    [[nodiscard]] bool readsParts() const noexcept override { return true; }

    std::atomic<bool> held{false};
    std::atomic<bool> broken{false};

protected:
    void readVoxels(const Volume::Box& box,
                    std::span<std::byte> out,
                    const std::stop_token& stop) const override {
        while (held && !stop.stop_requested())
            QThread::usleep(200);
        if (broken)
            throw Error(ErrorCode::format, "slow", "the file is damaged");
        m_inner->readBlock(0, box, out, stop);
    }

private:
    SliceSourcePtr m_inner;
};

bool settles(ImageCanvas& canvas) {
    return QTest::qWaitFor([&] {
        (void)canvas.frame();
        return canvas.planes()->mark().isEmpty();
    });
}

} // namespace

class TstCachedPlanes final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void randomInputEndsAtTheExactPixels_data();
    void randomInputEndsAtTheExactPixels();
    void packedFileEndsAtTheExactPixels();
    void overviewComesAtOnceWithAMark();
    void pyramidComesBetween();
    void damagedPartIsToldOnce();
    void closingWhileReadingIsSafe();
    void probeTellsExactValuesOnly();
    void secondPlanesAreComposed();
};

void TstCachedPlanes::randomInputEndsAtTheExactPixels_data() {
    QTest::addColumn<int>("seed");
    QTest::addColumn<int>("cap");
    QTest::newRow("tiny cap") << 1 << 20000;
    QTest::newRow("small cap") << 2 << 200000;
    QTest::newRow("all fits") << 3 << 10000000;
}

void TstCachedPlanes::randomInputEndsAtTheExactPixels() {
    QFETCH(int, seed);
    QFETCH(int, cap);
    const auto volume = std::make_shared<const Volume>(noise(PixelType::u16, 150, 90, 70));
    const auto cache = std::make_shared<BrickCache>(BrickCache::Limits{cap, 2});
    const SliceSourcePtr source = std::make_shared<SlowSource>(volume);
    ViewLink link;
    ImageCanvas whole;
    ImageCanvas parts;
    for (ImageCanvas* canvas : {&whole, &parts}) {
        canvas->resize(160, 120);
        canvas->setLink(&link);
    }
    whole.setVolume(volume);
    const auto planes = std::make_shared<CachedPlanes>(cache, source, glimpseOf(*source));
    parts.setPlanes(planes);
    link.setRange(whole.viewId(), {0.0, 60000.0});
    Random random(static_cast<std::uint64_t>(seed), "input");
    const auto shift = [&] {
        return QPointF(random.uniform(-60.0, 60.0), random.uniform(-60.0, 60.0));
    };
    for (int event = 0; event < 400; ++event) {
        switch (random.below(7)) {
        case 0:
            link.setAxis(parts.viewId(), static_cast<SliceAxis>(random.below(3)));
            break;
        case 1:
            link.zoomAt(parts.viewId(), random.uniform(0.4, 2.5), shift());
            break;
        case 2:
            link.panBy(parts.viewId(), shift());
            break;
        case 3:
            link.setSlice(parts.viewId(), static_cast<std::int64_t>(random.below(150)));
            break;
        default:
            link.stepSlice(parts.viewId(), static_cast<std::int64_t>(random.below(7)) - 3);
            break;
        }
        (void)parts.frame();
        if (random.below(8) != 0)
            continue;
        QVERIFY2(settles(parts), qPrintable(planes->mark()));
        QCOMPARE(parts.frame(), whole.frame());
    }
    QVERIFY(cache->use().peakBytes <= cap);
}

void TstCachedPlanes::packedFileEndsAtTheExactPixels() {
    const TemporaryFolder folder;
    const auto volume = std::make_shared<const Volume>(noise(PixelType::u8, 80, 60, 50));
    writeVolume(folder.path() / "v.tif", *volume);
    const SliceSourcePtr source = openSlices(folder.path() / "v.tif");
    QVERIFY(!source->readsParts());
    const auto cache = std::make_shared<BrickCache>(BrickCache::Limits{40000, 2});
    ViewLink link;
    ImageCanvas whole;
    ImageCanvas parts;
    for (ImageCanvas* canvas : {&whole, &parts}) {
        canvas->resize(90, 90);
        canvas->setLink(&link);
    }
    whole.setVolume(volume);
    parts.setPlanes(std::make_shared<CachedPlanes>(cache, source, glimpseOf(*source)));
    for (const SliceAxis axis : {SliceAxis::z, SliceAxis::y, SliceAxis::x}) {
        link.setAxis(parts.viewId(), axis);
        for (const int slice : {0, 17, 18, 49}) {
            link.setSlice(parts.viewId(), slice);
            QVERIFY(settles(parts));
            QCOMPARE(parts.frame(), whole.frame());
        }
    }
    QVERIFY(cache->use().peakBytes <= 40000);
}

void TstCachedPlanes::overviewComesAtOnceWithAMark() {
    const auto source = std::make_shared<SlowSource>(
        std::make_shared<const Volume>(noise(PixelType::u8, 300, 200, 40)));
    const Glimpse glimpse = glimpseOf(*source);
    source->held = true;
    const auto cache = std::make_shared<BrickCache>(BrickCache::Limits{1 << 20, 2});
    ImageCanvas canvas;
    canvas.resize(100, 100);
    const auto planes = std::make_shared<CachedPlanes>(cache, source, glimpse);
    canvas.setPlanes(planes);
    const QImage first = canvas.frame();
    QCOMPARE(planes->mark(), QStringLiteral("Overview, loading"));
    QVERIFY(first.pixel(50, 50) != (0xFF000000U | ImageCanvas::kSurround * 0x010101U));
    source->held = false;
    QVERIFY(settles(canvas));
    QVERIFY(canvas.frame() != first);
}

void TstCachedPlanes::pyramidComesBetween() {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder.path() / "data");
    const auto file = folder.path() / "data" / "v.npy";
    writeVolume(file, noise(PixelType::u8, 300, 200, 140));
    const SliceSourcePtr source = openSlices(file);
    const Glimpse glimpse = glimpseOf(*source);
    const auto cache = std::make_shared<BrickCache>(BrickCache::Limits{1 << 20, 2});
    const auto planes = std::make_shared<CachedPlanes>(cache, source, glimpse);
    QSignalSpy ready(planes.get(), &CachedPlanes::pyramidReady);
    planes->buildPyramid({folder.path() / "cache", 1 << 30},
                         PyramidOrigin::of(*source, {}, glimpse));
    QTRY_COMPARE(ready.count(), 1);
    QVERIFY(source->isAtHand(1));
    ImageCanvas canvas;
    canvas.resize(100, 100);
    canvas.setPlanes(planes);
    QStringList marks;
    connect(planes.get(), &PlaneProvider::changed, this, [&] {
        (void)canvas.frame();
        marks << planes->mark();
    });
    QVERIFY(settles(canvas));
    // Fitted, 300 pixels on 100: a level of half the edge is enough, and the volume itself follows.
    canvas.link()->setSlice(canvas.viewId(), 70);
    (void)canvas.frame();
    QVERIFY(settles(canvas));
    for (const QString& mark : marks)
        QVERIFY2(mark.isEmpty() || mark.contains(u"loading"_qs), qPrintable(mark));
}

void TstCachedPlanes::damagedPartIsToldOnce() {
    const auto source = std::make_shared<SlowSource>(
        std::make_shared<const Volume>(noise(PixelType::u8, 60, 60, 60)));
    const Glimpse glimpse = glimpseOf(*source);
    source->broken = true;
    const auto cache = std::make_shared<BrickCache>(BrickCache::Limits{1 << 14, 2});
    const auto planes = std::make_shared<CachedPlanes>(cache, source, glimpse);
    QSignalSpy failed(planes.get(), &CachedPlanes::failed);
    ImageCanvas canvas;
    canvas.resize(100, 100);
    canvas.setPlanes(planes);
    canvas.link()->setAxis(canvas.viewId(), SliceAxis::y);
    (void)canvas.frame();
    QTRY_COMPARE(planes->mark(), QStringLiteral("Overview, the rest cannot be read"));
    QCOMPARE(failed.count(), 1);
    source->broken = false;
    canvas.link()->stepSlice(canvas.viewId(), 1);
    QVERIFY(settles(canvas));
}

void TstCachedPlanes::closingWhileReadingIsSafe() {
    const auto source = std::make_shared<SlowSource>(
        std::make_shared<const Volume>(noise(PixelType::u8, 60, 60, 60)));
    const Glimpse glimpse = glimpseOf(*source);
    const auto cache = std::make_shared<BrickCache>(BrickCache::Limits{1 << 16, 2});
    for (int i = 0; i < 30; ++i) {
        ImageCanvas canvas;
        canvas.resize(100, 100);
        canvas.setPlanes(std::make_shared<CachedPlanes>(cache, source, glimpse));
        source->held = i % 2 == 0;
        (void)canvas.frame();
        if (i % 3 == 0)
            QTest::qWait(1);
    }
    source->held = false;
    QTRY_COMPARE(cache->use().bytes, std::int64_t{0});
}

void TstCachedPlanes::probeTellsExactValuesOnly() {
    const auto volume = std::make_shared<const Volume>(noise(PixelType::u8, 60, 50, 40));
    const auto source = std::make_shared<SlowSource>(volume);
    const Glimpse glimpse = glimpseOf(*source);
    source->held = true;
    const auto cache = std::make_shared<BrickCache>(BrickCache::Limits{1 << 16, 2});
    const auto planes = std::make_shared<CachedPlanes>(cache, source, glimpse);
    ImageCanvas canvas;
    canvas.resize(100, 100);
    canvas.setPlanes(planes);
    (void)canvas.frame();
    const std::int64_t z = canvas.view().slice;
    QVERIFY(planes->valuesAt({7, 9, z}).empty());
    source->held = false;
    QVERIFY(settles(canvas));
    QCOMPARE(planes->valuesAt({7, 9, z}),
             std::vector<double>{volume->span().at((z * 50 + 9) * 60 + 7)});
    QVERIFY(planes->valuesAt({60, 9, z}).empty());
}

void TstCachedPlanes::secondPlanesAreComposed() {
    const auto volume = std::make_shared<const Volume>(noise(PixelType::u8, 60, 50, 40));
    const auto cache = std::make_shared<BrickCache>(BrickCache::Limits{1 << 20, 2});
    const SliceSourcePtr source = memorySlices(volume);
    ComparePanes panes;
    panes.resize(400, 200);
    panes.setPicture(0, std::make_shared<const Volume>(PixelType::u8, 60, 50, 40), {});
    panes.setPlanes(1, std::make_shared<CachedPlanes>(cache, source, glimpseOf(*source)), {});
    panes.setRegistered(true);
    QVERIFY(!panes.reasonAgainst(CompareMode::difference).isEmpty());
    QVERIFY(panes.reasonAgainst(CompareMode::swipe).isEmpty());
    panes.setMode(CompareMode::swipe);
    panes.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panes));
    const auto halves = [&] {
        const QImage shown = panes.canvas(0)->grab().toImage();
        int lit = 0;
        for (int x = 0; x < shown.width(); ++x)
            lit += qGray(shown.pixel(x, shown.height() / 2)) > 140 && x > shown.width() / 2;
        return lit;
    };
    QTRY_VERIFY(halves() > 5);
}

QTEST_MAIN(TstCachedPlanes)
#include "tst_cachedplanes.moc"
