// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/samplelistmodel.h"

#include "ui/models/itemroles.h"
#include "ui/models/thumbnailstore.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <utility>

namespace likeness {

SampleListModel::SampleListModel(ThumbnailStore& thumbnails, QObject* parent)
    : QAbstractListModel(parent)
    , m_thumbnails(thumbnails) {
    connect(&thumbnails, &ThumbnailStore::ready, this, &SampleListModel::onReady);
}

void SampleListModel::setSamples(std::vector<SampleRecord> samples,
                                 std::map<std::string, QString> names) {
    beginResetModel();
    m_samples = std::move(samples);
    m_names = std::move(names);
    m_rows.clear();
    m_rows.reserve(m_samples.size());
    for (std::size_t row = 0; row < m_samples.size(); ++row)
        m_rows.emplace(m_samples[row].id, static_cast<int>(row));
    endResetModel();
}

const SampleRecord* SampleListModel::at(int row) const {
    return row >= 0 && row < static_cast<int>(m_samples.size())
               ? &m_samples[static_cast<std::size_t>(row)]
               : nullptr;
}

int SampleListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_samples.size());
}

QVariant SampleListModel::data(const QModelIndex& index, int role) const {
    const SampleRecord* sample = index.isValid() ? at(index.row()) : nullptr;
    if (!sample)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return titleOf(*sample);
    case Qt::AccessibleTextRole:
        return tr("Sample %1, %2").arg(titleOf(*sample), words::size(*sample));
    case Qt::ToolTipRole:
        return plainToolTip(m_names.empty() ? words::text(sample->sourceName) : titleOf(*sample));
    case Qt::DecorationRole:
        return m_thumbnails.thumbnail(*sample);
    case IdRole:
        return words::text(sample->id);
    case FailedRole:
        return m_thumbnails.failed(sample->id);
    default:
        return {};
    }
}

QString SampleListModel::titleOf(const SampleRecord& sample) const {
    const QString number = tr("%1", "number of a sample in its set").arg(sample.index + 1);
    const auto name = m_names.find(sample.setId);
    return name == m_names.end() ? number : tr("%1 %2").arg(name->second, number);
}

void SampleListModel::onReady(const QString& sampleId) {
    const auto found = m_rows.find(words::utf8(sampleId));
    if (found == m_rows.end())
        return;
    const QModelIndex changed = index(found->second);
    Q_EMIT dataChanged(changed, changed, {Qt::DecorationRole, FailedRole});
}

} // namespace likeness
