// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace likeness {

/// What stands where there is nothing yet: one sentence on what to do next, and the button that
/// does it.
class EmptyState final : public QWidget {
    Q_OBJECT

public:
    EmptyState(const QString& title,
               const QString& sentence,
               const QString& action = {},
               QWidget* parent = nullptr);

Q_SIGNALS:
    void actionChosen();
};

} // namespace likeness
