// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/helpwindows.h"

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
constexpr std::array kInspectKeys = {
    Row{QT_TRANSLATE_NOOP("HelpWindows", "Drag, wheel"),
        QT_TRANSLATE_NOOP("HelpWindows", "pan, zoom at the pointer; also Shift+arrows, + and -")},
    Row{QT_TRANSLATE_NOOP("HelpWindows", "Ctrl+wheel, arrows"),
        QT_TRANSLATE_NOOP("HelpWindows",
                          "step slices; Page Up and Page Down by ten, Home and End to the ends")},
    Row{QT_TRANSLATE_NOOP("HelpWindows", "Right drag, Shift+drag"),
        QT_TRANSLATE_NOOP("HelpWindows", "window (across) and level (down)")},
    Row{"F, 1, R", QT_TRANSLATE_NOOP("HelpWindows", "fit, one to one, reset")},
    Row{QT_TRANSLATE_NOOP("HelpWindows", "X held"),
        QT_TRANSLATE_NOOP("HelpWindows", "right image in the place of the left one")},
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

template <std::size_t N>
void addRows(QGridLayout* grid, const QString& title, const std::array<Row, N>& rows) {
    int line = grid->rowCount();
    grid->addWidget(makeLabel(title, LabelRole::section), line++, 0, 1, 2);
    for (const Row& row : rows) {
        grid->addWidget(makeLabel(Tr::tr(row.keys)), line, 0, Qt::AlignTop);
        QLabel* does = makeLabel(Tr::tr(row.does), LabelRole::muted);
        does->setWordWrap(false);
        grid->addWidget(does, line++, 1);
    }
    grid->setRowMinimumHeight(line, 10);
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

void showCheatSheet(QWidget* parent) {
    QDialog* dialog = makeWindow(parent, Tr::tr("Keys and mouse"));
    auto* grid = new QGridLayout(dialog);
    grid->setContentsMargins(24, 18, 24, 20);
    grid->setHorizontalSpacing(22);
    grid->setVerticalSpacing(6);
    addRows(grid, Tr::tr("Window"), kWindowKeys);
    addRows(grid, Tr::tr("Inspect"), kInspectKeys);
    addRows(grid, Tr::tr("Inspect in 3-D"), kVolumeKeys);
    addRows(grid, Tr::tr("Rate"), kRateKeys);
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
