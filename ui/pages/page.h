// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace likeness {

enum class PageId { samples, generate, inspect, study, rate, results };

/// One of the six places of the window. A page gets its collaborators in its constructor and talks
/// upward in signals.
class Page : public QWidget {
    Q_OBJECT

public:
    explicit Page(QWidget* parent = nullptr)
        : QWidget(parent) {}

    /// Called each time the page comes to the front.
    virtual void entered() {}

    /// A setting that a page reads was changed elsewhere.
    virtual void settingsChanged() {}

Q_SIGNALS:
    /// One sentence for the bottom line of the window.
    void messageRaised(const QString& sentence, bool isError);

    /// While on, the window shows nothing but this page.
    void focusModeChanged(bool on);
};

} // namespace likeness
