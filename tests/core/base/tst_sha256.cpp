// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/sha256.h"

#include <QTest>

#include <string>

class TestSha256 : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void vectors_data();
    void vectors();
    void waysAgree_data();
    void waysAgree();
    void millionInPieces();
    void file();
};

// NIST: FIPS 180-4 examples and the byte-oriented short messages of the CAVP.
void TestSha256::vectors_data() {
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("digest");
    QTest::newRow("FIPS 180-4 empty")
        << QByteArray()
        << QByteArray("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    QTest::newRow("FIPS 180-4 abc")
        << QByteArray("abc")
        << QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    QTest::newRow("FIPS 180-4 two blocks")
        << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        << QByteArray("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    QTest::newRow("FIPS 180-4 112 bytes")
        << QByteArray("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
                      "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")
        << QByteArray("cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    QTest::newRow("CAVP one byte")
        << QByteArray::fromHex("d3")
        << QByteArray("28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1");
}

void TestSha256::vectors() {
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, digest);
    QCOMPARE(QByteArray::fromStdString(likeness::sha256Hex(message.toStdString())), digest);
}

void TestSha256::waysAgree_data() {
    QTest::addColumn<int>("length");
    for (const int length : {0, 1, 55, 56, 63, 64, 65, 119, 128, 1000, 100'003})
        QTest::addRow("%d bytes", length) << length;
}

void TestSha256::waysAgree() {
    QFETCH(int, length);
    std::string message;
    for (int i = 0; i < length; ++i)
        message.push_back(static_cast<char>(i * 7 + i / 251));
    likeness::Sha256 quickest;
    likeness::Sha256 plain(likeness::Sha256::Way::plain);
    quickest.update(message);
    plain.update(message);
    QVERIFY(quickest.finish() == plain.finish());
}

// FIPS 180-4: one million times 'a', fed in pieces that straddle blocks.
void TestSha256::millionInPieces() {
    likeness::Sha256 hash;
    const std::string piece(997, 'a');
    std::size_t left = 1000000;
    while (left > 0) {
        const std::size_t take = std::min(left, piece.size());
        hash.update(std::string_view(piece).substr(0, take));
        left -= take;
    }
    const auto digest = hash.finish();
    QCOMPARE(QString::fromStdString(likeness::toHex(digest)),
             QStringLiteral("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
}

void TestSha256::file() {
    const likeness::TemporaryFolder folder;
    const auto path = folder.path() / "abc";
    likeness::writeFileDurably(path, std::string_view("abc"));
    QCOMPARE(likeness::sha256OfFile(path), likeness::sha256Hex("abc"));
    QVERIFY_THROWS_EXCEPTION(likeness::Error, (void)likeness::sha256OfFile(folder.path() / "none"));
}

QTEST_GUILESS_MAIN(TestSha256)
#include "tst_sha256.moc"
