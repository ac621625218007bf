// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/welcomepage.h"

#include "ui/widgets/labels.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLayoutItem>
#include <QPushButton>
#include <QVBoxLayout>

namespace likeness {

namespace {

constexpr int kWidth = 520;
constexpr int kRecentShown = 6;

} // namespace

WelcomePage::WelcomePage(QWidget* parent)
    : QWidget(parent)
    , m_recent(new QVBoxLayout)
    , m_recentTitle(makeLabel(tr("Recent projects"), LabelRole::section))
    , m_busy(makeLabel({}, LabelRole::muted))
    , m_choices(new QWidget) {
    auto* demo = makePrimaryButton(tr("Open the demo"));
    auto* create = makeButton(tr("New project\u2026"));
    auto* open = makeButton(tr("Open project\u2026"));
    connect(demo, &QPushButton::clicked, this, &WelcomePage::demoChosen);
    connect(create, &QPushButton::clicked, this, &WelcomePage::newChosen);
    connect(open, &QPushButton::clicked, this, &WelcomePage::openChosen);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(demo);
    buttons->addWidget(create);
    buttons->addWidget(open);
    buttons->addStretch(1);
    auto* inner = new QVBoxLayout(m_choices);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(14);
    inner->addLayout(buttons);
    inner->addSpacing(10);
    inner->addWidget(m_recentTitle);
    m_recent->setSpacing(4);
    inner->addLayout(m_recent);

    auto* content = new QWidget;
    content->setMinimumWidth(kWidth);
    content->setMaximumWidth(kWidth);
    auto* words = new QVBoxLayout(content);
    words->setContentsMargins(0, 0, 0, 0);
    words->setSpacing(12);
    words->addWidget(makeLabel(tr("Likeness"), LabelRole::title));
    words->addWidget(makeLabel(
        tr("Generate synthetic scientific images, compare them with real ones, have experts rate "
           "them blind, and read the ratings beside automated metrics."),
        LabelRole::muted));
    words->addSpacing(6);
    words->addWidget(m_busy);
    words->addWidget(m_choices);
    auto* centred = new QHBoxLayout;
    centred->addStretch(1);
    centred->addWidget(content);
    centred->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->addStretch(2);
    column->addLayout(centred);
    column->addStretch(3);
    setFocusProxy(demo);
    setRecent({});
    setBusy({});
}

void WelcomePage::setRecent(const QStringList& projects) {
    while (QLayoutItem* item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const QString& project :
         projects.first(std::min<qsizetype>(projects.size(), kRecentShown))) {
        const QFileInfo info(project);
        auto* button = makeButton(QStringLiteral("%1   %2")
                                      .arg(info.completeBaseName(), info.absolutePath())
                                      .replace(QLatin1Char('&'), QStringLiteral("&&")));
        button->setStyleSheet(QStringLiteral("text-align: left;"));
        connect(button, &QPushButton::clicked, this,
                [this, project] { Q_EMIT recentChosen(project); });
        m_recent->addWidget(button);
    }
    m_recentTitle->setVisible(!projects.isEmpty());
}

void WelcomePage::setBusy(const QString& sentence) {
    m_busy->setText(sentence);
    m_busy->setVisible(!sentence.isEmpty());
    m_choices->setVisible(sentence.isEmpty());
}

} // namespace likeness
