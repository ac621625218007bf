// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QStringList>
#include <QWidget>

#include <vector>

namespace likeness {

/// Rows of pictures that belong together column by column, such as two models' images of the same
/// seeds. A click, or Left and Right, chooses a column. Small pictures grow without smoothing,
/// so that their pixels stay what they are. As high as its rows at its width.
class SeedGrid final : public QWidget {
    Q_OBJECT

public:
    explicit SeedGrid(QWidget* parent = nullptr);

    void setRows(std::vector<std::vector<QImage>> rows, const QStringList& titles);
    void setColumn(int column); ///< -1: none

    [[nodiscard]] int column() const { return m_column; }

    [[nodiscard]] int columns() const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void columnChosen(int column);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] int edge(int width) const;
    [[nodiscard]] int heightFor(int width) const;
    void choose(int column);

    std::vector<std::vector<QImage>> m_rows;
    QStringList m_titles;
    int m_column = -1;
};

} // namespace likeness
