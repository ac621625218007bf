// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/comparebar.h"

#include "ui/widgets/labels.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QStandardItemModel>

namespace likeness {

CompareBar::CompareBar(ComparePanes& panes, QWidget* parent)
    : QWidget(parent)
    , m_panes(panes)
    , m_mode(new QComboBox)
    , m_colours(new QComboBox)
    , m_rate(new QDoubleSpinBox) {
    setupModes();
    setupColours();
    m_rate->setRange(0.0, ComparePanes::kMaximumBlinkRate);
    m_rate->setSingleStep(0.5);
    m_rate->setDecimals(1);
    m_rate->setSuffix(tr(" per second"));
    m_rate->setSpecialValueText(tr("while X is held"));
    m_rate->setToolTip(tr("How often the image changes by itself"));
    nameField(m_rate, tr("Changes of image"));
    connect(m_rate, &QDoubleSpinBox::valueChanged, &panes, &ComparePanes::setBlinkRate);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(10);
    row->addWidget(m_mode);
    row->addWidget(m_rate);
    row->addWidget(m_colours);
    refresh();
}

void CompareBar::setupModes() {
    const auto add = [this](CompareMode mode, const QString& name) {
        m_mode->addItem(name, static_cast<int>(mode));
    };
    add(CompareMode::sideBySide, tr("Side by side"));
    add(CompareMode::four, tr("Four images"));
    add(CompareMode::swipe, tr("Swipe"));
    add(CompareMode::blink, tr("Blink"));
    add(CompareMode::checkerboard, tr("Checkerboard"));
    add(CompareMode::difference, tr("Difference"));
    nameField(m_mode, tr("Comparison"));
    connect(m_mode, &QComboBox::activated, this, [this] {
        m_panes.setMode(static_cast<CompareMode>(m_mode->currentData().toInt()));
        m_panes.canvas(0)->setFocus(); // so that the keys of the mode work at once
    });
    connect(&m_panes, &ComparePanes::modeChanged, this, &CompareBar::refresh);
}

void CompareBar::setupColours() {
    const auto add = [this](ColourMap map, const QString& name) {
        m_colours->addItem(name, static_cast<int>(map));
    };
    add(ColourMap::grey, tr("Grey"));
    add(ColourMap::viridis, QStringLiteral("Viridis"));
    add(ColourMap::cividis, QStringLiteral("Cividis"));
    add(ColourMap::magma, QStringLiteral("Magma"));
    add(ColourMap::diverging, tr("Blue to red"));
    m_colours->setToolTip(tr("Colours of grey images"));
    nameField(m_colours, tr("Colours"));
    connect(m_colours, &QComboBox::activated, this, [this] {
        m_panes.setColours(colours());
        Q_EMIT coloursChosen(colours());
    });
}

ColourMap CompareBar::colours() const {
    return static_cast<ColourMap>(m_colours->currentData().toInt());
}

void CompareBar::setModesVisible(bool on) {
    m_modesVisible = on;
    refresh();
}

void CompareBar::refresh() {
    auto* items = qobject_cast<QStandardItemModel*>(m_mode->model());
    for (int i = 0; i < m_mode->count(); ++i) {
        const QString reason =
            m_panes.reasonAgainst(static_cast<CompareMode>(m_mode->itemData(i).toInt()));
        items->item(i)->setEnabled(reason.isEmpty());
        items->item(i)->setToolTip(reason);
    }
    m_mode->setCurrentIndex(m_mode->findData(static_cast<int>(m_panes.mode())));
    m_mode->setVisible(m_modesVisible);
    m_rate->setVisible(m_modesVisible && m_panes.mode() == CompareMode::blink);
}

} // namespace likeness
