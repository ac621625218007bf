// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/windowbox.h"

#include "ui/widgets/labels.h"

#include <QDoubleValidator>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>

namespace likeness {

namespace {

constexpr int kDigits = 6;
constexpr int kFieldWidth = 74;

QLineEdit* makeField(const QString& name) {
    auto* field = new QLineEdit;
    auto* validator = new QDoubleValidator(field);
    validator->setLocale(QLocale::c()); // as the values are written everywhere else
    field->setValidator(validator);
    field->setFixedWidth(kFieldWidth);
    field->setAlignment(Qt::AlignRight);
    nameField(field, name);
    return field;
}

void write(QLineEdit* field, double value) {
    if (!field->hasFocus() || !field->isModified())
        field->setText(QString::number(value, 'g', kDigits));
}

} // namespace

WindowBox::WindowBox(QWidget* parent)
    : QWidget(parent)
    , m_note(makeLabel({}, LabelRole::muted))
    , m_reset(new QToolButton) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    for (std::size_t at = 0; at < 2; ++at) {
        makeSide(at);
        row->addWidget(m_sides[at].box);
    }
    m_note->setWordWrap(false);
    row->addWidget(m_note);
    m_reset->setText(tr("Reset"));
    m_reset->setToolTip(tr("The first window again"));
    connect(m_reset, &QToolButton::clicked, this, [this] {
        if (!m_link)
            return;
        for (const ViewLink::Id view : m_views)
            m_link->resetWindow(view);
    });
    row->addWidget(m_reset);
}

void WindowBox::makeSide(std::size_t at) {
    Side& side = m_sides[at];
    side.box = new QWidget;
    side.name = makeLabel({}, LabelRole::muted);
    side.name->setWordWrap(false);
    side.low = makeField(at == 0 ? tr("Value drawn black") : tr("Value drawn black, right"));
    side.high = makeField(at == 0 ? tr("Value drawn white") : tr("Value drawn white, right"));
    auto* row = new QHBoxLayout(side.box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(5);
    row->addWidget(side.name);
    row->addWidget(side.low);
    row->addWidget(makeLabel(tr("to"), LabelRole::muted));
    row->addWidget(side.high);
    for (QLineEdit* field : {side.low, side.high})
        connect(field, &QLineEdit::editingFinished, this, [this, at] { apply(at); });
}

void WindowBox::watch(ViewLink* link, std::array<ViewLink::Id, 2> views) {
    if (m_link)
        disconnect(m_link, nullptr, this, nullptr);
    m_link = link;
    m_views = views;
    connect(link, &ViewLink::changed, this, &WindowBox::refresh);
    refresh();
}

void WindowBox::setShown(bool on) {
    m_shown = on;
    refresh();
}

void WindowBox::apply(std::size_t at) {
    const Side& side = m_sides[at];
    if (!m_link || (!side.low->isModified() && !side.high->isModified()))
        return;
    bool lowIsNumber = false;
    bool highIsNumber = false;
    const DisplayRange range{side.low->text().toDouble(&lowIsNumber),
                             side.high->text().toDouble(&highIsNumber)};
    side.low->setModified(false);
    side.high->setModified(false);
    const bool usable = lowIsNumber && highIsNumber && range.high > range.low;
    const bool first = !m_link->subject(m_views[0]).isEmpty();
    if (usable)
        m_link->setRange(at == 0 && !first ? m_views[1] : m_views[at], range);
    refresh();
    if (!usable)
        m_note->setText(tr("white must lie above black"));
}

/// What the first window is, so that nobody takes stretched grey values for those of the file.
QString WindowBox::noteText() const {
    if (!m_link->isFirstWindow())
        return tr("set by hand");
    const double tail = ValueSample::kFirstViewTail;
    for (const ViewLink::Id view : m_views) {
        const auto& values = m_link->subject(view).values;
        if (values && values->percentile(tail) >= values->percentile(100.0 - tail))
            return tr("all values");
    }
    return tr("percentiles %1 to %2").arg(tail).arg(100.0 - tail);
}

void WindowBox::refresh() {
    const bool first = m_link && !m_link->subject(m_views[0]).isEmpty();
    const bool second = m_link && !m_link->subject(m_views[1]).isEmpty();
    setVisible(m_shown && (first || second));
    if (!first && !second)
        return;
    const bool apart = first && second && m_link->windowMode() != WindowLink::byValue;
    m_sides[1].box->setVisible(apart);
    m_sides[0].name->setText(apart ? tr("Window left") : tr("Window"));
    m_sides[1].name->setText(tr("right"));
    for (std::size_t at = 0; at < 2; ++at) {
        const DisplayRange range = m_link->view(m_views[at == 0 && !first ? 1 : at]).range;
        write(m_sides[at].low, range.low);
        write(m_sides[at].high, range.high);
    }
    m_note->setText(noteText());
    m_reset->setEnabled(!m_link->isFirstWindow());
}

} // namespace likeness
