// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/samplefilter.h"

#include <QWidget>

#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;

namespace likeness {

/// Says which sets and samples are looked for, and how many were found.
class FilterBar final : public QWidget {
    Q_OBJECT

public:
    explicit FilterBar(QWidget* parent = nullptr);

    /// What can be chosen: the generators of these. A choice that no longer exists is dropped.
    void setSets(const std::vector<SetRecord>& sets);

    [[nodiscard]] SampleFilter filter() const;
    void clear();

    void setCount(std::int64_t found, std::int64_t of);

Q_SIGNALS:
    void changed();

private:
    QComboBox* m_domain;
    QComboBox* m_origin;
    QComboBox* m_generator;
    QLineEdit* m_text;
    QLabel* m_count;
};

} // namespace likeness
