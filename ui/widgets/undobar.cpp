// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/undobar.h"

#include "ui/models/deletions.h"
#include "ui/widgets/labels.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include <chrono>

namespace likeness {

namespace {

constexpr std::chrono::seconds kMessageLife{12};

} // namespace

UndoBar::UndoBar(Deletions& deletions, QWidget* parent)
    : QFrame(parent)
    , m_sentence(makeLabel({}))
    , m_undo(makeButton(tr("Undo"))) {
    setProperty("role", QStringLiteral("card"));
    auto* dismiss = makeButton(tr("Dismiss"));
    m_undo->setToolTip(tr("Ctrl+Z"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(14, 7, 8, 7);
    row->setSpacing(8);
    row->addWidget(m_sentence, 1);
    row->addWidget(m_undo);
    row->addWidget(dismiss);
    connect(m_undo, &QPushButton::clicked, &deletions, &Deletions::undo);
    connect(dismiss, &QPushButton::clicked, this, &QWidget::hide);
    connect(&deletions, &Deletions::removed, this,
            [this](const QString& what) { say(tr("Deleted: %1.").arg(what), true); });
    connect(&deletions, &Deletions::restored, this, [this, &deletions](const QString& what) {
        say(tr("Restored: %1.").arg(what), deletions.canUndo());
    });
    connect(&deletions, &Deletions::changed, this, [this, &deletions] {
        if (!deletions.canUndo() && m_undo->isVisible())
            hide();
    });
    m_fade.setSingleShot(true);
    m_fade.setInterval(kMessageLife);
    connect(&m_fade, &QTimer::timeout, this, &QWidget::hide);
    hide();
}

void UndoBar::say(const QString& sentence, bool canUndo) {
    m_sentence->setText(sentence);
    m_undo->setVisible(canUndo);
    // What can be taken back stays until it is dismissed.
    if (canUndo)
        m_fade.stop();
    else
        m_fade.start();
    show();
}

} // namespace likeness
