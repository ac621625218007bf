// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/studylistmodel.h"

#include "ui/models/itemroles.h"
#include "ui/widgets/theme.h"
#include "ui/words.h"

#include <algorithm>
#include <utility>

namespace likeness {

StudyListModel::StudyListModel(QObject* parent)
    : QAbstractListModel(parent) {}

void StudyListModel::setStudies(std::vector<StudyRecord> studies) {
    std::stable_sort(
        studies.begin(), studies.end(),
        [](const StudyRecord& a, const StudyRecord& b) { return a.createdAt > b.createdAt; });
    beginResetModel();
    m_studies = std::move(studies);
    endResetModel();
}

const StudyRecord* StudyListModel::at(int row) const {
    return row >= 0 && row < static_cast<int>(m_studies.size())
               ? &m_studies[static_cast<std::size_t>(row)]
               : nullptr;
}

int StudyListModel::rowOf(const std::string& id) const {
    const auto found = std::find_if(m_studies.begin(), m_studies.end(),
                                    [&](const StudyRecord& study) { return study.id == id; });
    return found == m_studies.end() ? -1 : static_cast<int>(found - m_studies.begin());
}

int StudyListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_studies.size());
}

QVariant StudyListModel::data(const QModelIndex& index, int role) const {
    const StudyRecord* study = index.isValid() ? at(index.row()) : nullptr;
    if (!study)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return words::text(study->name);
    case Qt::AccessibleTextRole:
        return tr("%1, %2").arg(words::text(study->name), words::name(study->state));
    case IdRole:
        return words::text(study->id);
    case DetailRole: {
        QStringList parts;
        if (study->answers > 0)
            parts << words::count(study->answers, words::Noun::answer);
        parts << words::protocolName(study->protocol);
        return parts.join(QStringLiteral(" \u00b7 "));
    }
    case TrailingRole:
        return study->simulated ? tr("simulated") : QString();
    case BadgeRole:
        return words::name(study->state);
    case BadgeColourRole:
        return study->state == StudyState::draft ? theme::kMuted : theme::kAccent;
    default:
        return {};
    }
}

} // namespace likeness
