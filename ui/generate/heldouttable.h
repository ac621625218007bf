// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/training.h"

#include <QWidget>

#include <array>
#include <optional>

class QLabel;

namespace likeness {

/// How far generated crops lie from held-out real ones, now and at best, and how far the training
/// crops lie from them, which is the floor. Hidden while there are no figures.
class HeldOutTable final : public QWidget {
    Q_OBJECT

public:
    explicit HeldOutTable(QWidget* parent = nullptr);

    void setFigures(const std::optional<HeldOutFigures>& newest,
                    const std::optional<HeldOutFigures>& best,
                    const std::optional<HeldOutFigures>& floor);

private:
    static constexpr std::size_t kRows = 3;
    static constexpr std::size_t kColumns = 5;

    void setRow(std::size_t row, const QString& title, const std::optional<HeldOutFigures>& of);

    std::array<std::array<QLabel*, kColumns>, kRows> m_cells{};
};

} // namespace likeness
