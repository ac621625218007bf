// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

#include <cstdint>

namespace likeness {

/// A field for the seed of one image as samples record it: a whole number of 64 bits.
class SeedEdit final : public QLineEdit {
    Q_OBJECT

public:
    explicit SeedEdit(QWidget* parent = nullptr);

    [[nodiscard]] std::uint64_t seed() const; ///< 0 while there is none
    void setSeed(std::uint64_t seed);

Q_SIGNALS:
    void seedChanged();
};

} // namespace likeness
