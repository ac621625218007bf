// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "db/database.h"
#include "db/samplerepository.h"
#include "db/workflow/editing.h"
#include "db/workflow/generating.h"

#include <QTest>

#include <functional>

using namespace likeness;

namespace {

/// Noise about the middle grey of the shipped checkpoint.
Volume scan(std::int64_t depth, std::int64_t channels = 1) {
    Volume volume(PixelType::u16, 40, 32, depth, channels);
    Random random(1, "test.scan");
    for (std::int64_t i = 0; i < volume.span().values(); ++i)
        volume.pixels<std::uint16_t>()[i] =
            static_cast<std::uint16_t>(35000.0 + 8000.0 * random.uniform(-1.0, 1.0));
    return volume;
}

Error errorOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error;
    }
    return {ErrorCode::io, "nothing was thrown", ""};
}

} // namespace

/// Edits as the window and the command line ask for them.
class TestEdits : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void refused_data();
    void refused();
    void sliceOfAVolume();
    void stoppedStoresNothing();
    void boxesOutside();

private:
    [[nodiscard]] std::string add(const char* set, const Volume& pixels, bool masks = false);
    [[nodiscard]] EditRequest request(EditKind kind) const;

    TemporaryFolder m_folder;
    std::optional<Project> m_project;
    std::string m_checkpoint;
    std::string m_image;
    std::string m_volume;
    std::string m_mask;
};

std::string TestEdits::add(const char* set, const Volume& pixels, bool masks) {
    SetRecord record;
    record.name = set;
    record.origin = Origin::real;
    record.masks = masks;
    SampleRecord sample;
    sample.setId = m_project->sampleRepository().addSet(record).id;
    sample.specimen = "plug 7";
    sample.voxelUm = {2.0, 2.0, 2.0};
    return m_project->sampleRepository().addSample(sample, pixels).id;
}

EditRequest TestEdits::request(EditKind kind) const {
    EditRequest r;
    r.checkpointId = m_checkpoint;
    r.setName = "edits";
    r.edit.kind = kind;
    r.edit.steps = 4;
    r.edit.margins.left = 8;
    r.device.threads = 1;
    if (takesParent(kind))
        r.parentId = m_image;
    if (kind == EditKind::inpaint)
        r.mask = boxMask(40, 32, {4, 5, 0, 12, 10, 1});
    return r;
}

void TestEdits::initTestCase() {
    qputenv("LIKENESS_WORKER", LIKENESS_BIN_DIR "/likeness-worker");
    m_project = Project::create(m_folder.path() / "p.likeness");
    m_checkpoint = addCheckpoint(*m_project, std::filesystem::path(LIKENESS_SOURCE_DIR) /
                                                 "resources/models/rock-demo.safetensors")
                       .id;
    m_image = add("images", scan(1));
    m_volume = add("volumes", scan(3));
    m_mask = add("masks", boxMask(40, 32, {0, 0, 0, 8, 8, 1}), true);
}

void TestEdits::refused_data() {
    using Change = std::function<void(EditRequest&)>;
    QTest::addColumn<EditKind>("kind");
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, EditKind kind, const Change& change, const char* words) {
        QTest::newRow(name) << kind << change << QString::fromLatin1(words);
    };
    row(
        "no slice", EditKind::vary, [this](auto& r) { r.parentId = m_volume; }, "say which slice");
    row(
        "slice beyond", EditKind::vary,
        [this](auto& r) {
            r.parentId = m_volume;
            r.slice = 3;
        },
        "slices 0 to 2");
    row(
        "a mask", EditKind::vary, [this](auto& r) { r.parentId = m_mask; }, "holds masks");
    row(
        "no parent", EditKind::vary, [](auto& r) { r.parentId.reset(); }, "no sample");
    row(
        "mask of another size", EditKind::inpaint,
        [](auto& r) { r.mask = Volume(PixelType::u8, 32, 40); }, "32 x 40 pixels");
    row(
        "no mask", EditKind::inpaint, [](auto& r) { r.mask.reset(); }, "no mask");
    row(
        "a set of scans", EditKind::vary, [](auto& r) { r.setName = "images"; },
        "choose another set name");
    row(
        "no such checkpoint", EditKind::vary, [](auto& r) { r.checkpointId = "0123456789abcdef"; },
        "checkpoint");
}

void TestEdits::refused() {
    QFETCH(EditKind, kind);
    QFETCH(std::function<void(EditRequest&)>, change);
    QFETCH(QString, words);
    EditRequest r = request(kind);
    checkEditRequest(*m_project, r);
    change(r);
    const Error error = errorOf([&] { checkEditRequest(*m_project, r); });
    QVERIFY2(QString::fromLatin1(error.what()).contains(words), error.what());
}

void TestEdits::sliceOfAVolume() {
    EditRequest r = request(EditKind::inpaint);
    r.parentId = m_volume;
    r.slice = 1;
    JobContext job;
    const EditResult result = editInto(*m_project, r, job);
    QCOMPARE(result.set.generator, std::string("diffusion/demo inpaint"));
    QCOMPARE(result.samples.size(), 1U);
    const SampleRecord sample = m_project->sample(result.samples[0].id);
    QVERIFY(sample.parentId == m_volume && sample.sourceSlice == 1 && sample.depth == 1);
    QCOMPARE(sample.specimen, std::string("plug 7"));
    QVERIFY(sample.voxelUm.has_value());
    QVERIFY(sample.seed == derivedSeed(0, 0));

    const std::optional<Edit> edit = recordedEdit(sample);
    QVERIFY(edit && toJson(*edit) == toJson(r.edit));
    const std::optional<Volume> mask = recordedMask(*m_project, sample);
    QVERIFY(mask && mask->width() == 40 && mask->height() == 32);
    const Volume parent = m_project->pixels(m_project->sample(m_volume)).slice(2, 1);
    const Volume made = m_project->pixels(sample);
    for (std::int64_t i = 0; i < 40 * 32; ++i)
        QVERIFY(mask->span().at(i) != 0.0 || made.span().at(i) == parent.span().at(i));
    QVERIFY(m_project->check().empty());

    // Made again from what is recorded alone.
    EditRequest again;
    again.checkpointId = *sample.checkpointId;
    again.setName = "again";
    again.parentId = sample.parentId;
    again.slice = sample.sourceSlice;
    again.mask = mask;
    again.edit = *edit;
    const EditResult second = editInto(*m_project, again, job);
    QCOMPARE(second.samples[0].sha256, sample.sha256);
    QVERIFY(!recordedEdit(m_project->sample(m_image)));
}

void TestEdits::stoppedStoresNothing() {
    EditRequest r = request(EditKind::vary);
    r.setName = "stopped";
    std::stop_source stop;
    JobContext job(stop.get_token(), [&](const Progress&) { stop.request_stop(); });
    r.edit.count = 10000;
    QVERIFY_THROWS_EXCEPTION(Cancelled, static_cast<void>(editInto(*m_project, r, job)));
    QVERIFY(!m_project->findSet("stopped"));
    QVERIFY(m_project->check().empty());
}

void TestEdits::boxesOutside() {
    for (const Volume::Box& box : {Volume::Box{-1, 0, 0, 4, 4, 1}, Volume::Box{0, 0, 0, 0, 4, 1},
                                   Volume::Box{37, 0, 0, 4, 4, 1}, Volume::Box{0, 30, 0, 4, 4, 1}})
        QVERIFY(errorOf([&] { static_cast<void>(boxMask(40, 32, box)); }).code() ==
                ErrorCode::config);
    QCOMPARE(boxMask(40, 32, {36, 28, 0, 4, 4, 1}).span().at(40 * 32 - 1), 255.0);
}

QTEST_GUILESS_MAIN(TestEdits)
#include "tst_edits.moc"
