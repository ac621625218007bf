// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/helpwindows.h"

#include "ui/dialogs/keysdialog.h"
#include "ui/dialogs/message.h"
#include "ui/widgets/labels.h"

#include <QCoreApplication>
#include <QDialog>
#include <QFile>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>

#include <array>
#include <span>

namespace likeness {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(HelpWindows)
};

struct Row {
    const char* keys;
    const char* does;
};

constexpr std::array kWindowKeys = {
    Row{"Ctrl+1 \u2026 Ctrl+6",
        QT_TRANSLATE_NOOP("HelpWindows", "Samples, Generate, Inspect, Study, Rate, Results")},
    Row{"Ctrl+N, Ctrl+O", QT_TRANSLATE_NOOP("HelpWindows", "new project, open project")},
    Row{"F1, ?", QT_TRANSLATE_NOOP("HelpWindows", "manual, this sheet")},
};
constexpr std::array kPlaneKeys = {
    Row{QT_TRANSLATE_NOOP("HelpWindows", "Drag, Shift+move"),
        QT_TRANSLATE_NOOP("HelpWindows", "three planes: move the crosshair; middle drag pans")},
    Row{"N, Ctrl+S, Ctrl+C",
        QT_TRANSLATE_NOOP("HelpWindows", "nearest image of the left set, save or copy as seen")},
};
constexpr std::array kVolumeKeys = {
    Row{QT_TRANSLATE_NOOP("HelpWindows", "Drag, arrows"), QT_TRANSLATE_NOOP("HelpWindows", "turn")},
    Row{QT_TRANSLATE_NOOP("HelpWindows", "Shift+drag, Shift+arrows"),
        QT_TRANSLATE_NOOP("HelpWindows", "move")},
    Row{QT_TRANSLATE_NOOP("HelpWindows", "Wheel, + and -"),
        QT_TRANSLATE_NOOP("HelpWindows", "zoom; F or R reset")},
};
constexpr std::array kRateKeys = {
    Row{"1 \u2026 6",
        QT_TRANSLATE_NOOP("HelpWindows", "answer, save and go on (1 \u2026 5 for quality)")},
    Row{"Backspace", QT_TRANSLATE_NOOP("HelpWindows", "take the last answer back; both are kept")},
    Row{"P, Space, Esc", QT_TRANSLATE_NOOP("HelpWindows", "pause, go on, leave")},
};

void addRow(QGridLayout* grid, const QString& keys, const QString& does) {
    const int line = grid->rowCount();
    grid->addWidget(makeLabel(keys), line, 0, Qt::AlignTop);
    QLabel* label = makeLabel(does, LabelRole::muted);
    label->setWordWrap(false);
    grid->addWidget(label, line, 1);
}

void addTitle(QGridLayout* grid, const QString& title) {
    const int line = grid->rowCount();
    grid->setRowMinimumHeight(line, line > 1 ? 10 : 0);
    grid->addWidget(makeLabel(title, LabelRole::section), line + 1, 0, 1, 2);
}

template <std::size_t N>
void addRows(QGridLayout* grid, const std::array<Row, N>& rows) {
    for (const Row& row : rows)
        addRow(grid, Tr::tr(row.keys), Tr::tr(row.does));
}

/// Two actions that go together on one line.
void addViewRows(QGridLayout* grid, const ViewBindings& bindings) {
    addRow(grid, Tr::tr("Mouse"), wordsFor(bindings.mouse));
    const std::span<const ViewAction> actions = viewActions();
    constexpr std::size_t kPaired = 12; // the actions before are each other's opposites
    for (std::size_t i = 0; i < actions.size(); i += i < kPaired ? 2 : 1) {
        QString keys = textOf(bindings.keys(actions[i]));
        QString does = nameOf(actions[i]);
        if (i < kPaired) {
            keys += QStringLiteral("  /  ") + textOf(bindings.keys(actions[i + 1]));
            does += QStringLiteral("  /  ") + nameOf(actions[i + 1]);
        }
        addRow(grid, keys, does);
    }
}

QDialog* makeWindow(QWidget* parent, const QString& title) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    return dialog;
}

} // namespace

void showManual(QWidget* parent) {
    QDialog* dialog = makeWindow(parent, Tr::tr("Likeness manual"));
    auto* browser = new QTextBrowser;
    browser->setOpenLinks(false);
    browser->document()->setDocumentMargin(18);
    nameField(browser, Tr::tr("Manual"));
    // The manual is a resource of the program, so that it may hold markup.
    QFile file(QStringLiteral(":/manual/manual.md"));
    if (file.open(QIODevice::ReadOnly))
        browser->setMarkdown(QString::fromUtf8(file.readAll()));
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(12, 12, 12, 12);
    column->addWidget(browser);
    dialog->resize(760, 640);
    dialog->show();
}

void showCheatSheet(const ViewBindings& bindings, QWidget* parent) {
    QDialog* dialog = makeWindow(parent, Tr::tr("Keys and mouse"));
    auto* grid = new QGridLayout(dialog);
    grid->setContentsMargins(24, 18, 24, 20);
    grid->setHorizontalSpacing(22);
    grid->setVerticalSpacing(6);
    addTitle(grid, Tr::tr("Window"));
    addRows(grid, kWindowKeys);
    addTitle(grid, Tr::tr("Inspect"));
    addViewRows(grid, bindings);
    addRows(grid, kPlaneKeys);
    addTitle(grid, Tr::tr("Inspect in 3-D"));
    addRows(grid, kVolumeKeys);
    addTitle(grid, Tr::tr("Rate"));
    addRows(grid, kRateKeys);
    dialog->show();
}

void showAbout(QWidget* parent) {
    showMessage(parent, Tr::tr("Likeness %1").arg(QStringLiteral(LIKENESS_VERSION)),
                Tr::tr("Expert review of synthetic scientific images. Free software under the GNU "
                       "General Public License, "
                       "version 3 or later; it comes without any warranty. Built with Qt, VTK, "
                       "LibTorch, OpenCV, SQLite "
                       "and libsodium."));
}

} // namespace likeness
