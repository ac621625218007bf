// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/filterbar.h"

#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>

#include <set>

namespace likeness {

FilterBar::FilterBar(QWidget* parent)
    : QWidget(parent)
    , m_domain(new QComboBox)
    , m_origin(new QComboBox)
    , m_generator(new QComboBox)
    , m_text(new QLineEdit)
    , m_count(makeLabel({}, LabelRole::muted)) {
    m_domain->addItem(tr("All domains"));
    for (const Domain domain : {Domain::rock, Domain::fibre, Domain::root})
        m_domain->addItem(words::name(domain), static_cast<int>(domain));
    m_origin->addItem(tr("All origins"));
    for (const Origin origin : {Origin::real, Origin::synthetic, Origin::phantom})
        m_origin->addItem(words::name(origin), static_cast<int>(origin));
    m_generator->addItem(tr("All generators"));
    nameField(m_domain, tr("Domain"));
    nameField(m_origin, tr("Origin"));
    nameField(m_generator, tr("Generator"));
    nameField(m_text, tr("Find"));
    m_text->setPlaceholderText(tr("Find a set, specimen, file, prompt or seed"));
    m_text->setClearButtonEnabled(true);
    m_count->setWordWrap(false);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    for (QComboBox* box : {m_domain, m_origin, m_generator}) {
        row->addWidget(box);
        connect(box, &QComboBox::currentIndexChanged, this, &FilterBar::changed);
    }
    row->addWidget(m_text, 1);
    row->addWidget(m_count);
    connect(m_text, &QLineEdit::textChanged, this, &FilterBar::changed);
}

void FilterBar::setSets(const std::vector<SetRecord>& sets) {
    std::set<QString> names;
    for (const SetRecord& set : sets) {
        if (!set.generator.empty())
            names.insert(words::text(set.generator));
    }
    const QString chosen = m_generator->currentIndex() > 0 ? m_generator->currentText() : QString();
    const QSignalBlocker quiet(m_generator);
    while (m_generator->count() > 1)
        m_generator->removeItem(1);
    for (const QString& name : names)
        m_generator->addItem(name);
    m_generator->setCurrentIndex(
        chosen.isEmpty() ? 0 : std::max(0, m_generator->findText(chosen, Qt::MatchExactly)));
}

SampleFilter FilterBar::filter() const {
    SampleFilter filter;
    if (m_domain->currentIndex() > 0)
        filter.domain = static_cast<Domain>(m_domain->currentData().toInt());
    if (m_origin->currentIndex() > 0)
        filter.origin = static_cast<Origin>(m_origin->currentData().toInt());
    if (m_generator->currentIndex() > 0)
        filter.generator = words::utf8(m_generator->currentText());
    filter.text = m_text->text().trimmed();
    return filter;
}

void FilterBar::clear() {
    if (filter().isEmpty())
        return;
    {
        const QSignalBlocker quiet(this);
        for (QComboBox* box : {m_domain, m_origin, m_generator})
            box->setCurrentIndex(0);
        m_text->clear();
    }
    Q_EMIT changed();
}

void FilterBar::setCount(std::int64_t found, std::int64_t of) {
    const QString all = words::count(of, words::Noun::sample);
    m_count->setText(found == of ? all : tr("%L1 of %2").arg(found).arg(all));
}

} // namespace likeness
