// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QString>

#include <utility>
#include <vector>

class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace likeness {

/// A card of named values, such as what is known of a sample. Values can be selected and copied.
class DetailsPanel final : public QFrame {
    Q_OBJECT

public:
    using Rows = std::vector<std::pair<QString, QString>>;

    explicit DetailsPanel(QWidget* parent = nullptr);

    void setSection(int section,
                    const QString& title,
                    const Rows& rows); ///< sections 0 and 1; no rows hide it
    void addWidget(QWidget* widget);   ///< right below the sections
    void addAtBottom(QWidget* widget);

private:
    struct Section {
        QLabel* title = nullptr;
        QGridLayout* grid = nullptr;
    };

    std::vector<Section> m_sections;
    QVBoxLayout* m_column;
    int m_stretch = 0; // place of the stretch in the column
};

} // namespace likeness
