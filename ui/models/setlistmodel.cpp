// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/setlistmodel.h"

#include "ui/models/itemroles.h"
#include "ui/widgets/theme.h"
#include "ui/words.h"

#include <algorithm>
#include <utility>

namespace likeness {

SetListModel::SetListModel(QObject* parent)
    : QAbstractListModel(parent) {}

void SetListModel::setSets(std::vector<SetRecord> sets) {
    beginResetModel();
    m_sets = std::move(sets);
    endResetModel();
}

const SetRecord* SetListModel::at(int row) const {
    return row >= 0 && row < static_cast<int>(m_sets.size())
               ? &m_sets[static_cast<std::size_t>(row)]
               : nullptr;
}

int SetListModel::rowOf(const std::string& id) const {
    const auto found = std::find_if(m_sets.begin(), m_sets.end(),
                                    [&](const SetRecord& set) { return set.id == id; });
    return found == m_sets.end() ? -1 : static_cast<int>(found - m_sets.begin());
}

int SetListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_sets.size());
}

QVariant SetListModel::data(const QModelIndex& index, int role) const {
    const SetRecord* set = index.isValid() ? at(index.row()) : nullptr;
    if (!set)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return words::text(set->name);
    case Qt::AccessibleTextRole:
        return tr("%1, %2, %3, %4")
            .arg(words::text(set->name), words::name(set->domain), words::name(set->origin),
                 words::count(set->samples, words::Noun::sample));
    case IdRole:
        return words::text(set->id);
    case DetailRole: {
        const QString domain = words::name(set->domain);
        const QString kind = set->masks ? tr("%1 masks").arg(domain) : domain;
        return set->generator.empty() ? kind
                                      : tr("%1 \u00b7 %2").arg(kind, words::text(set->generator));
    }
    case TrailingRole:
        return tr("%L1").arg(static_cast<qlonglong>(set->samples));
    case ColourRole:
        return theme::colour(set->domain);
    case BadgeRole:
        return words::name(set->origin);
    case BadgeColourRole:
        return theme::colour(set->origin);
    default:
        return {};
    }
}

} // namespace likeness
