// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/linkbutton.h"

#include "ui/widgets/theme.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>

namespace likeness {

namespace {

constexpr int kAsSuits = -1;

int valueOf(const QActionGroup* group) {
    return group->checkedAction()->data().toInt();
}

int value(LinkMode mode) {
    return static_cast<int>(mode);
}

int value(WindowLink mode) {
    return static_cast<int>(mode);
}

} // namespace

LinkButton::LinkButton(bool linked, QWidget* parent)
    : QToolButton(parent) {
    setText(tr("Linked"));
    setProperty("role", QStringLiteral("menu"));
    setIcon(theme::icon(QStringLiteral("link")));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setCheckable(true);
    setChecked(linked);
    setToolTip(tr("Pan, zoom, slice, window and camera follow each other; the arrow says how"));
    setPopupMode(QToolButton::MenuButtonPopup);
    auto* menu = new QMenu(this);
    menu->setToolTipsVisible(true);
    const std::initializer_list<Entry> modes{
        {tr("Same place"), value(LinkMode::absolute)},
        {tr("Keep the offset they have now"), value(LinkMode::keptOffset)},
        {tr("Apart"), value(LinkMode::off)}};
    m_navigation = addGroup(menu, tr("Pan and zoom"), modes);
    m_slices = addGroup(menu, tr("Slices"), modes);
    m_sliceUnit =
        addGroup(menu, tr("Same slices are those"),
                 {{tr("At the same share of the depth"), static_cast<int>(LinkUnit::fraction)},
                  {tr("At the same distance from the middle, if both are calibrated"),
                   static_cast<int>(LinkUnit::micrometre)}});
    m_windows = addGroup(menu, tr("Window and level"),
                         {{tr("As suits the images"), kAsSuits},
                          {tr("Same grey values"), value(WindowLink::byValue)},
                          {tr("Same percentiles"), value(WindowLink::byPercentile)},
                          {tr("Apart"), value(WindowLink::off)}});
    setMenu(menu);
    connect(this, &QToolButton::toggled, this, &LinkButton::changed);
}

QActionGroup*
LinkButton::addGroup(QMenu* menu, const QString& title, std::initializer_list<Entry> entries) {
    if (!menu->isEmpty())
        menu->addSeparator();
    menu->addAction(title)->setEnabled(false);
    auto* group = new QActionGroup(this);
    for (const Entry& entry : entries) {
        QAction* action = menu->addAction(entry.text);
        action->setCheckable(true);
        action->setData(entry.value);
        group->addAction(action);
    }
    group->actions().constFirst()->setChecked(true);
    connect(group, &QActionGroup::triggered, this, [this] {
        // Whoever chooses how views are tied wants them tied.
        if (isChecked())
            Q_EMIT changed();
        else
            setChecked(true);
    });
    return group;
}

LinkChoice LinkButton::choice() const {
    LinkChoice choice;
    choice.navigation = isLinked() ? static_cast<LinkMode>(valueOf(m_navigation)) : LinkMode::off;
    choice.slices = isLinked() ? static_cast<LinkMode>(valueOf(m_slices)) : LinkMode::off;
    choice.sliceUnit = static_cast<LinkUnit>(valueOf(m_sliceUnit));
    return choice;
}

std::optional<WindowLink> LinkButton::windows() const {
    if (!isLinked())
        return WindowLink::off;
    const int chosen = valueOf(m_windows);
    return chosen == kAsSuits ? std::nullopt : std::optional(static_cast<WindowLink>(chosen));
}

} // namespace likeness
