// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/base/sha256.h"
#include "core/study/canonicaljson.h"
#include "db/package.h"
#include "db/ratingsfile.h"
#include "db/signedarchive.h"
#include "tests/db/studyfixture.h"
#include "tests/db/thrown.h"

#include <QTest>

#include <fstream>

using namespace likeness;
using testing::codeOf;
using testing::leadKeys;
using testing::smallStudy;
using testing::sourceOf;
using testing::thrownBy;
using testing::wordOf;
namespace fs = std::filesystem;

namespace {

std::vector<std::byte> bytesOf(const std::string& text) {
    const auto* const data = reinterpret_cast<const std::byte*>(text.data());
    return {data, data + text.size()};
}

/// A chain of answers as a rating store exports it.
RatingsFile ratingsOf(const KeyPair& installation, int events) {
    RatingsFile file;
    file.header = {std::string(32, 'c'),
                   std::string(64, 'a'),
                   std::string(64, 'b'),
                   "rater1",
                   1,
                   std::string(64, 'd'),
                   false,
                   installation.signingKey(),
                   "2024-05-01T12:00:00.000Z"};
    file.head = originHash(file.header);
    for (int i = 1; i <= events; ++i) {
        RatingEvent event;
        event.id = sha256Hex(std::to_string(i)).substr(0, 32);
        event.chain = file.header.chain;
        event.seq = i;
        event.study = file.header.study;
        event.rater = file.header.rater;
        event.planSeq = i;
        event.stimulus = "s";
        event.value = 1 + i % 6;
        event.prevHash = file.head;
        event.hash = eventHash(event);
        file.head = event.hash;
        file.events.push_back(event);
    }
    return file;
}

} // namespace

class TestPackage : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() {
        m_folder = std::make_unique<TemporaryFolder>(testing::scratch());
        m_file = m_folder->path() / "small.study";
    }

    void cleanup() { m_folder.reset(); }

    void roundTrip() {
        const FrozenStudy study = smallStudy();
        writePackage(m_file, sourceOf(study), leadKeys());
        const StudyPackage package(m_file);
        QVERIFY(package.definition() == study.publicDefinition);
        QCOMPARE(package.definitionSha256(), study.definitionSha256);
        QCOMPARE(package.signingKey(), leadKeys().signingKey());
        QCOMPARE(package.slots(), 2);
        QCOMPARE(package.levels(), 6);
        for (int slot = 1; slot <= 2; ++slot) {
            const Plan& plan = package.plan(slot);
            QCOMPARE(plan.sha256, study.plans[static_cast<std::size_t>(slot) - 1].sha256);
            QCOMPARE(plan.seed, 0U);
            for (const PlanItem& item : plan.items)
                QCOMPARE(package.stimulus(item.stimulusId).width(), 32);
        }
        for (const FrozenStimulus& stimulus : study.stimuli) {
            const Image image = package.stimulus(stimulus.id);
            QVERIFY(std::equal(stimulus.pixels.begin(), stimulus.pixels.end(), image.span().data));
        }
        QCOMPARE(codeOf([&] { return package.plan(3); }), wordOf(ErrorCode::notFound));
        QCOMPARE(codeOf([&] { return package.plan(0); }), wordOf(ErrorCode::notFound));
        QCOMPARE(codeOf([&] { return package.stimulus("none"); }), wordOf(ErrorCode::notFound));
    }

    void sameStudyGivesSameBytes() {
        const FrozenStudy study = smallStudy();
        writePackage(m_file, sourceOf(study), leadKeys());
        const std::string first = sha256OfFile(m_file);
        fs::remove(m_file);
        writePackage(m_file, sourceOf(smallStudy()), leadKeys());
        QCOMPARE(sha256OfFile(m_file), first);
    }

    // Nothing that tells real from synthetic may be in the file: with the labels exchanged for the
    // same pixels it has the same bytes.
    void swappedLabelsGiveSameBytes() {
        writePackage(m_file, sourceOf(smallStudy(6, false)), leadKeys());
        const std::string bytes = readTextFile(m_file);
        const fs::path other = m_folder->path() / "other.study";
        writePackage(other, sourceOf(smallStudy(6, true)), leadKeys());
        QVERIFY(readTextFile(other) == bytes);
        QVERIFY(smallStudy(6, false).key != smallStudy(6, true).key);
    }

    void packageHoldsNoTruth() {
        const FrozenStudy study = smallStudy();
        writePackage(m_file, sourceOf(study), leadKeys());
        const std::string bytes = readTextFile(m_file);
        for (const char* word : {"sandstone", "\"made\"", "diffusion", "sample0", "sample1",
                                 "origin", "generator", "specimen", "reference_set"})
            QVERIFY2(bytes.find(word) == std::string::npos, word);
    }

    void everyAlteredByteIsRefused() {
        testing::writeSmallPackage(m_folder->path(), 3);
        const std::string sound = readTextFile(m_file);
        const fs::path altered = m_folder->path() / "altered.study";
        for (std::size_t i = 0; i < sound.size(); i += 7) {
            std::string bytes = sound;
            bytes[i] = static_cast<char>(bytes[i] ^ (1 << (i % 8)));
            fs::remove(altered); // a truncated file would be flushed to disk when it is closed
            std::ofstream(altered, std::ios::binary) << bytes;
            const auto error = thrownBy([&] { return StudyPackage(altered); });
            if (!error || error->code() != ErrorCode::format)
                QFAIL(qPrintable(QStringLiteral("byte %1").arg(i)));
        }
        for (std::size_t size = 0; size < sound.size(); size += 101) {
            fs::remove(altered);
            std::ofstream(altered, std::ios::binary) << sound.substr(0, size);
            if (codeOf([&] { return StudyPackage(altered); }) != wordOf(ErrorCode::format))
                QFAIL(qPrintable(QStringLiteral("cut at %1").arg(size)));
        }
    }

    // Packages that are signed and hashed all right, but by somebody with other intentions.
    void malformedContent_data() {
        QTest::addColumn<QByteArray>("what");
        for (const char* what : {"no definition",
                                 "definition not JSON",
                                 "definition with a fraction",
                                 "definition with spaces",
                                 "another definition hash",
                                 "no stimuli listed",
                                 "stimulus missing",
                                 "stimulus of another size",
                                 "stimulus with other pixels",
                                 "stimulus id with a path",
                                 "plan missing",
                                 "plan of another study",
                                 "plan not JSON",
                                 "one level",
                                 "no title",
                                 "unknown bits",
                                 "huge image",
                                 "one more file",
                                 "another format",
                                 "newer schema"})
            QTest::newRow(what) << QByteArray(what);
    }

    void malformedContent() {
        QFETCH(QByteArray, what);
        writeMalformed(QString::fromUtf8(what));
        const auto error = thrownBy([this] { return StudyPackage(m_file); });
        QVERIFY(error.has_value());
        QCOMPARE(wordOf(error->code()),
                 wordOf(what == "newer schema" ? ErrorCode::unsupported : ErrorCode::format));
        QCOMPARE(error->subject(), m_file.string());
        QVERIFY(!error->why().empty());
    }

    void unsignedOrForeignSignature() {
        testing::writeSmallPackage(m_folder->path(), 3);
        const ZipReader reader(m_file);
        ZipContent content;
        for (const ZipReader::Entry& entry : reader.entries())
            content[entry.name] = [&reader, name = entry.name] { return reader.read(name); };
        const fs::path other = m_folder->path() / "other.study";
        content.erase("signature");
        writeZip(other, content);
        QCOMPARE(codeOf([&] { return StudyPackage(other); }), wordOf(ErrorCode::format));
        content["signature"] = [&] {
            return KeyPair::generate().sign(reader.readText("manifest.json", 1U << 20U));
        };
        writeZip(other, content);
        QCOMPARE(codeOf([&] { return StudyPackage(other); }), wordOf(ErrorCode::format));
    }

    // Somebody with a key of his own signs any manifest he likes.
    void signedNonsense() {
        testing::writeSmallPackage(m_folder->path(), 3);
        const ZipReader reader(m_file);
        const fs::path other = m_folder->path() / "other.study";
        const std::string sound = reader.readText("manifest.json", 1U << 20U);
        Random random(4, "manifest");
        for (int i = 0; i < 400; ++i) {
            std::string manifest = sound;
            // Half of them near the beginning, where the short fields are.
            const std::size_t range = i % 2 == 0 ? manifest.size() : 160;
            manifest[random.below(range)] = static_cast<char>(32 + random.below(95));
            ZipContent content;
            for (const ZipReader::Entry& entry : reader.entries())
                content[entry.name] = [&reader, name = entry.name] { return reader.read(name); };
            content["manifest.json"] = [&manifest] { return bytesOf(manifest); };
            content["signature"] = [&manifest] { return leadKeys().sign(manifest); };
            writeZip(other, content);
            const auto error = thrownBy([&] { return StudyPackage(other); });
            if (manifest == sound)
                continue;
            QVERIFY2(error.has_value(), manifest.c_str());
            QVERIFY(error->code() == ErrorCode::format || error->code() == ErrorCode::unsupported);
        }
    }

    void missingFile() {
        QCOMPARE(codeOf([this] { return StudyPackage(m_file); }), wordOf(ErrorCode::notFound));
        QCOMPARE(codeOf([this] { return StudyPackage(m_folder->path()); }), wordOf(ErrorCode::io));
    }

    void ratingsRoundTrip() {
        const KeyPair installation = KeyPair::generate();
        for (const int count : {0, 1, 30}) {
            const RatingsFile file = ratingsOf(installation, count);
            writeRatings(m_file, file, installation);
            const RatingsFile read = readRatings(m_file);
            QCOMPARE(read.head, file.head);
            QCOMPARE(read.events.size(), file.events.size());
            for (std::size_t i = 0; i < read.events.size(); ++i)
                QCOMPARE(toLine(read.events[i]), toLine(file.events[i]));
            QVERIFY(toJson(read.header) == toJson(file.header));
        }
    }

    // Signed by the right installation, and still not a chain.
    void brokenChains_data() {
        QTest::addColumn<QByteArray>("what");
        for (const char* what : {"altered", "removed", "last removed", "swapped", "other rater",
                                 "other head", "other chain", "simulated", "other key"})
            QTest::newRow(what) << QByteArray(what);
    }

    void brokenChains() {
        QFETCH(QByteArray, what);
        const KeyPair installation = KeyPair::generate();
        RatingsFile file = ratingsOf(installation, 10);
        if (what == "altered")
            file.events[4].value = 2;
        if (what == "removed")
            file.events.erase(file.events.begin() + 4);
        if (what == "last removed")
            file.events.pop_back();
        if (what == "swapped")
            std::swap(file.events[2], file.events[3]);
        if (what == "other rater")
            file.header.rater = "rater2";
        if (what == "other head")
            file.head = std::string(64, '0');
        if (what == "other chain")
            file.events[9].chain = std::string(32, 'f');
        if (what == "simulated")
            file.header.simulated = true;
        writeRatings(m_file, file, what == "other key" ? KeyPair::generate() : installation);
        QCOMPARE(codeOf([this] { return readRatings(m_file); }), wordOf(ErrorCode::format));
    }

    void ratingsOfADamagedStoreSayso() {
        const KeyPair installation = KeyPair::generate();
        RatingsFile file = ratingsOf(installation, 10);
        file.events.pop_back();
        file.fault = "rating events are missing at its end";
        writeRatings(m_file, file, installation);
        QCOMPARE(readRatings(m_file).fault, file.fault);
    }

    void keysAreKeptPrivately() {
        const fs::path file = m_folder->path() / "k.key";
        const KeyPair made = KeyPair::loadOrCreate(file);
        QCOMPARE(static_cast<unsigned>(fs::status(file).permissions()), 0600U);
        QCOMPARE(KeyPair::loadOrCreate(file).signingKey(), made.signingKey());
        const auto sealed = seal("the key", made.sealingKey());
        QCOMPARE(KeyPair::loadOrCreate(file).unseal(sealed), "the key");
        QCOMPARE(codeOf([&] { return KeyPair::generate().unseal(sealed); }),
                 wordOf(ErrorCode::format));
        fs::permissions(file, fs::perms(0644));
        QCOMPARE(codeOf([&] { return KeyPair::loadOrCreate(file); }), wordOf(ErrorCode::conflict));
        fs::permissions(file, fs::perms(0600));
        std::ofstream(file) << "{}";
        QCOMPARE(codeOf([&] { return KeyPair::loadOrCreate(file); }), wordOf(ErrorCode::format));
    }

    // RFC 8032, section 7.1, test 2: key 3d4017c3..., message 0x72.
    void signatureIsEd25519() {
        const std::string key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
        const auto signature =
            fromHex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
        QVERIFY(verifySignature("\x72", signature, key));
        QVERIFY(!verifySignature("\x73", signature, key));
        QCOMPARE(codeOf([] { return fromHex("abc"); }), wordOf(ErrorCode::format));
        QCOMPARE(codeOf([] { return fromHex("xy"); }), wordOf(ErrorCode::format));
    }

private:
    void writeMalformed(const QString& what) {
        const FrozenStudy study = smallStudy(3);
        Json definition = study.publicDefinition;
        SignedContent content;
        content.format =
            what == QStringLiteral("another format") ? "likeness-ratings" : "likeness-study";
        content.schema = what == QStringLiteral("newer schema") ? 2 : 1;
        for (const Plan& plan : study.plans)
            put(content, "plans/" + std::to_string(plan.slot) + ".json",
                canonicalJson(planToJson(plan)));
        for (const FrozenStimulus& item : study.stimuli)
            content.files["stimuli/" + item.id + ".raw"] = [pixels = item.pixels] {
                return pixels;
            };
        changeFiles(what, study, content);
        changeDefinition(what, definition);
        std::string text = definition.dump();
        if (what == QStringLiteral("definition not JSON"))
            text = "{";
        if (what == QStringLiteral("definition with spaces"))
            text = definition.dump(1);
        if (what != QStringLiteral("no definition"))
            put(content, "definition.json", text);
        content.facts["definition_sha256"] = what == QStringLiteral("another definition hash")
                                                 ? std::string(64, '0')
                                                 : sha256Hex(text);
        writeSigned(m_file, content, leadKeys());
    }

    static void changeDefinition(const QString& what, Json& definition) {
        if (what == QStringLiteral("definition with a fraction"))
            definition["x"] = 0.5;
        if (what == QStringLiteral("no stimuli listed"))
            definition.erase("stimuli");
        if (what == QStringLiteral("stimulus id with a path"))
            definition["stimuli"][0]["id"] = "../../etc/passwd";
        if (what == QStringLiteral("one level"))
            definition["levels"] = Json::array({definition["levels"][0]});
        if (what == QStringLiteral("no title"))
            definition.erase("title");
        if (what == QStringLiteral("unknown bits"))
            definition["image"]["bits"] = 64;
        if (what == QStringLiteral("huge image"))
            definition["image"]["width"] = 60'000'000;
    }

    static void changeFiles(const QString& what, const FrozenStudy& study, SignedContent& content) {
        const std::string stimulus = "stimuli/" + study.stimuli[0].id + ".raw";
        if (what == QStringLiteral("stimulus missing"))
            content.files.erase(stimulus);
        if (what == QStringLiteral("stimulus of another size"))
            put(content, stimulus, "short");
        if (what == QStringLiteral("stimulus with other pixels"))
            put(content, stimulus, std::string(study.stimuli[0].pixels.size(), 'x'));
        if (what == QStringLiteral("plan missing"))
            content.files.erase("plans/2.json");
        if (what == QStringLiteral("plan of another study"))
            content.files["plans/2.json"] = content.files["plans/1.json"];
        if (what == QStringLiteral("plan not JSON"))
            put(content, "plans/2.json", "[1,");
        if (what == QStringLiteral("one more file"))
            put(content, "key.json", "{}");
    }

    static void put(SignedContent& content, const std::string& name, const std::string& text) {
        content.files[name] = [text] { return bytesOf(text); };
    }

    std::unique_ptr<TemporaryFolder> m_folder;
    fs::path m_file;
};

QTEST_GUILESS_MAIN(TestPackage)
#include "tst_package.moc"
