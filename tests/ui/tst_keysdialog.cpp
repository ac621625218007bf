// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "ui/dialogs/keysdialog.h"
#include "ui/settings/settings.h"

#include <QComboBox>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>

using namespace likeness;

class TestKeysDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() { m_store = std::make_unique<QSettings>(file(), QSettings::IniFormat); }

    void cleanup() { m_store->clear(); }

    void keysAreRemembered() {
        Settings settings(*m_store);
        auto* dialog = new KeysDialog(settings);
        QSignalSpy changed(dialog, &KeysDialog::changed);
        take(*dialog, ViewAction::fit, Qt::Key_G);
        QCOMPARE(changed.size(), 1);
        delete dialog;
        m_store->sync();
        QSettings again(file(), QSettings::IniFormat);
        const Settings read(again);
        QVERIFY(bindingsOf(read).keys(ViewAction::fit) == QList<QKeyCombination>{Qt::Key_G});
    }

    void keysOfOthersAreNotTaken() {
        Settings settings(*m_store);
        auto dialog = std::make_unique<KeysDialog>(settings);
        take(*dialog, ViewAction::fit, Qt::Key_R);
        QVERIFY(bindingsOf(settings) == ViewBindings());
        QVERIFY(says(*dialog, QStringLiteral("Fit and first window")));
        take(*dialog, ViewAction::fit, Qt::Key_N);
        QVERIFY(bindingsOf(settings) == ViewBindings());
        QVERIFY(says(*dialog, QStringLiteral("meaning of its own")));
    }

    void defaultsComeBack() {
        Settings settings(*m_store);
        auto dialog = std::make_unique<KeysDialog>(settings);
        take(*dialog, ViewAction::fit, Qt::Key_G);
        take(*dialog, ViewAction::oneToOne, Qt::Key_H);
        auto* mouse = dialog->findChild<QComboBox*>();
        mouse->setCurrentIndex(2);
        Q_EMIT mouse->activated(2);
        QVERIFY(bindingsOf(settings).mouse == MousePreset::slicer);
        press(*dialog, QStringLiteral("Default of this one"));
        QVERIFY(bindingsOf(settings).keys(ViewAction::oneToOne) ==
                ViewBindings().keys(ViewAction::oneToOne));
        QVERIFY(bindingsOf(settings).keys(ViewAction::fit) == QList<QKeyCombination>{Qt::Key_G});
        press(*dialog, QStringLiteral("All defaults"));
        QVERIFY(bindingsOf(settings) == ViewBindings());
        QVERIFY(m_store->allKeys().isEmpty());
    }

private:
    [[nodiscard]] QString file() const {
        return QString::fromStdString((m_folder.path() / "settings.ini").string());
    }

    static void take(const KeysDialog& dialog, ViewAction action, Qt::Key key) {
        auto* table = dialog.findChild<QTableWidget*>();
        for (int row = 0; row < table->rowCount(); ++row)
            if (table->item(row, 0)->text() == nameOf(action))
                table->selectRow(row);
        auto* edit = dialog.findChild<QKeySequenceEdit*>();
        edit->setKeySequence(QKeySequence(key));
        Q_EMIT edit->editingFinished();
    }

    static void press(const KeysDialog& dialog, const QString& text) {
        for (QPushButton* button : dialog.findChildren<QPushButton*>())
            if (button->text() == text)
                button->click();
    }

    static bool says(const KeysDialog& dialog, const QString& words) {
        for (const QLabel* label : dialog.findChildren<QLabel*>())
            if (label->text().contains(words))
                return true;
        return false;
    }

    TemporaryFolder m_folder;
    std::unique_ptr<QSettings> m_store;
};

QTEST_MAIN(TestKeysDialog)
#include "tst_keysdialog.moc"
