// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/heldouttable.h"

#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QGridLayout>
#include <QLabel>

namespace likeness {

HeldOutTable::HeldOutTable(QWidget* parent)
    : QWidget(parent) {
    setAccessibleName(tr("Distance from held-out crops"));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(14);
    grid->setVerticalSpacing(3);
    const QString titles[] = {tr("Distance from held-out crops"), tr("porosity"), tr("two-point"),
                              tr("spectrum"), tr("together")};
    const QString tips[] = {
        tr("Crops of a part that the model never saw"),
        tr("Absolute difference of porosity, as a volume fraction"),
        tr("RMSE of the radial two-point correlation, lags 0 to 24 pixels"),
        tr("RMSE of the radial power spectrum, in decibels"),
        tr("Mean of the three, each in units of the distance of real crops from each other: 1 is "
           "as close as real crops are")};
    for (int column = 0; column < static_cast<int>(kColumns); ++column) {
        QLabel* title = makeLabel(titles[column], LabelRole::muted);
        title->setWordWrap(false);
        title->setToolTip(tips[column]);
        grid->addWidget(title, 0, column, column == 0 ? Qt::AlignLeft : Qt::AlignRight);
    }
    for (std::size_t row = 0; row < kRows; ++row) {
        for (std::size_t column = 0; column < kColumns; ++column) {
            QLabel* cell = makeLabel({});
            cell->setTextInteractionFlags(Qt::TextSelectableByMouse);
            m_cells[row][column] = cell;
            grid->addWidget(cell, static_cast<int>(row) + 1, static_cast<int>(column),
                            column == 0 ? Qt::AlignLeft : Qt::AlignRight);
        }
    }
    grid->setColumnStretch(static_cast<int>(kColumns), 1);
    hide();
}

void HeldOutTable::setRow(std::size_t row,
                          const QString& title,
                          const std::optional<HeldOutFigures>& of) {
    const QString texts[] = {title, of ? words::number(of->porosityDifference) : QString(),
                             of ? words::number(of->s2Rmse) : QString(),
                             of ? tr("%1 dB").arg(words::number(of->spectrumDb)) : QString(),
                             of ? words::number(of->score) : QString()};
    for (std::size_t column = 0; column < kColumns; ++column) {
        m_cells[row][column]->setText(texts[column]);
        m_cells[row][column]->setVisible(of.has_value());
    }
}

void HeldOutTable::setFigures(const std::optional<HeldOutFigures>& newest,
                              const std::optional<HeldOutFigures>& best,
                              const std::optional<HeldOutFigures>& floor) {
    setRow(0, newest ? tr("generated, step %L1").arg(newest->step) : QString(), newest);
    setRow(1, best ? tr("best, step %L1").arg(best->step) : QString(), best);
    setRow(2, tr("real training crops"), floor);
    setVisible(newest || best || floor);
}

} // namespace likeness
