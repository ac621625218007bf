// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/navigationbar.h"

#include "ui/widgets/theme.h"

#include <QButtonGroup>
#include <QIcon>
#include <QToolButton>
#include <QVBoxLayout>

#include <array>

namespace likeness {

namespace {

constexpr std::array kPages = {PageId::samples, PageId::generate, PageId::inspect,
                               PageId::study,   PageId::rate,     PageId::results};
constexpr int kWidth = 164;

} // namespace

QString pageTitle(PageId page) {
    switch (page) {
    case PageId::samples:
        return NavigationBar::tr("Samples");
    case PageId::generate:
        return NavigationBar::tr("Generate");
    case PageId::inspect:
        return NavigationBar::tr("Inspect");
    case PageId::study:
        return NavigationBar::tr("Study");
    case PageId::rate:
        return NavigationBar::tr("Rate");
    case PageId::results:
        return NavigationBar::tr("Results");
    }
    return {};
}

QString pageKey(PageId page) {
    static const std::array keys = {QStringLiteral("samples"), QStringLiteral("generate"),
                                    QStringLiteral("inspect"), QStringLiteral("study"),
                                    QStringLiteral("rate"),    QStringLiteral("results")};
    return keys.at(static_cast<std::size_t>(page));
}

NavigationBar::NavigationBar(QWidget* parent)
    : QFrame(parent)
    , m_group(new QButtonGroup(this)) {
    setProperty("role", QStringLiteral("navigation"));
    setFixedWidth(kWidth);
    setAccessibleName(tr("Pages"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 14, 10, 14);
    column->setSpacing(4);
    for (const PageId page : kPages) {
        auto* button = new QToolButton;
        button->setText(QStringLiteral("  ") + pageTitle(page));
        button->setAccessibleName(pageTitle(page));
        button->setIcon(theme::icon(pageKey(page)));
        button->setIconSize(QSize(20, 20));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        button->setCheckable(true);
        button->setToolTip(tr("%1 (Ctrl+%2)").arg(pageTitle(page)).arg(static_cast<int>(page) + 1));
        connect(button, &QToolButton::clicked, this, [this, page] { Q_EMIT chosen(page); });
        m_group->addButton(button);
        m_buttons[page] = button;
        column->addWidget(button);
    }
    column->addStretch(1);
}

void NavigationBar::setCurrent(PageId page) {
    m_buttons.at(page)->setChecked(true);
}

void NavigationBar::clearCurrent() {
    m_group->setExclusive(false);
    for (const auto& [page, button] : m_buttons)
        button->setChecked(false);
    m_group->setExclusive(true);
}

void NavigationBar::setProjectOpen(bool open) {
    for (const auto& [page, button] : m_buttons)
        button->setEnabled(open || page == PageId::rate);
}

} // namespace likeness
