// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/io.h"
#include "db/checkpointrepository.h"
#include "tests/ui/generatebench.h"
#include "ui/generate/editsection.h"
#include "ui/generate/exploresection.h"
#include "ui/generate/externalsection.h"
#include "ui/generate/seededit.h"

#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>

using namespace likeness;

namespace {

constexpr int kLong = 30000; // ms that a loaded machine may take

void press(QWidget* root, const QString& text) {
    QAbstractButton* button = buttonOf(root, text);
    QVERIFY2(button && button->isVisible() && button->isEnabled(), qPrintable(text));
    button->click();
}

} // namespace

// The sections that make images, with a real worker and models of two steps.
class TestGenerateSections : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void exploredImagesAreKept();
    void onlyWhatAModelCanIsOffered();
    void repaintedPartIsNewAndTheRestStays();
    void extendedImagesKeepTheirInside();
    void aRowLeadsFromOneSeedToAnother();
    void detailsComeFromASecondImage();
    void anotherProgramsImagesAreTaken();
    void failingProgramIsExplained();

private:
    std::string openWith(const std::string& model);
    void runProgram(const std::string& script);

    [[nodiscard]] std::vector<SampleRecord> samplesOf(const char* name) const {
        const SetRecord* set = m_bench->set(name);
        return set ? m_bench->session->snapshot().samplesOf(set->id) : std::vector<SampleRecord>();
    }

    [[nodiscard]] Volume pixels(const SampleRecord& sample) const {
        return m_bench->session->pixelSource()(sample);
    }

    std::unique_ptr<GenerateBench> m_bench;
};

void TestGenerateSections::init() {
    m_bench = std::make_unique<GenerateBench>();
}

void TestGenerateSections::cleanup() {
    m_bench.reset();
}

// The id of a model of this family, which is chosen and has drawn an image.
std::string TestGenerateSections::openWith(const std::string& model) {
    const auto id = std::make_shared<std::string>();
    m_bench->open([=](Project& project) {
        if (model.empty())
            return;
        *id = GenerateBench::trained(project, model);
        SamplingRequest request;
        request.checkpointId = *id;
        request.setName = "drawn";
        request.count = 1;
        request.seed = 4;
        request.device = {"cpu", 1};
        JobContext job;
        (void)sampleInto(project, request, job);
    });
    (void)QTest::qWaitFor([this] { return m_bench->session->isOpen(); }, kLong);
    m_bench->choice()->chooseId(*id);
    return *id;
}

void TestGenerateSections::exploredImagesAreKept() {
    const std::string model = openWith("stylegan");
    QVERIFY(!model.empty());
    const SampleRecord drawn = samplesOf("drawn").front();
    m_bench->showTab(QStringLiteral("Explore"));
    auto* section = m_bench->page->findChild<ExploreSection*>();
    auto* keep = buttonOf(section, QStringLiteral("Keep this image"));
    QTRY_VERIFY_WITH_TIMEOUT(keep->isEnabled(), kLong);
    named<QLineEdit>(section, QStringLiteral("Into set"))->setText(QStringLiteral("walk"));
    named<SeedEdit>(section, QStringLiteral("Seed"))->setSeed(*drawn.seed);
    press(section, QStringLiteral("Keep this image"));
    QTRY_COMPARE_WITH_TIMEOUT(samplesOf("walk").size(), std::size_t{1}, kLong);
    auto* direction =
        named<QSlider>(section, QStringLiteral("Direction 2, in standard deviations"));
    direction->setValue(30); // twentieths of a deviation
    press(section, QStringLiteral("Keep this image"));
    QTRY_COMPARE_WITH_TIMEOUT(samplesOf("walk").size(), std::size_t{2}, kLong);

    const std::vector<SampleRecord> kept = samplesOf("walk");
    for (const SampleRecord& sample : kept) {
        QCOMPARE(*sample.seed, *drawn.seed);
        QCOMPARE(*sample.checkpointId, model);
    }
    // Not moved it is the image that the model draws of the seed.
    QCOMPARE(kept[0].pixelsSha256, drawn.pixelsSha256);
    QVERIFY(kept[1].pixelsSha256 != drawn.pixelsSha256);
    QVERIFY2(kept[1].recipe.dump().find("1.5") != std::string::npos, kept[1].recipe.dump().c_str());
    QVERIFY(m_bench->set("walk")->origin == Origin::synthetic);
}

void TestGenerateSections::onlyWhatAModelCanIsOffered() {
    m_bench->open([this](Project& project) {
        CheckpointRecord record;
        record.name = "texture";
        record.model = "dcgan";
        record.preset = "demo";
        const std::filesystem::path weights = m_bench->folder.path() / "w.safetensors";
        writeFileDurably(weights, std::string_view("weights"));
        (void)project.checkpointRepository().add(record, weights);
    });
    QTRY_VERIFY(m_bench->session->isOpen());
    m_bench->choice()->chooseId(m_bench->session->snapshot().checkpoints.front().id);
    m_bench->showTab(QStringLiteral("Explore"));
    QVERIFY(
        !buttonOf(m_bench->page->findChild<ExploreSection*>(), QStringLiteral("Keep this image"))
             ->isVisible());
    m_bench->showTab(QStringLiteral("Edit"));
    QVERIFY(!buttonOf(m_bench->page->findChild<EditSection*>(), QStringLiteral("Make the edit"))
                 ->isVisible());
}

void TestGenerateSections::repaintedPartIsNewAndTheRestStays() {
    const std::string model = openWith("diffusion");
    m_bench->showTab(QStringLiteral("Edit"));
    auto* section = m_bench->page->findChild<EditSection*>();
    auto* run = buttonOf(section, QStringLiteral("Make the edit"));
    QTRY_VERIFY_WITH_TIMEOUT(run->isEnabled(), kLong);
    named<QSpinBox>(section, QStringLiteral("Number of the image in its set"))->setValue(3);
    named<QSpinBox>(section, QStringLiteral("Steps"))->setValue(4);
    named<QLineEdit>(section, QStringLiteral("Into set"))->setText(QStringLiteral("repainted"));
    QTRY_VERIFY(!m_bench->jobs->isBusy(Lane::pictures));
    QSignalSpy raised(section, &EditSection::messageRaised);
    press(section, QStringLiteral("Make the edit")); // nothing is marked yet
    QCOMPARE(raised.size(), 1);
    QVERIFY(raised.front().at(1).toBool());
    QVERIFY(!m_bench->jobs->isBusy(Lane::project));
    press(section, QStringLiteral("Middle"));
    press(section, QStringLiteral("Make the edit"));
    QTRY_VERIFY_WITH_TIMEOUT(!samplesOf("repainted").empty(), kLong);

    const SampleRecord made = samplesOf("repainted").front();
    const SampleRecord parent = samplesOf("rock")[2];
    QCOMPARE(*made.parentId, parent.id);
    QCOMPARE(*made.checkpointId, model);
    QVERIFY(made.maskSha256.has_value());
    const Volume before = pixels(parent);
    const Volume after = pixels(made);
    QCOMPARE(after.width(), before.width());
    int changed = 0;
    for (std::int64_t y = 0; y < before.height(); ++y) {
        for (std::int64_t x = 0; x < before.width(); ++x) {
            const bool inside = x >= 10 && x < 30 && y >= 10 && y < 30;
            const std::int64_t at = y * before.width() + x;
            const bool same = before.span().at(at) == after.span().at(at);
            QVERIFY2(inside || same, "a pixel outside the mask changed");
            changed += inside && !same ? 1 : 0;
        }
    }
    QVERIFY(changed > 200); // of 400
    // It is shown beside its parent.
    auto* strip = named<QListView>(section, QStringLiteral("What was made from this image"));
    QTRY_COMPARE(strip->model()->rowCount(), static_cast<int>(samplesOf("repainted").size()));
}

void TestGenerateSections::extendedImagesKeepTheirInside() {
    openWith("diffusion");
    m_bench->showTab(QStringLiteral("Edit"));
    auto* section = m_bench->page->findChild<EditSection*>();
    auto* run = buttonOf(section, QStringLiteral("Make the edit"));
    QTRY_VERIFY_WITH_TIMEOUT(run->isEnabled(), kLong);
    auto* kind = named<QComboBox>(section, QStringLiteral("What to do"));
    kind->setCurrentText(QStringLiteral("Extend beyond the sides"));
    named<QSpinBox>(section, QStringLiteral("Pixels at the left"))->setValue(8);
    named<QSpinBox>(section, QStringLiteral("Pixels at the right"))->setValue(0);
    named<QSpinBox>(section, QStringLiteral("Pixels at the bottom"))->setValue(16);
    named<QSpinBox>(section, QStringLiteral("Steps"))->setValue(4);
    named<QSpinBox>(section, QStringLiteral("Passes"))->setValue(1);
    named<QLineEdit>(section, QStringLiteral("Into set"))->setText(QStringLiteral("wide"));
    QTRY_VERIFY(!m_bench->jobs->isBusy(Lane::pictures));
    press(section, QStringLiteral("Make the edit"));
    QTRY_VERIFY_WITH_TIMEOUT(!samplesOf("wide").empty(), kLong);
    const Volume before = pixels(samplesOf("rock").front());
    const Volume after = pixels(samplesOf("wide").front());
    QCOMPARE(after.width(), before.width() + 8);
    QCOMPARE(after.height(), before.height() + 16);
    for (std::int64_t y = 0; y < before.height(); ++y) {
        for (std::int64_t x = 0; x < before.width(); ++x)
            QCOMPARE(after.span().at(y * after.width() + x + 8),
                     before.span().at(y * before.width() + x));
    }
}

void TestGenerateSections::aRowLeadsFromOneSeedToAnother() {
    openWith("diffusion");
    const SampleRecord drawn = samplesOf("drawn").front();
    m_bench->showTab(QStringLiteral("Edit"));
    auto* section = m_bench->page->findChild<EditSection*>();
    auto* run = buttonOf(section, QStringLiteral("Make the edit"));
    named<QComboBox>(section, QStringLiteral("What to do"))
        ->setCurrentText(QStringLiteral("Go from one seed to another"));
    QTRY_VERIFY_WITH_TIMEOUT(run->isEnabled(), kLong);
    named<SeedEdit>(section, QStringLiteral("From seed"))->setSeed(*drawn.seed);
    named<SeedEdit>(section, QStringLiteral("To seed"))->setSeed(77);
    for (QSpinBox* images : section->findChildren<QSpinBox*>()) {
        if (images->accessibleName() == QStringLiteral("Images") && images->isVisible())
            images->setValue(3);
    }
    named<QLineEdit>(section, QStringLiteral("Into set"))->setText(QStringLiteral("way"));
    run->click();
    QTRY_COMPARE_WITH_TIMEOUT(samplesOf("way").size(), std::size_t{3}, kLong);
    const std::vector<SampleRecord> way = samplesOf("way");
    QCOMPARE(way[0].pixelsSha256, drawn.pixelsSha256);
    QVERIFY(way[1].pixelsSha256 != way[0].pixelsSha256);
    QVERIFY(way[2].pixelsSha256 != way[1].pixelsSha256);
}

void TestGenerateSections::detailsComeFromASecondImage() {
    openWith("stylegan");
    m_bench->showTab(QStringLiteral("Explore"));
    auto* section = m_bench->page->findChild<ExploreSection*>();
    auto* keep = buttonOf(section, QStringLiteral("Keep this image"));
    QTRY_VERIFY_WITH_TIMEOUT(keep->isEnabled(), kLong);
    named<QLineEdit>(section, QStringLiteral("Into set"))->setText(QStringLiteral("mixed"));
    press(section, QStringLiteral("Keep this image"));
    QTRY_COMPARE_WITH_TIMEOUT(samplesOf("mixed").size(), std::size_t{1}, kLong);
    auto* mix = buttonOf(section, QStringLiteral("Take the details from a second image"));
    QVERIFY(mix->isVisible());
    mix->click();
    named<SeedEdit>(section, QStringLiteral("Its seed"))->setSeed(9);
    press(section, QStringLiteral("Keep this image"));
    QTRY_COMPARE_WITH_TIMEOUT(samplesOf("mixed").size(), std::size_t{2}, kLong);
    const std::vector<SampleRecord> kept = samplesOf("mixed");
    QCOMPARE(*kept[1].seed, *kept[0].seed);
    QVERIFY(kept[1].pixelsSha256 != kept[0].pixelsSha256);
    QVERIFY2(kept[1].recipe.dump().find("crossover") != std::string::npos,
             kept[1].recipe.dump().c_str());
}

// In the script, $1 is the manifest and $out the folder of the images asked for.
void TestGenerateSections::runProgram(const std::string& script) {
    const std::filesystem::path program = m_bench->folder.path() / "generator.sh";
    writeFileDurably(program, "manifest=$1\nout=$(sed -n 's/^ *\"output\": "
                              "\"\\(.*\\)images\",\\{0,1\\}$/\\1images/p' "
                              "\"$manifest\" | head -n 1)\n" +
                                  script + "\n");
    m_bench->showTab(QStringLiteral("Other programs"));
    auto* section = m_bench->page->findChild<ExternalSection*>();
    named<QPlainTextEdit>(section, QStringLiteral("Command"))
        ->setPlainText(
            QStringLiteral("sh '%1' {manifest}").arg(QString::fromStdString(program.string())));
    named<QLineEdit>(section, QStringLiteral("Into set"))->setText(QStringLiteral("theirs"));
    named<QPlainTextEdit>(section, QStringLiteral("Prompts"))
        ->setPlainText(QStringLiteral("a sandstone\na limestone"));
    named<QSpinBox>(section, QStringLiteral("Images"))->setValue(2);
    press(section, QStringLiteral("Run"));
}

void TestGenerateSections::anotherProgramsImagesAreTaken() {
    openWith({});
    Volume picture(PixelType::u8, 24, 16);
    for (std::int64_t i = 0; i < picture.span().pixels(); ++i)
        picture.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(i * 5);
    writeVolume(m_bench->folder.path() / "made.png", picture);
    picture.pixels<std::uint8_t>()[0] = 200;
    writeVolume(m_bench->folder.path() / "made1.png", picture);
    const std::string made = m_bench->folder.path().string();
    runProgram("echo drawing two\ncp '" + made + "/made.png' \"$out/000000.png\"\ncp '" + made +
               "/made1.png' \"$out/000001.png\"");
    QTRY_COMPARE_WITH_TIMEOUT(samplesOf("theirs").size(), std::size_t{2}, kLong);
    const std::vector<SampleRecord> taken = samplesOf("theirs");
    QCOMPARE(*taken[0].prompt, std::string("a sandstone"));
    QCOMPARE(*taken[1].prompt, std::string("a limestone"));
    QCOMPARE(pixels(taken[1]).pixels<std::uint8_t>()[0], std::uint8_t{200});
    QVERIFY(m_bench->set("theirs")->origin == Origin::synthetic);
    auto* section = m_bench->page->findChild<ExternalSection*>();
    QVERIFY(named<QPlainTextEdit>(section, QStringLiteral("Output of the program"))
                ->toPlainText()
                .contains(QStringLiteral("drawing two")));
    QCOMPARE(
        named<QListView>(section, QStringLiteral("Images of the program"))->model()->rowCount(), 2);
}

void TestGenerateSections::failingProgramIsExplained() {
    openWith({});
    auto* section = m_bench->page->findChild<ExternalSection*>();
    QSignalSpy raised(section, &ExternalSection::messageRaised);
    runProgram("echo out of luck >&2\nexit 3");
    QTRY_COMPARE_WITH_TIMEOUT(raised.size(), 1, kLong);
    QVERIFY(raised.front().at(1).toBool());
    const QString sentence = raised.front().at(0).toString();
    QVERIFY2(sentence.contains(QStringLiteral("3")), qPrintable(sentence));
    QVERIFY(!m_bench->set("theirs"));
}

QTEST_MAIN(TestGenerateSections)
#include "tst_generatesections.moc"
