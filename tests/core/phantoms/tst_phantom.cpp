// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/phantoms/phantom.h"
#include "core/phantoms/scanner.h"
#include "tests/core/phantoms/measure.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

using namespace likeness;

namespace {

constexpr std::array<Domain, 3> kDomains{Domain::rock, Domain::fibre, Domain::root};

Phantom made(const PhantomRequest& request) {
    JobContext job;
    return makePhantom(request, job);
}

PhantomRequest small(Domain domain) {
    PhantomRequest request;
    request.domain = domain;
    request.size = 96;
    request.seed = 3;
    return request;
}

bool equalBytes(const Volume& a, const Volume& b) {
    return a.span().bytes() == b.span().bytes() &&
           std::memcmp(a.span().data, b.span().data, a.span().bytes()) == 0;
}

/// Median signal of the scan where the mask has a label.
double medianSignal(const Phantom& phantom, std::uint8_t label) {
    const GreyWindow window{phantom.truth.at("grey_map").at("low").get<double>(),
                            phantom.truth.at("grey_map").at("high").get<double>()};
    std::vector<double> values;
    for (std::int64_t i = 0; i < phantom.scan.span().pixels(); ++i)
        if (phantom.specimen.labels.pixels<std::uint8_t>()[i] == label)
            values.push_back(window.signal(phantom.scan.pixels<std::uint16_t>()[i]));
    std::nth_element(values.begin(),
                     values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

} // namespace

class TestPhantom final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void parametersHaveRanges();
    void equalRequestsGiveEqualBytes();
    void scanShowsThePhases();
    void scanGivesThePorosityBack();
    void truthIsComplete();
    void volumesAreCalibrated();
    void demoRequestsDiffer();
    void badRequestsAreRefused_data();
    void badRequestsAreRefused();
    void progressNeverFalls();
    void stopsInTheMiddle();
};

void TestPhantom::parametersHaveRanges() {
    for (const Domain domain : kDomains)
        for (const std::string& kind : phantomKinds(domain)) {
            std::set<std::string> names;
            for (const PhantomParameter& p : parameterNames(domain, kind)) {
                QVERIFY2(p.minimum <= p.standard && p.standard <= p.maximum, p.name.c_str());
                QVERIFY2(!p.meaning.empty() && names.insert(p.name).second, p.name.c_str());
            }
            QVERIFY(names.size() >= 10);
        }
}

void TestPhantom::equalRequestsGiveEqualBytes() {
    for (const Domain domain : kDomains) {
        PhantomRequest request = small(domain);
        const Phantom a = made(request);
        const Phantom b = made(request);
        QVERIFY(equalBytes(a.scan, b.scan));
        QVERIFY(equalBytes(a.specimen.labels, b.specimen.labels));
        QVERIFY(a.truth == b.truth);
        request.seed = 4;
        const Phantom c = made(request);
        QVERIFY(!equalBytes(a.scan, c.scan));
        QVERIFY(!equalBytes(a.specimen.labels, c.specimen.labels));
    }
}

void TestPhantom::scanShowsThePhases() {
    const Phantom rock = made(demoRequest(Domain::rock, 0));
    QVERIFY(rock.scan.type() == PixelType::u16);
    QVERIFY2(std::abs(medianSignal(rock, 0) - 1.0) < 0.04,
             qPrintable(QString::number(medianSignal(rock, 0))));
    QVERIFY2(std::abs(medianSignal(rock, 1) - 0.03) < 0.1,
             qPrintable(QString::number(medianSignal(rock, 1))));
    QVERIFY2(medianSignal(rock, 2) > 1.4, qPrintable(QString::number(medianSignal(rock, 2))));
    const Phantom fibre = made(demoRequest(Domain::fibre, 0));
    QVERIFY2(std::abs(medianSignal(fibre, 1) - 1.0) < 0.06,
             qPrintable(QString::number(medianSignal(fibre, 1))));
    QVERIFY2(std::abs(medianSignal(fibre, 0) - 0.42) < 0.08,
             qPrintable(QString::number(medianSignal(fibre, 0))));
    const Phantom root = made(demoRequest(Domain::root, 0));
    QVERIFY(medianSignal(root, 1) > medianSignal(root, 0) + 0.2);
}

void TestPhantom::scanGivesThePorosityBack() {
    // Measured on the grey scan alone: below the middle between air and grain.
    for (const std::string& kind : phantomKinds(Domain::rock))
        for (const double porosity : {0.12, 0.25}) {
            PhantomRequest request;
            request.kind = kind;
            request.seed = 17;
            request.parameters["porosity"] = porosity;
            const Phantom phantom = made(request);
            const GreyWindow window{phantom.truth.at("grey_map").at("low").get<double>(),
                                    phantom.truth.at("grey_map").at("high").get<double>()};
            const auto middle = static_cast<std::uint16_t>(window.grey(0.515));
            const auto* grey = phantom.scan.pixels<std::uint16_t>();
            const auto below =
                std::count_if(grey, grey + 256 * 256, [&](std::uint16_t g) { return g < middle; });
            const double measured = static_cast<double>(below) / (256.0 * 256.0);
            QVERIFY2(
                std::abs(measured - porosity) < 0.01,
                qPrintable(QString::asprintf("%s %g: %.4f", kind.c_str(), porosity, measured)));
        }
}

void TestPhantom::truthIsComplete() {
    for (const Domain domain : kDomains) {
        const Json truth = made(small(domain)).truth;
        for (const char* key :
             {"domain", "kind", "seed", "size", "depth", "parameters", "grey_map"})
            QVERIFY2(truth.contains(key), key);
        QCOMPARE(truth.at("parameters").size(), parameterNames(domain).size());
    }
    QVERIFY(made(small(Domain::rock)).truth.contains("porosity"));
    QVERIFY(made(small(Domain::fibre)).truth.contains("radius_mean"));
    QVERIFY(made(small(Domain::root)).truth.contains("root_length"));
    PhantomRequest volume = small(Domain::fibre);
    volume.size = 48;
    volume.depth = 40;
    const Phantom fibres = made(volume);
    QVERIFY(fibres.truth.contains("orientation_tensor"));
    QCOMPARE(fibres.scan.depth(), std::int64_t{40});
    QCOMPARE(fibres.specimen.labels.depth(), std::int64_t{40});
}

void TestPhantom::volumesAreCalibrated() {
    PhantomRequest request = small(Domain::rock);
    QVERIFY(!made(request).scan.voxelSize);
    request.voxelUm = 2.5;
    const Phantom phantom = made(request);
    QVERIFY(phantom.scan.voxelSize && phantom.scan.voxelSize->um[0] == 2.5);
    QVERIFY(phantom.specimen.labels.voxelSize == phantom.scan.voxelSize);
}

void TestPhantom::demoRequestsDiffer() {
    for (const Domain domain : kDomains) {
        const PhantomRequest first = demoRequest(domain, 0);
        const PhantomRequest again = demoRequest(domain, 0);
        const PhantomRequest second = demoRequest(domain, 1);
        QCOMPARE(first.size, std::int64_t{256});
        QVERIFY(first.seed == again.seed && first.parameters == again.parameters);
        QVERIFY(first.seed != second.seed && first.parameters != second.parameters);
        QVERIFY(first.voxelUm.has_value());
    }
}

void TestPhantom::badRequestsAreRefused_data() {
    QTest::addColumn<QString>("parameter");
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<int>("size");
    QTest::addColumn<QString>("names");
    QTest::newRow("unknown parameter")
        << "porsity" << 0.2 << "" << 64 << "porosity, mineral_fraction";
    QTest::newRow("out of range") << "porosity" << 2.0 << "" << 64 << "0.01 and 0.8";
    QTest::newRow("NaN") << "porosity" << std::nan("") << "" << 64 << "0.01 and 0.8";
    QTest::newRow("of another kind")
        << "correlation_length" << 9.0 << "grains" << 64 << "grain_radius";
    QTest::newRow("unknown kind") << "porosity" << 0.2 << "marble" << 64 << "grains, gaussian";
    QTest::newRow("size 0") << "porosity" << 0.2 << "" << 0 << "16 and 4096";
}

void TestPhantom::badRequestsAreRefused() {
    QFETCH(QString, parameter);
    QFETCH(double, value);
    QFETCH(QString, kind);
    QFETCH(int, size);
    QFETCH(QString, names);
    PhantomRequest request;
    request.kind = kind.toStdString();
    request.size = size;
    request.parameters[parameter.toStdString()] = value;
    try {
        (void)made(request);
        QFAIL("not refused");
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::config);
        QVERIFY2(QString::fromUtf8(error.what()).contains(names), error.what());
    }
}

void TestPhantom::progressNeverFalls() {
    double last = 0.0;
    bool falls = false;
    JobContext job({}, [&](const Progress& progress) {
        falls = falls || progress.fraction < last;
        last = progress.fraction;
    });
    PhantomRequest request = small(Domain::rock);
    request.size = 32;
    request.depth = 16;
    (void)makePhantom(request, job);
    QVERIFY(!falls);
    QCOMPARE(last, 1.0);
}

void TestPhantom::stopsInTheMiddle() {
    for (const Domain domain : kDomains) {
        std::stop_source source;
        JobContext job(source.get_token(), [&](const Progress& progress) {
            if (progress.fraction > 0.0)
                source.request_stop();
        });
        QVERIFY_THROWS_EXCEPTION(Cancelled, (void)makePhantom(small(domain), job));
    }
}

QTEST_GUILESS_MAIN(TestPhantom)
#include "tst_phantom.moc"
