// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/compare/comparepanes.h"

#include "viewers/canvas/imagecanvas.h"

#include <QFocusEvent>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>

namespace likeness {

namespace {

constexpr int kHoldKey = Qt::Key_X;

} // namespace

ComparePanes::ComparePanes(QWidget* parent)
    : QWidget(parent)
    , m_link(new ViewLink(this)) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    for (int i = 0; i < 2; ++i) {
        const auto at = static_cast<std::size_t>(i);
        m_labels[at] = new QLabel(this);
        m_labels[at]->setTextFormat(Qt::PlainText);
        m_canvases[at] = new ImageCanvas(this);
        m_canvases[at]->setLink(m_link);
        m_canvases[at]->setAccessibleName(i == 0 ? tr("Left image") : tr("Right image"));
        m_canvases[at]->installEventFilter(this);
        m_labels[at]->setBuddy(m_canvases[at]);
        grid->addWidget(m_labels[at], 0, i);
        grid->addWidget(m_canvases[at], 1, i);
        grid->setColumnStretch(i, 1);
        connect(m_canvases[at], &ImageCanvas::probed, this,
                [this, i](const PixelProbe& probe) { Q_EMIT probed(i, probe); });
    }
    grid->setRowStretch(1, 1);
}

ComparePanes::~ComparePanes() = default;

ImageCanvas* ComparePanes::canvas(int pane) const {
    return m_canvases.at(static_cast<std::size_t>(pane));
}

void ComparePanes::setPicture(int pane,
                              std::shared_ptr<const Volume> volume,
                              const QString& label) {
    setFlicker(false);
    canvas(pane)->setVolume(std::move(volume));
    m_labels.at(static_cast<std::size_t>(pane))->setText(label);
    // A mode that is not the last suggestion was chosen by hand.
    if (m_link->windowMode() == m_suggested) {
        m_suggested = m_link->suggestedWindowMode();
        m_link->setWindowMode(m_suggested);
    }
}

void ComparePanes::setFlicker(bool on) {
    if (on == m_flicker)
        return;
    m_flicker = on;
    m_canvases[0]->setStandIn(on ? m_canvases[1]->frame() : QImage());
}

void ComparePanes::keyPressEvent(QKeyEvent* event) {
    if (event->key() != kHoldKey || event->modifiers() != Qt::NoModifier) {
        QWidget::keyPressEvent(event);
        return;
    }
    if (!event->isAutoRepeat())
        setFlicker(true);
}

void ComparePanes::keyReleaseEvent(QKeyEvent* event) {
    if (event->key() != kHoldKey) {
        QWidget::keyReleaseEvent(event);
        return;
    }
    if (!event->isAutoRepeat())
        setFlicker(false);
}

bool ComparePanes::eventFilter(QObject* watched, QEvent* event) {
    // The release is never seen once the focus has gone.
    if (event->type() == QEvent::FocusOut)
        setFlicker(false);
    return QWidget::eventFilter(watched, event);
}

} // namespace likeness
