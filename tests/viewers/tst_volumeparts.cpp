// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "viewers/volume/isosurface.h"
#include "viewers/volume/movie.h"
#include "viewers/volume/volumeview.h"

#include <QApplication>
#include <QOffscreenSurface>
#include <QTest>

#include <cmath>
#include <numbers>
#include <thread>

using namespace likeness;

namespace {

constexpr std::int64_t kEdge = 48;
constexpr double kRadius = 16.0;

/// Values fall by one per voxel from the middle.
std::shared_ptr<Volume> cone() {
    auto volume = std::make_shared<Volume>(PixelType::f32, kEdge, kEdge, kEdge);
    const double middle = 0.5 * static_cast<double>(kEdge - 1);
    std::int64_t i = 0;
    for (std::int64_t z = 0; z < kEdge; ++z)
        for (std::int64_t y = 0; y < kEdge; ++y)
            for (std::int64_t x = 0; x < kEdge; ++x, ++i)
                volume->pixels<float>()[i] =
                    static_cast<float>(40.0 - std::hypot(static_cast<double>(x) - middle,
                                                         static_cast<double>(y) - middle,
                                                         static_cast<double>(z) - middle));
    return volume;
}

double drawnShare(const QImage& image) {
    int drawn = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const QRgb p = image.pixel(x, y);
            drawn +=
                std::abs(qRed(p) - 119) + std::abs(qGreen(p) - 119) + std::abs(qBlue(p) - 119) > 24;
        }
    return drawn / static_cast<double>(image.width() * image.height());
}

} // namespace

class TestVolumeParts : public QObject {
    Q_OBJECT

private Q_SLOTS:

    /// Area 4 pi r^2; normals point outwards, where values are lower.
    void surfaceOfABall() {
        const auto volume = cone();
        JobContext job;
        const IsoSurface surface = isoSurface(*volume, 40.0 - kRadius, job);
        double area = 0.0;
        double outward = 1.0;
        const auto at = [&](std::size_t corner, std::size_t k) {
            return static_cast<double>(surface.points[3 * surface.corners[corner] + k]);
        };
        for (std::size_t t = 0; t < surface.corners.size(); t += 3) {
            std::array<double, 3> a{};
            std::array<double, 3> b{};
            for (std::size_t k = 0; k < 3; ++k) {
                a[k] = at(t + 1, k) - at(t, k);
                b[k] = at(t + 2, k) - at(t, k);
                QVERIFY(at(t, k) > 0.0 && at(t, k) < kEdge - 1.0);
            }
            area += 0.5 * std::hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
                                     a[0] * b[1] - a[1] * b[0]);
        }
        for (std::size_t i = 0; i < surface.points.size(); i += 3) {
            double dot = 0.0;
            for (std::size_t k = 0; k < 3; ++k)
                dot += static_cast<double>(surface.normals[i + k]) *
                       (static_cast<double>(surface.points[i + k]) - 0.5 * (kEdge - 1)) / kRadius;
            outward = std::min(outward, dot);
        }
        const double expected = 4.0 * std::numbers::pi * kRadius * kRadius;
        QVERIFY2(std::abs(area / expected - 1.0) < 0.02, qPrintable(QString::number(area)));
        QVERIFY2(outward > 0.98, qPrintable(QString::number(outward)));
    }

    void surfaceStops() {
        std::stop_source stop;
        stop.request_stop();
        JobContext job(stop.get_token());
        QVERIFY_THROWS_EXCEPTION(Cancelled, (void)isoSurface(*cone(), 20.0, job));
    }

    void transferIsTakenBack() {
        TransferModel model;
        const TransferFunction before = model.function();
        const std::size_t added = model.addPoint(0.4, 0.9);
        QCOMPARE(model.function().points.size(), before.points.size() + 1);
        model.beginChange();
        model.movePoint(added, 7.0, -3.0);
        QCOMPARE(model.function().points.at(added).position, 1.0);
        QCOMPARE(model.function().points.at(added).opacity, 0.0);
        model.undo();
        QCOMPARE(model.function().points.at(added).opacity, 0.9);
        model.undo();
        QVERIFY(model.function() == before);
        QVERIFY(!model.canUndo());
        QVERIFY(!model.removePoint(0)); // two stay
    }

    void cutsAndParts_data() {
        QTest::addColumn<int>("mapper");
        QTest::addRow("cpu") << int(VolumeMapper::cpu);
        QTest::addRow("gpu") << int(VolumeMapper::gpu);
    }

    void cutsAndParts() {
        QFETCH(int, mapper);
        const auto volume = cone();
        VolumeView view;
        view.setMapper(static_cast<VolumeMapper>(mapper));
        view.setVolume(volume);
        view.link()->setTransfer(transferFunction(TransferPreset::rockGrains));
        view.resize(200, 200);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        const double whole = drawnShare(view.picture());
        SceneOptions options;
        options.box = {0.0, 0.5, 0.0, 0.5, 0.0, 1.0};
        view.link()->setOptions(options);
        const double boxed = drawnShare(view.picture());
        QVERIFY2(boxed < 0.8 * whole, qPrintable(QStringLiteral("%1 %2").arg(boxed).arg(whole)));
        options = {};
        options.plane = CutPlane{{1.0, 0.0, 0.0}, 0.3};
        view.link()->setOptions(options);
        const double cut = drawnShare(view.picture());
        QVERIFY2(cut < 0.8 * whole, qPrintable(QStringLiteral("%1 %2").arg(cut).arg(whole)));
        options = {};
        options.rayCast = false;
        view.link()->setOptions(options);
        const double empty = drawnShare(view.picture());
        options.slices = true;
        view.link()->setOptions(options);
        QVERIFY(drawnShare(view.picture()) > empty + 0.05);
        options.slices = false;
        options.surface = true;
        JobContext job;
        view.setSurface(std::make_shared<const IsoSurface>(isoSurface(*volume, 24.0, job)));
        view.link()->setOptions(options);
        QVERIFY(drawnShare(view.picture()) > empty + 0.05);
    }

    void movies_data() {
        QTest::addColumn<int>("kind");
        QTest::addRow("turntable") << int(MovieKind::turntable);
        QTest::addRow("slices") << int(MovieKind::slices);
    }

    void movies() {
        QFETCH(int, kind);
        const TemporaryFolder folder;
        MovieSpec spec;
        spec.kind = static_cast<MovieKind>(kind);
        spec.frames = 5; // of four, the middle ones would be mirror images
        spec.size = {324, 160};
        for (auto& pane : spec.panes)
            pane = MoviePane{cone(),
                             transferFunction(TransferPreset::rockGrains),
                             {},
                             {},
                             QStringLiteral("ball")};
        spec.pose = defaultPose(1.0);
        spec.folder = folder.path() / "movie";
        const auto surface = movieSurface();
        QVERIFY(surface);
        QString failure;
        std::thread thread([&] {
            JobContext job;
            try {
                writeMovie(spec, surface.get(), job);
            } catch (const Error& error) {
                failure = QString::fromUtf8(error.what());
            }
        });
        thread.join();
        QCOMPARE(failure, QString());
        QImage last;
        for (int i = 1; i <= 5; ++i) {
            const QImage frame(QString::fromStdString(
                (spec.folder / ("frame_000" + std::to_string(i) + ".png")).string()));
            QCOMPARE(frame.size(), spec.size);
            QCOMPARE(frame.text(QStringLiteral("Left volume")), QStringLiteral("ball"));
            QVERIFY(drawnShare(frame) > 0.1);
            QVERIFY(frame != last);
            last = frame;
        }
        JobContext job;
        QVERIFY_THROWS_EXCEPTION(Error, writeMovie(spec, surface.get(), job)); // is there already
        std::stop_source stop;
        stop.request_stop();
        JobContext stopped(stop.get_token());
        spec.folder = folder.path() / "other";
        spec.kind = MovieKind::slices;
        QVERIFY_THROWS_EXCEPTION(Cancelled, writeMovie(spec, nullptr, stopped));
        QVERIFY(!std::filesystem::exists(spec.folder));
    }
};

int main(int argc, char** argv) {
    VolumeView::prepareApplication();
    QApplication app(argc, argv);
    TestVolumeParts test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_volumeparts.moc"
