// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/seededit.h"

#include <QRegularExpression>
#include <QRegularExpressionValidator>

#include <limits>

namespace likeness {

SeedEdit::SeedEdit(QWidget* parent)
    : QLineEdit(QStringLiteral("0"), parent) {
    static const QRegularExpression digits(QStringLiteral("[0-9]{1,20}"));
    setValidator(new QRegularExpressionValidator(digits, this));
    setToolTip(tr("The seed of one image, as the gallery shows it"));
    connect(this, &QLineEdit::editingFinished, this, [this] { setSeed(seed()); });
    connect(this, &QLineEdit::textChanged, this, &SeedEdit::seedChanged);
}

std::uint64_t SeedEdit::seed() const {
    bool fits = false;
    const std::uint64_t value = text().toULongLong(&fits);
    return fits || text().isEmpty() ? value : std::numeric_limits<std::uint64_t>::max();
}

void SeedEdit::setSeed(std::uint64_t seed) {
    setText(QString::number(seed));
}

} // namespace likeness
