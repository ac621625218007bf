// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How the trial screen looks: nothing here is decided while somebody rates.
#include "ui/widgets/labels.h"
#include "ui/widgets/ratescreen.h"
#include "ui/words.h"
#include "viewers/canvas/imagecanvas.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedLayout>
#include <QStandardPaths>
#include <QVBoxLayout>

namespace likeness {

namespace {

// One grey everywhere, the canvas' own surround; words dark enough to read and calm enough not to
// draw the eye.
const QString kSheet = QStringLiteral(
    "likeness--RateScreen, QWidget#page { background: #777777; }"
    "QLabel { color: #161616; background: transparent; }"
    "QLabel[role=\"title\"] { color: #101010; }"
    "QLabel[role=\"muted\"] { color: #2a2a2a; }"
    "QLabel[role=\"error\"] { color: #1a0000; font-weight: 600; }"
    "QPushButton { background: #868686; color: #111111; border: 1px solid #5f5f5f; border-radius: "
    "6px; padding: 7px 10px; }"
    "QPushButton:hover { background: #909090; }"
    "QPushButton:pressed { background: #9c9c9c; }"
    "QPushButton:focus { border-color: #2b2b2b; }"
    "QProgressBar { background: #6a6a6a; max-height: 4px; min-height: 4px; border-radius: 2px; }"
    "QProgressBar::chunk { background: #9c9c9c; border-radius: 2px; }");

constexpr int kColumnWidth = 620;

} // namespace

void RateScreen::setupPages() {
    setAttribute(Qt::WA_StyledBackground);
    setStyleSheet(kSheet);
    m_stack = new QStackedLayout(this);
    m_stack->setContentsMargins(0, 0, 0, 0);
    for (QWidget* page : {m_trialPage, m_wordsPage}) {
        page->setObjectName(QStringLiteral("page"));
        page->setAttribute(Qt::WA_StyledBackground);
        m_stack->addWidget(page);
    }
    setupTrialPage();
    setupWordsPage();
}

void RateScreen::setupTrialPage() {
    m_canvas->setLink(m_link);
    m_canvas->setStudyMode(true);
    m_canvas->setReadOnlyView(true);
    m_canvas->setScaleBarVisible(false);
    m_canvas->setFocusPolicy(Qt::NoFocus);
    m_canvas->installEventFilter(this);
    m_question->setAlignment(Qt::AlignCenter);
    m_question->setWordWrap(true);
    m_progressText->setAlignment(Qt::AlignCenter);
    m_progressText->setWordWrap(false);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(240);
    m_progress->setAccessibleName(tr("Images answered"));
    m_notice->setAlignment(Qt::AlignCenter);
    // Room for two lines at any time, so that a notice moves nothing.
    m_notice->setFixedHeight(2 * fontMetrics().lineSpacing() + 4);

    auto* column = new QVBoxLayout(m_trialPage);
    column->setContentsMargins(24, 18, 24, 18);
    column->setSpacing(10);
    column->addWidget(m_question);
    column->addWidget(m_canvas, 1);
    column->addWidget(m_notice);
    column->addWidget(makeAnswerStrip());
    column->addSpacing(2);
    column->addWidget(m_progressText);
    column->addWidget(m_progress, 0, Qt::AlignHCenter);
}

QWidget* RateScreen::makeAnswerStrip() {
    auto* strip = new QWidget;
    strip->setMaximumWidth(1100);
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    for (const RatingInfo::Level& level : m_driver->info().levels) {
        auto* button = makeButton(QStringLiteral("%1\n%2").arg(level.value).arg(level.label));
        button->setAccessibleName(QStringLiteral("%1: %2").arg(level.value).arg(level.label));
        button->setFocusPolicy(Qt::NoFocus);
        button->setMinimumHeight(52);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connect(button, &QPushButton::pressed, this,
                [this, value = level.value] { press(value, false, "mouse"); });
        row->addWidget(button, 1);
        m_answers.push_back(button);
    }
    auto* centred = new QWidget;
    auto* outer = new QHBoxLayout(centred);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addStretch(1);
    outer->addWidget(strip, 20);
    outer->addStretch(1);
    return centred;
}

void RateScreen::setupWordsPage() {
    m_wordsTitle->setAlignment(Qt::AlignCenter);
    m_wordsTitle->setWordWrap(true);
    m_wordsText->setWordWrap(true);
    m_wordsText->setMinimumWidth(kColumnWidth);
    m_wordsText->setMaximumWidth(kColumnWidth);
    m_wordsText->setAlignment(Qt::AlignHCenter);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(10);
    buttons->addStretch(1);
    buttons->addWidget(m_action);
    buttons->addWidget(m_save);
    buttons->addWidget(m_leave);
    buttons->addStretch(1);
    for (QPushButton* button : {m_action, m_save, m_leave})
        button->setMinimumWidth(150);
    auto* column = new QVBoxLayout(m_wordsPage);
    column->setSpacing(16);
    column->addStretch(2);
    column->addWidget(m_wordsTitle);
    // An aligned item gets the height of its hint, which cuts off wrapped lines.
    auto* centred = new QHBoxLayout;
    centred->addStretch(1);
    centred->addWidget(m_wordsText);
    centred->addStretch(1);
    column->addLayout(centred);
    column->addSpacing(8);
    column->addLayout(buttons);
    column->addStretch(3);
    connect(m_action, &QPushButton::clicked, this, &RateScreen::goOn);
    connect(m_leave, &QPushButton::clicked, this, &RateScreen::leaveRequested);
    connect(m_save, &QPushButton::clicked, this, [this] {
        auto* chooser =
            new QFileDialog(window(), tr("Folder for the ratings file"),
                            QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
        chooser->setAttribute(Qt::WA_DeleteOnClose);
        chooser->setFileMode(QFileDialog::Directory);
        connect(chooser, &QFileDialog::fileSelected, this,
                [this](const QString& folder) { m_driver->exportTo(words::path(folder)); });
        chooser->open();
    });
}

} // namespace likeness
