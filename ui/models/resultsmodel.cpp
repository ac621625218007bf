// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/resultsmodel.h"

#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QFont>

#include <utility>

namespace likeness {

namespace {

QString shown(const ResultsColumn& column, const ResultsCell& cell) {
    if (column.isText)
        return cell.text;
    if (column.isCount && cell.value)
        return ResultsModel::tr("%L1").arg(static_cast<qlonglong>(*cell.value));
    if (column.hasInterval)
        return words::withInterval(cell.value, cell.lo, cell.hi);
    return words::withInterval(cell.value, {}, {});
}

QString tooltip(const ResultsColumn& column, const ResultsCell& cell) {
    QStringList lines{column.definition};
    if (column.isText)
        return column.definition;
    if (!cell.method.isEmpty())
        lines << cell.method;
    if (cell.n > 0)
        lines << ResultsModel::tr("n = %L1").arg(cell.n);
    if (cell.value && cell.lo && cell.hi)
        lines << ResultsModel::tr("95 % interval: %1 to %2")
                     .arg(words::number(*cell.lo), words::number(*cell.hi));
    if (!cell.reason.isEmpty())
        lines << cell.reason;
    lines.removeAll(QString());
    return lines.join(QLatin1Char('\n'));
}

} // namespace

ResultsModel::ResultsModel(QObject* parent)
    : QAbstractTableModel(parent) {}

void ResultsModel::setTable(ResultsTable table) {
    beginResetModel();
    m_table = std::move(table);
    endResetModel();
}

int ResultsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_table.rows.size());
}

int ResultsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_table.columns.size());
}

QVariant ResultsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const ResultsColumn& column = m_table.columns.at(static_cast<std::size_t>(index.column()));
    const ResultsRow& row = m_table.rows.at(static_cast<std::size_t>(index.row()));
    const ResultsCell& cell = row.cells.at(static_cast<std::size_t>(index.column()));
    switch (role) {
    case Qt::DisplayRole:
        return shown(column, cell);
    case Qt::ToolTipRole:
        return plainToolTip(tooltip(column, cell));
    case Qt::TextAlignmentRole:
        return static_cast<int>(Qt::AlignVCenter |
                                (column.isText ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::FontRole: {
        QFont font;
        font.setBold(row.reference && column.isText);
        return font;
    }
    case SortRole:
        if (column.isText)
            return cell.text;
        return cell.value ? QVariant(*cell.value) : QVariant();
    case ReferenceRole:
        return row.reference;
    default:
        return {};
    }
}

QVariant ResultsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const ResultsColumn& column = m_table.columns.at(static_cast<std::size_t>(section));
    switch (role) {
    case Qt::DisplayRole:
        return column.unit.isEmpty() ? column.title
                                     : QStringLiteral("%1 [%2]").arg(column.title, column.unit);
    case Qt::ToolTipRole:
        return plainToolTip(column.definition);
    case Qt::TextAlignmentRole:
        return static_cast<int>(Qt::AlignVCenter |
                                (column.isText ? Qt::AlignLeft : Qt::AlignRight));
    default:
        return {};
    }
}

ResultsSortProxy::ResultsSortProxy(QObject* parent)
    : QSortFilterProxyModel(parent) {
    setSortRole(ResultsModel::SortRole);
}

bool ResultsSortProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const QVariant a = left.data(sortRole());
    const QVariant b = right.data(sortRole());
    if (!a.isValid() || !b.isValid()) {
        if (a.isValid() == b.isValid())
            return false;
        // Descending order asks with the sides exchanged.
        return sortOrder() == Qt::AscendingOrder ? a.isValid() : b.isValid();
    }
    if (a.typeId() == QMetaType::Double)
        return a.toDouble() < b.toDouble();
    return QString::localeAwareCompare(a.toString(), b.toString()) < 0;
}

} // namespace likeness
