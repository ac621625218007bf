// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QHBoxLayout;

namespace likeness {

/// The line at the top of a page: its name, one sentence on what it is for, and its actions at the
/// right.
class PageHeader final : public QWidget {
    Q_OBJECT

public:
    PageHeader(const QString& title, const QString& sentence, QWidget* parent = nullptr);

    void addAction(QWidget* widget);

private:
    QHBoxLayout* m_actions;
};

} // namespace likeness
