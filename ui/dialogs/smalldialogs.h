// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/studying.h"

#include <QString>

#include <functional>

class QWidget;

namespace likeness {

/// Who opens the key and why; both are recorded and must be given.
void askUnblinding(QWidget* parent,
                   const QString& study,
                   const QString& lead,
                   std::function<void(const QString& reason, const QString& by)> confirmed);

/// Number and skill of simulated raters.
void askSimulation(QWidget* parent,
                   const QString& study,
                   std::function<void(const SimulatedPanel&)> confirmed);

} // namespace likeness
