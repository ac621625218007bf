// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <exception>
#include <functional>

class QWidget;

/// Short dialogs: plain text, no nested event loop, gone when closed.
namespace likeness {

void showMessage(QWidget* parent,
                 const QString& heading,
                 const QString& sentence,
                 const QStringList& details = {});

/// What failed, why and what to do.
void showFailure(QWidget* parent, const std::exception_ptr& failure);

/// Asks before something that cannot be taken back; `action` is the word on the button.
void askThen(QWidget* parent,
             const QString& heading,
             const QString& sentence,
             const QString& action,
             std::function<void()> confirmed);

} // namespace likeness
