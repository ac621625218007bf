// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/viewablepicker.h"

#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace likeness {

ViewablePicker::ViewablePicker(const QString& label, QWidget* parent)
    : QWidget(parent)
    , m_set(new QComboBox)
    , m_item(new QComboBox)
    , m_previous(new QToolButton)
    , m_next(new QToolButton) {
    nameField(m_set, tr("%1: set").arg(label));
    nameField(m_item, tr("%1: image").arg(label));
    m_previous->setText(QStringLiteral("\u2039"));
    m_next->setText(QStringLiteral("\u203a"));
    m_previous->setToolTip(tr("Previous image"));
    m_next->setToolTip(tr("Next image"));
    nameField(m_previous, tr("%1: previous image").arg(label));
    nameField(m_next, tr("%1: next image").arg(label));
    m_set->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_item->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_set->setMinimumContentsLength(12);
    m_item->setMinimumContentsLength(10);
    m_item->setMaxVisibleItems(20);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    row->addWidget(makeLabel(label, LabelRole::section));
    row->addWidget(m_set, 3);
    row->addWidget(m_previous);
    row->addWidget(m_item, 2);
    row->addWidget(m_next);
    connect(m_set, &QComboBox::currentIndexChanged, this, [this] {
        fillItems({});
        Q_EMIT changed();
    });
    connect(m_item, &QComboBox::currentIndexChanged, this, [this] {
        refreshButtons();
        Q_EMIT changed();
    });
    connect(m_previous, &QToolButton::clicked, this, [this] { step(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { step(1); });
    refreshButtons();
}

void ViewablePicker::setSnapshot(std::shared_ptr<const ProjectSnapshot> snapshot,
                                 const std::function<bool(const SetRecord&)>& preferred) {
    const Viewable* shown = current();
    const std::string sample = shown ? shown->samples.front().id : std::string();
    const bool wasStack = shown && shown->isStack();
    const QString set = m_set->currentData().toString();
    {
        const QSignalBlocker quiet(m_set);
        m_snapshot = std::move(snapshot);
        m_set->clear();
        int fallback = 0;
        bool found = false;
        for (std::size_t i = 0; m_snapshot && i < m_snapshot->sets.size(); ++i) {
            const SetRecord& record = m_snapshot->sets[i];
            m_set->addItem(words::text(record.name), words::text(record.id));
            if (!found && preferred(record)) {
                fallback = static_cast<int>(i);
                found = true;
            }
        }
        const int kept = m_set->findData(set);
        m_set->setCurrentIndex(kept >= 0 ? kept : (m_set->count() > 0 ? fallback : -1));
    }
    fillItems(wasStack ? std::string() : sample);
    Q_EMIT changed();
}

void ViewablePicker::fillItems(const std::string& sampleId) {
    const QSignalBlocker quiet(m_item);
    m_item->clear();
    m_viewables.clear();
    if (m_snapshot && m_set->currentIndex() >= 0)
        m_viewables =
            viewablesOf(m_snapshot->samplesOf(words::utf8(m_set->currentData().toString())));
    int chosen = m_viewables.empty() ? -1 : 0;
    for (std::size_t i = 0; i < m_viewables.size(); ++i) {
        m_item->addItem(m_viewables[i].title);
        if (!sampleId.empty() && !m_viewables[i].isStack() &&
            m_viewables[i].samples.front().id == sampleId)
            chosen = static_cast<int>(i);
    }
    m_item->setCurrentIndex(chosen);
    refreshButtons();
}

void ViewablePicker::choose(const std::string& setId, const std::string& sampleId) {
    const int row = m_set->findData(words::text(setId));
    if (row < 0)
        return;
    {
        const QSignalBlocker quiet(m_set);
        m_set->setCurrentIndex(row);
    }
    fillItems(sampleId);
    Q_EMIT changed();
}

void ViewablePicker::step(int by) {
    const int wanted = m_item->currentIndex() + by;
    if (wanted >= 0 && wanted < m_item->count())
        m_item->setCurrentIndex(wanted);
}

const Viewable* ViewablePicker::current() const {
    const int row = m_item->currentIndex();
    return row >= 0 && row < static_cast<int>(m_viewables.size())
               ? &m_viewables[static_cast<std::size_t>(row)]
               : nullptr;
}

std::optional<SetRecord> ViewablePicker::currentSet() const {
    if (!m_snapshot)
        return std::nullopt;
    const SetRecord* set = m_snapshot->findSet(words::utf8(m_set->currentData().toString()));
    return set ? std::optional<SetRecord>(*set) : std::nullopt;
}

void ViewablePicker::refreshButtons() {
    m_previous->setEnabled(m_item->currentIndex() > 0);
    m_next->setEnabled(m_item->currentIndex() >= 0 && m_item->currentIndex() + 1 < m_item->count());
}

} // namespace likeness
