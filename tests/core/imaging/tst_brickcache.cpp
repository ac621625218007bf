// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/imaging/brickcache.h"

#include <QtTest>

#include <atomic>
#include <cstring>

using namespace likeness;

namespace {

/// A voxel's value follows from its place; reading can be held up and can fail.
class OwnSource final : public SliceSource {
public:
    explicit OwnSource(std::int64_t edge) {
        m_header.width = m_header.height = m_header.depth = edge;
        m_header.path = "own";
    }

    [[nodiscard]] bool readsParts() const noexcept override { return true; }

    static std::uint8_t valueAt(std::int64_t x, std::int64_t y, std::int64_t z) {
        return static_cast<std::uint8_t>(x + 3 * y + 7 * z);
    }

    mutable std::atomic<int> reads{0};
    mutable std::atomic<int> running{0};
    std::atomic<bool> held{false};
    std::atomic<bool> broken{false};

protected:
    void readVoxels(const Volume::Box& box,
                    std::span<std::byte> out,
                    const std::stop_token& stop) const override {
        ++reads;
        ++running;
        while (held && !stop.stop_requested())
            QThread::usleep(200);
        --running;
        if (stop.stop_requested())
            throw Cancelled();
        if (broken)
            throw Error(ErrorCode::format, "own", "it is broken");
        std::size_t i = 0;
        for (std::int64_t z = box.z; z < box.z + box.depth; ++z)
            for (std::int64_t y = box.y; y < box.y + box.height; ++y)
                for (std::int64_t x = box.x; x < box.x + box.width; ++x)
                    out[i++] = static_cast<std::byte>(valueAt(x, y, z));
    }
};

bool isRight(const BrickDelivery& delivery) {
    const Volume::Box& box = delivery.brick->box;
    std::size_t i = 0;
    for (std::int64_t z = box.z; z < box.z + box.depth; ++z)
        for (std::int64_t y = box.y; y < box.y + box.height; ++y)
            for (std::int64_t x = box.x; x < box.x + box.width; ++x)
                if (delivery.brick->bytes[i++] !=
                    static_cast<std::byte>(OwnSource::valueAt(x, y, z)))
                    return false;
    return true;
}

/// What comes until there are `count`; waiting has an end.
std::vector<BrickDelivery>
received(BrickCache& cache, BrickCache::View view, std::size_t count = 1) {
    std::vector<BrickDelivery> got;
    (void)QTest::qWaitFor([&] {
        for (BrickDelivery& one : cache.take(view))
            got.push_back(std::move(one));
        return got.size() >= count;
    });
    return got;
}

BrickKey key(int axis, std::int64_t x, std::int64_t y, std::int64_t z) {
    return {0, axis, {x, y, z}};
}

} // namespace

class TstBrickCache final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deliversWhatIsAskedFor();
    void joinsEqualRequests();
    void dropsWhatIsNotWantedAnyMore();
    void wantedAgainWhileBeingDropped();
    void errorsReachTheOneWhoAsked();
    void brickAboveTheLimitIsAnError();
    void prefetchIsAtHandLater();
    void backgroundYields();
    void randomRequestsWithinTheLimit_data();
    void randomRequestsWithinTheLimit();
};

void TstBrickCache::deliversWhatIsAskedFor() {
    const auto source = std::make_shared<OwnSource>(100);
    BrickCache cache({1 << 20, 2});
    std::atomic<int> calls{0};
    const auto view = cache.addView(source, [&] { ++calls; });
    cache.request(view, {key(2, 0, 0, 5), key(0, 1, 0, 0)});
    std::vector<BrickDelivery> got = received(cache, view, 2);
    QCOMPARE(got.size(), std::size_t{2});
    QVERIFY(isRight(got[0]) && isRight(got[1]));
    QCOMPARE(calls.load(), 2);
    // Again: from the cache at once.
    cache.request(view, {key(2, 0, 0, 5)});
    QCOMPARE(cache.take(view).size(), std::size_t{1});
    QCOMPARE(source->reads.load(), 2);
}

void TstBrickCache::joinsEqualRequests() {
    const auto source = std::make_shared<OwnSource>(64);
    source->held = true;
    BrickCache cache({1 << 20, 2});
    const auto first = cache.addView(source, {});
    const auto second = cache.addView(source, {});
    cache.request(first, {key(2, 0, 0, 1)});
    QTRY_COMPARE(source->running.load(), 1);
    cache.request(second, {key(2, 0, 0, 1)});
    source->held = false;
    QCOMPARE(received(cache, second).size(), std::size_t{1});
    QCOMPARE(cache.take(first).size(), std::size_t{1});
    QCOMPARE(source->reads.load(), 1);
}

void TstBrickCache::dropsWhatIsNotWantedAnyMore() {
    const auto source = std::make_shared<OwnSource>(64);
    source->held = true;
    BrickCache cache({1 << 20, 1});
    const auto view = cache.addView(source, {});
    cache.request(view, {key(2, 0, 0, 1), key(2, 0, 0, 2), key(2, 0, 0, 3)});
    QTRY_COMPARE(source->running.load(), 1);
    cache.request(view, {key(2, 0, 0, 9)});
    QTRY_COMPARE(cache.use().dropped, 1);
    source->held = false;
    std::vector<BrickDelivery> got;
    got = received(cache, view);
    QCOMPARE(got.size(), std::size_t{1});
    QVERIFY(got[0].key == key(2, 0, 0, 9));
    QCOMPARE(source->reads.load(), 2); // 2 and 3 were never begun
    cache.removeView(view);
    QTRY_COMPARE(cache.use().bytes, std::int64_t{0} + 64 * 64 * (got.empty() ? 0 : 1));
    got.clear();
    QCOMPARE(cache.use().bytes, std::int64_t{0});
}

void TstBrickCache::wantedAgainWhileBeingDropped() {
    const auto source = std::make_shared<OwnSource>(64);
    BrickCache cache({1 << 20, 1});
    const auto view = cache.addView(source, {});
    for (int i = 0; i < 20; ++i) {
        source->held = true;
        const BrickKey wanted = key(2, 0, 0, i);
        cache.request(view, {wanted});
        QTRY_COMPARE(source->running.load(), 1);
        cache.request(view, {});
        cache.request(view, {wanted});
        source->held = false;
        std::vector<BrickDelivery> got;
        got = received(cache, view);
        QCOMPARE(got.size(), std::size_t{1});
        QVERIFY(got[0].brick && isRight(got[0]));
    }
}

void TstBrickCache::errorsReachTheOneWhoAsked() {
    const auto source = std::make_shared<OwnSource>(64);
    const auto sound = std::make_shared<OwnSource>(64);
    source->broken = true;
    BrickCache cache({1 << 20, 2});
    const auto view = cache.addView(source, {});
    const auto other = cache.addView(sound, {});
    cache.request(view, {key(2, 0, 0, 1)});
    cache.request(other, {key(2, 0, 0, 1)});
    std::vector<BrickDelivery> got;
    got = received(cache, view);
    QCOMPARE(got.size(), std::size_t{1});
    QVERIFY(!got[0].brick);
    QVERIFY_THROWS_EXCEPTION(Error, std::rethrow_exception(got[0].error));
    got = received(cache, other);
    QCOMPARE(got.size(), std::size_t{1});
    QVERIFY(got[0].brick);
    // Asked again, it is tried again.
    source->broken = false;
    cache.request(view, {key(2, 0, 0, 1)});
    got = received(cache, view);
    QCOMPARE(got.size(), std::size_t{1});
    QVERIFY(got[0].brick);
}

void TstBrickCache::brickAboveTheLimitIsAnError() {
    const auto source = memorySlices(std::make_shared<const Volume>(PixelType::f32, 1, 1, 1));
    BrickCache cache({2, 1});
    const auto view = cache.addView(source, {});
    cache.request(view, {key(2, 0, 0, 0)});
    std::vector<BrickDelivery> got;
    got = received(cache, view);
    QCOMPARE(got.size(), std::size_t{1});
    QVERIFY_THROWS_EXCEPTION(Error, std::rethrow_exception(got[0].error));
}

void TstBrickCache::prefetchIsAtHandLater() {
    const auto source = std::make_shared<OwnSource>(64);
    BrickCache cache({1 << 20, 1});
    const auto view = cache.addView(source, {});
    cache.request(view, {key(2, 0, 0, 1)}, {key(2, 0, 0, 2), key(2, 0, 0, 3)});
    QTRY_COMPARE(source->reads.load(), 3);
    QTRY_COMPARE(cache.use().bytes, std::int64_t{3 * 64 * 64});
    QCOMPARE(cache.take(view).size(), std::size_t{1});
    cache.request(view, {key(2, 0, 0, 3)});
    QCOMPARE(received(cache, view).size(), std::size_t{1});
    QCOMPARE(source->reads.load(), 3);
}

void TstBrickCache::backgroundYields() {
    const auto source = std::make_shared<OwnSource>(64);
    BrickCache cache({1 << 20, 1});
    const auto view = cache.addView(source, {});
    std::atomic<int> steps{0};
    cache.setBackground(view, [&](const std::stop_token&) {
        QThread::msleep(1);
        return ++steps < 1000000;
    });
    QTRY_VERIFY(steps > 3);
    cache.removeView(view);
    QThread::msleep(20);
    const int then = steps;
    QThread::msleep(20);
    QCOMPARE(steps.load(), then);
}

void TstBrickCache::randomRequestsWithinTheLimit_data() {
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 3; ++seed)
        QTest::addRow("%d", seed) << seed;
}

void TstBrickCache::randomRequestsWithinTheLimit() {
    QFETCH(int, seed);
    const auto source = std::make_shared<OwnSource>(60);
    constexpr std::int64_t kLimit = 40000;
    BrickCache cache({kLimit, 3});
    std::array<BrickCache::View, 2> views{cache.addView(source, {}), cache.addView(source, {})};
    Random random(static_cast<std::uint64_t>(seed), "requests");
    for (int round = 0; round < 40; ++round) {
        std::array<std::set<BrickKey>, 2> missing;
        for (std::size_t v = 0; v < 2; ++v) {
            const int axis = static_cast<int>(random.below(3));
            const SliceSource::Size size = source->blockSize(0, axis, cache.brickBytes());
            std::vector<BrickKey> wanted;
            for (int i = 0; i < 30; ++i) {
                SliceSource::Size at{};
                for (std::size_t k = 0; k < 3; ++k)
                    at[k] = static_cast<std::int64_t>(
                        random.below(static_cast<std::uint64_t>((59 + size[k]) / size[k])));
                wanted.push_back({0, axis, at});
            }
            cache.request(views[v], wanted, {wanted.front()});
            missing[v] = {wanted.begin(), wanted.end()};
        }
        if (random.below(3) == 0)
            continue; // moved on before anything came
        QVERIFY(QTest::qWaitFor([&] {
            for (std::size_t v = 0; v < 2; ++v)
                for (const BrickDelivery& one : cache.take(views[v])) {
                    if (!one.brick || !isRight(one))
                        return false;
                    missing[v].erase(one.key);
                }
            return missing[0].empty() && missing[1].empty();
        }));
    }
    QVERIFY(cache.use().peakBytes <= kLimit);
    QVERIFY(cache.use().reads > 60);
}

QTEST_GUILESS_MAIN(TstBrickCache)
#include "tst_brickcache.moc"
