// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/resultstable.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

namespace likeness {

/// The results table for a view: formatted text to show, raw values to sort by, definitions in the
/// tooltips.
class ResultsModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Role {
        SortRole = Qt::UserRole, ///< double, or text; invalid for a missing value
        ReferenceRole            ///< true in the reference set's row
    };

    explicit ResultsModel(QObject* parent = nullptr);

    void setTable(ResultsTable table);

    [[nodiscard]] const ResultsTable& table() const { return m_table; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant
    headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    ResultsTable m_table;
};

/// Sorts by raw value; a missing value comes last in either direction.
class ResultsSortProxy final : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit ResultsSortProxy(QObject* parent = nullptr);

protected:
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
};

} // namespace likeness
