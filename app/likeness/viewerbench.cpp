// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/likeness/viewerbench.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/imaging/io.h"
#include "core/imaging/resample.h"
#include "core/imaging/sliceset.h"
#include "core/imaging/valuecounts.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"
#include "viewers/compare/orthopanes.h"
#include "viewers/volume/cameralink.h"
#include "viewers/volume/camerapose.h"
#include "viewers/volume/volumeview.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QTimer>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace likeness {

namespace {

namespace fs = std::filesystem;
using RowSink = ViewerBench::RowSink;

constexpr QSize kWindow{1600, 900};
constexpr QSize kVolumeWindow{1024, 768};

/// Milliseconds of each round; the first one warms caches and is not counted.
OrderedJson timed(const std::string& name, int rounds, const std::function<void(int)>& work) {
    work(0);
    std::vector<double> spent;
    QElapsedTimer clock;
    for (int round = 1; round <= rounds; ++round) {
        clock.start();
        work(round);
        spent.push_back(static_cast<double>(clock.nsecsElapsed()) * 1e-6);
    }
    std::sort(spent.begin(), spent.end());
    const auto p95 = static_cast<std::size_t>(std::ceil(0.95 * spent.size())) - 1;
    return {{"name", name},      {"median", spent[spent.size() / 2]},
            {"p95", spent[p95]}, {"max", spent.back()},
            {"unit", "ms"},      {"n", rounds}};
}

/// Grey values with structure at every scale from a few pixels upwards, quick to make.
std::shared_ptr<Volume> patterned(std::int64_t side, std::int64_t depth, std::uint64_t seed) {
    constexpr std::int64_t kTile = 64;
    Random random(seed, "viewerbench");
    std::array<std::uint16_t, kTile * kTile> tile{};
    for (auto& value : tile)
        value = static_cast<std::uint16_t>(random.below(4096));
    auto volume = std::make_shared<Volume>(PixelType::u16, side, side, depth);
    auto* pixels = volume->pixels<std::uint16_t>();
    for (std::int64_t z = 0; z < depth; ++z)
        for (std::int64_t y = 0; y < side; ++y)
            for (std::int64_t x = 0; x < side; ++x, ++pixels)
                *pixels = static_cast<std::uint16_t>(
                    tile[static_cast<std::size_t>((y + 7 * z) % kTile * kTile + (x + z) % kTile)] +
                    ((x / 97 + y / 61 + z / 83) % 7) * 8192);
    return volume;
}

/// A figure of this process from the kernel's book, in megabytes.
double memoryOf(const char* key) {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        double kilobytes = 0.0;
        if (word == key && status >> kilobytes)
            return kilobytes * 1024e-6;
    }
    return 0.0;
}

double availableMemory() {
    std::ifstream info("/proc/meminfo");
    std::string word;
    while (info >> word) {
        double kilobytes = 0.0;
        if (word == "MemAvailable:" && info >> kilobytes)
            return kilobytes * 1024.0;
    }
    return 0.0;
}

void repaint(const ComparePanes& panes) {
    panes.canvas(0)->repaint();
    panes.canvas(1)->repaint();
}

std::unique_ptr<QWidget> makePanes() {
    auto panes = std::make_unique<ComparePanes>();
    for (int pane = 0; pane < 2; ++pane)
        panes->setPicture(pane, patterned(2048, 8, static_cast<std::uint64_t>(pane)), {});
    return panes;
}

void benchPanes(QWidget& window, const RowSink& row) {
    auto& panes = dynamic_cast<ComparePanes&>(window);
    ViewLink& link = *panes.link();
    const ViewLink::Id id = panes.canvas(0)->viewId();
    row(timed("linked_pan_two_panes_1600x900", 200, [&](int round) {
        link.panBy(id, QPointF(round % 2 == 0 ? 9.0 : -7.0, round % 3 == 0 ? 5.0 : -4.0));
        repaint(panes);
    }));
    row(timed("linked_zoom_two_panes_1600x900", 200, [&](int round) {
        link.zoomAt(id, round / 20 % 2 == 0 ? 1.1 : 1.0 / 1.1, QPointF(40.0, -30.0));
        repaint(panes);
    }));
    row(timed("linked_window_two_panes_1600x900", 200, [&](int round) {
        link.dragWindow(id, QPointF(round % 2 == 0 ? 3.0 : -2.0, round % 3 == 0 ? 2.0 : -1.0));
        repaint(panes);
    }));
    link.fit(id);
    row(timed("slice_step_in_memory_two_panes_2048x2048", 100, [&](int round) {
        link.setSlice(id, round % 8);
        repaint(panes);
    }));
}

void benchFiles(QWidget& window, const RowSink& row) {
    auto& canvas = dynamic_cast<ImageCanvas&>(window);
    const TemporaryFolder folder;
    const fs::path stack = folder.path() / "stack.tif";
    writeVolume(stack, *patterned(2048, 24, 3));
    const SliceReaderPtr reader = openImageFile(stack, {});
    row(timed("slice_step_from_deflate_tiff_2048x2048", 48, [&](int round) {
        auto slice = std::make_shared<Volume>(PixelType::u16, 2048, 2048);
        reader->readSlice((round * 7) % 24, {slice->bytes(), slice->span().bytes()});
        canvas.setVolume(std::move(slice));
        canvas.repaint();
    }));
    const fs::path single = folder.path() / "single.tif";
    writeVolume(single, *patterned(2048, 1, 4));
    row(timed("open_tiff_2048x2048_uint16_to_picture", 20, [&](int) {
        canvas.setVolume(std::make_shared<const Volume>(readVolume(single)));
        canvas.repaint();
    }));
    const fs::path pages = folder.path() / "pages.tif";
    writeVolume(pages, Volume(PixelType::u8, 16, 16, 20000));
    row(timed("index_of_tiff_of_20000_pages", 5, [&](int) { (void)openImageFile(pages, {}); }));
    const fs::path slices = folder.path() / "slices";
    fs::create_directory(slices);
    const fs::path one = folder.path() / "one.tif";
    writeVolume(one, *patterned(256, 1, 5));
    for (int i = 0; i < 2000; ++i)
        fs::copy_file(one, slices / ("slice" + std::to_string(i) + ".tif"));
    row(timed("first_slice_of_folder_of_2000", 5, [&](int) {
        const SliceReaderPtr series = openFolder(slices, {});
        auto slice = std::make_shared<Volume>(PixelType::u16, 256, 256);
        series->readSlice(0, {slice->bytes(), slice->span().bytes()});
        canvas.setVolume(std::move(slice));
        canvas.repaint();
    }));
}

constexpr std::int64_t kCrosshairEdge = 1024;

std::unique_ptr<QWidget> makePlanes() {
    auto panes = std::make_unique<OrthoPanes>();
    if (availableMemory() >= 3.5e9)
        panes->setPicture(0, patterned(kCrosshairEdge, kCrosshairEdge, 6), {});
    return panes;
}

void benchCrosshair(QWidget& window, const RowSink& row) {
    constexpr const char* kName = "crosshair_three_planes_1024x1024x1024_uint16";
    auto& panes = dynamic_cast<OrthoPanes&>(window);
    if (!panes.canvas(0, SliceAxis::z)->volume()) {
        row({{"name", kName}, {"reason", "less than 3.5 GB of memory are free"}});
        return;
    }
    row(timed(kName, 100, [&](int round) {
        const std::int64_t at = 300 + 4 * (round % 100);
        panes.setCrosshair(0, {at, 900 - at, 512}); // as a drag on one plane does
        for (const SliceAxis axis : {SliceAxis::x, SliceAxis::y, SliceAxis::z})
            panes.canvas(0, axis)->repaint();
    }));
}

void benchMemory(QWidget& window, const RowSink& row) {
    auto& canvas = dynamic_cast<ImageCanvas&>(window);
    const TemporaryFolder folder;
    const fs::path file = folder.path() / "volume.npy";
    double voxels = 0.0;
    {
        const auto volume = patterned(384, 384, 7);
        voxels = static_cast<double>(volume->span().bytes()) * 1e-6;
        writeVolume(file, *volume);
    }
    const double before = memoryOf("VmRSS:");
    canvas.setVolume(std::make_shared<const Volume>(readVolume(file)));
    canvas.repaint();
    const double over = memoryOf("VmRSS:") - before - voxels;
    row({{"name", "memory_beyond_voxels_of_shown_volume"},
         {"median", over},
         {"p95", over},
         {"max", over},
         {"unit", "MB"},
         {"n", 1}});
}

void benchHistogram(QWidget& /*window*/, const RowSink& row) {
    const auto volume = patterned(512, 512, 8);
    const int threads = static_cast<int>(std::thread::hardware_concurrency());
    JobContext job;
    row(timed("full_histogram_512x512x512_uint16", 9,
              [&](int) { (void)ValueCounts(volume->span(), threads, job); }));
}

std::unique_ptr<QWidget> makeVolume() {
    auto view = std::make_unique<VolumeView>();
    view->setVolume(patterned(256, 256, 9));
    return view;
}

/// Each picture is read back, which a window does not do; on software OpenGL that is a copy.
void benchRotation(QWidget& window, const RowSink& row) {
    constexpr const char* kName = "rotate_256x256x256_at_1024x768";
    auto& view = dynamic_cast<VolumeView&>(window);
    if (view.picture().isNull()) {
        const QString why = view.message();
        row({{"name", kName},
             {"reason",
              why.isEmpty() ? std::string("there is no OpenGL here") : why.toStdString()}});
        return;
    }
    OrderedJson turned = timed(kName, 60, [&](int) {
        view.link()->moveTo(rotated(view.link()->pose(), 3.0, 1.0));
        (void)view.picture();
    });
    turned["renderer"] = view.glRenderer().toStdString();
    turned["frames_per_second"] = 1000.0 / turned["median"].get<double>();
    row(turned);
}

} // namespace

ViewerBench::ViewerBench(RowSink row)
    : m_row(std::move(row)) {
    const auto canvas = [] { return std::make_unique<ImageCanvas>(); };
    m_stages = {{canvas, benchMemory},    {makePanes, benchPanes},
                {canvas, benchFiles},     {makePlanes, benchCrosshair},
                {canvas, benchHistogram}, {makeVolume, benchRotation}};
}

void ViewerBench::start() {
    QGuiApplication::setQuitOnLastWindowClosed(false);
    QTimer::singleShot(0, this, &ViewerBench::next);
}

void ViewerBench::next() {
    constexpr int kUntilShown = 400; ///< milliseconds
    if (m_at == m_stages.size()) {
        QCoreApplication::exit(0);
        return;
    }
    m_window = m_stages[m_at].make();
    m_window->resize(m_at + 1 == m_stages.size() ? kVolumeWindow : kWindow);
    m_window->show();
    QTimer::singleShot(kUntilShown, this, &ViewerBench::measure);
}

void ViewerBench::measure() {
    try {
        m_stages[m_at].measure(*m_window, m_row);
    } catch (const Error& error) {
        std::fprintf(stderr, "likeness: error: %s\n", error.what());
        QCoreApplication::exit(1);
        return;
    }
    m_window.reset();
    ++m_at;
    QTimer::singleShot(0, this, &ViewerBench::next);
}

} // namespace likeness
