// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/maskbar.h"

#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace likeness {

MaskBar::MaskBar(MaskBrush& brush, QWidget* parent)
    : QWidget(parent)
    , m_brush(brush)
    , m_diameter(new QSpinBox)
    , m_undo(makeButton(tr("Undo")))
    , m_clear(makeButton(tr("Clear")))
    , m_share(makeLabel({}, LabelRole::muted)) {
    auto* group = new QButtonGroup(this);
    auto* row = new QHBoxLayout;
    auto* second = new QHBoxLayout;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    for (QHBoxLayout* line : {row, second}) {
        line->setSpacing(6);
        column->addLayout(line);
    }
    for (QPushButton* mode : {addMode(tr("Brush"), tr("B"), MaskBrush::Mode::paint),
                              addMode(tr("Eraser"), tr("E"), MaskBrush::Mode::erase),
                              addMode(tr("Box"), tr("M"), MaskBrush::Mode::box)}) {
        group->addButton(mode);
        row->addWidget(mode);
        if (group->buttons().size() == 1)
            mode->setChecked(true);
    }
    m_diameter->setRange(1, 512);
    m_diameter->setValue(brush.diameter());
    m_diameter->setSuffix(tr(" px"));
    nameField(m_diameter, tr("Width of the brush"));
    m_diameter->setToolTip(tr("Width of the brush"));
    connect(m_diameter, &QSpinBox::valueChanged, &brush, &MaskBrush::setDiameter);
    auto* middle = makeButton(tr("Middle"));
    middle->setToolTip(tr("Marks the middle of the image"));
    connect(middle, &QPushButton::clicked, &brush, [&brush] {
        const QSize size = brush.mask().size();
        brush.fillBox({size.width() / 4, size.height() / 4, size.width() / 2, size.height() / 2});
    });
    auto* file = makeButton(tr("From file\u2026"));
    file->setToolTip(tr("A mask of the size of the image; what is not black is made anew"));
    connect(file, &QPushButton::clicked, this, &MaskBar::fileWanted);
    connect(m_undo, &QPushButton::clicked, &brush, &MaskBrush::undo);
    connect(m_clear, &QPushButton::clicked, &brush, &MaskBrush::clear);
    connect(&brush, &MaskBrush::maskChanged, this, &MaskBar::refresh);
    row->addWidget(m_diameter);
    row->addStretch(1);
    for (QPushButton* button : {m_undo, m_clear, middle, file})
        second->addWidget(button);
    second->addWidget(m_share, 1);
    m_share->setWordWrap(false);
    refresh();
}

QPushButton* MaskBar::addMode(const QString& text, const QString& key, MaskBrush::Mode mode) {
    QPushButton* button = makeButton(text);
    button->setCheckable(true);
    button->setShortcut(QKeySequence(key));
    button->setToolTip(tr("%1 (%2)").arg(text, key));
    connect(button, &QPushButton::clicked, this, [this, mode] { m_brush.setMode(mode); });
    return button;
}

void MaskBar::refresh() {
    m_undo->setEnabled(m_brush.canUndo());
    m_clear->setEnabled(!m_brush.isEmpty());
    constexpr double kPercent = 100.0;
    m_share->setText(m_brush.isEmpty()
                         ? tr("nothing marked")
                         : tr("%1 % marked").arg(words::number(kPercent * m_brush.share())));
}

} // namespace likeness
