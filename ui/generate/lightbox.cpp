// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/lightbox.h"

#include "ui/models/projectsession.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"
#include "viewers/canvas/imagecanvas.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace likeness {

Lightbox::Lightbox(ProjectSession& session, const GalleryModel& model, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_model(model)
    , m_canvas(new ImageCanvas)
    , m_caption(makeLabel({}, LabelRole::muted))
    , m_previous(makeButton(tr("\u2039 Previous")))
    , m_next(makeButton(tr("Next \u203a")))
    , m_loading(session.jobs()) {
    auto* back = makeButton(tr("Back to all images"));
    m_previous->setAccessibleName(tr("Previous image"));
    m_next->setAccessibleName(tr("Next image"));
    m_caption->setTextInteractionFlags(Qt::TextSelectableByMouse);
    connect(back, &QPushButton::clicked, this, &Lightbox::left);
    connect(m_previous, &QPushButton::clicked, this, [this] { step(-1); });
    connect(m_next, &QPushButton::clicked, this, [this] { step(1); });
    m_canvas->installEventFilter(this);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(back);
    row->addWidget(m_caption, 1);
    row->addWidget(m_previous);
    row->addWidget(m_next);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(row);
    column->addWidget(m_canvas, 1);
}

void Lightbox::show(int row) {
    const GalleryModel::Item* item = m_model.at(row);
    if (!item)
        return;
    m_row = row;
    m_previous->setEnabled(row > 0);
    m_next->setEnabled(row + 1 < m_model.rowCount());
    QStringList parts{words::text(item->setName), words::size(item->sample)};
    if (item->sample.seed)
        parts << tr("seed %1").arg(QString::number(*item->sample.seed));
    m_caption->setText(parts.join(QStringLiteral(" \u00b7 ")));
    m_canvas->setFocus();
    m_loading.start(
        JobSpec{tr("Reading an image"), Lane::pictures, false}, this,
        [source = m_session.pixelSource(), sample = item->sample](JobContext&) {
            return std::make_shared<const Volume>(source(sample));
        },
        [this](std::shared_ptr<const Volume> volume) { m_canvas->setVolume(std::move(volume)); });
    Q_EMIT rowShown(row);
}

void Lightbox::step(int by) {
    if (m_model.at(m_row + by))
        show(m_row + by);
}

bool Lightbox::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool flat = !m_canvas->volume() || m_canvas->volume()->depth() == 1;
    if (key->key() == Qt::Key_Escape)
        Q_EMIT left();
    else if (flat && key->modifiers() == Qt::NoModifier && key->key() == Qt::Key_Left)
        step(-1);
    else if (flat && key->modifiers() == Qt::NoModifier && key->key() == Qt::Key_Right)
        step(1);
    else
        return QWidget::eventFilter(watched, event);
    return true;
}

} // namespace likeness
