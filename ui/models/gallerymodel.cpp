// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/gallerymodel.h"

#include "ui/models/itemroles.h"
#include "ui/models/projectsession.h"
#include "ui/models/thumbnailstore.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <algorithm>
#include <utility>

namespace likeness {

namespace {

// Seeds have up to twenty digits; a thumbnail has room for the last ones, which differ.
QString shortSeed(std::uint64_t seed) {
    constexpr qsizetype kRoom = 9;
    const QString digits = QString::number(seed);
    return digits.size() <= kRoom ? digits : QStringLiteral("\u2026") + digits.last(kRoom - 1);
}

} // namespace

GalleryModel::GalleryModel(ThumbnailStore& thumbnails, QObject* parent)
    : QAbstractListModel(parent)
    , m_thumbnails(thumbnails) {
    connect(&thumbnails, &ThumbnailStore::ready, this, [this](const QString& sampleId) {
        const int row = rowOf(words::utf8(sampleId));
        if (row >= 0)
            Q_EMIT dataChanged(index(row), index(row), {Qt::DecorationRole, FailedRole});
    });
}

void GalleryModel::setItems(std::vector<Item> items) {
    const auto same = [](const Item& a, const Item& b) { return a.sample.id == b.sample.id; };
    if (std::equal(items.begin(), items.end(), m_items.begin(), m_items.end(), same))
        return; // keeps what is selected
    beginResetModel();
    m_items = std::move(items);
    m_rows.clear();
    for (std::size_t row = 0; row < m_items.size(); ++row)
        m_rows[m_items[row].sample.id] = static_cast<int>(row);
    endResetModel();
}

const GalleryModel::Item* GalleryModel::at(int row) const {
    return row >= 0 && row < static_cast<int>(m_items.size())
               ? &m_items[static_cast<std::size_t>(row)]
               : nullptr;
}

int GalleryModel::rowOf(const std::string& sampleId) const {
    const auto found = m_rows.find(sampleId);
    return found == m_rows.end() ? -1 : found->second;
}

int GalleryModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_items.size());
}

QVariant GalleryModel::data(const QModelIndex& index, int role) const {
    const Item* item = index.isValid() ? at(index.row()) : nullptr;
    if (!item)
        return {};
    const SampleRecord& sample = item->sample;
    switch (role) {
    case Qt::DisplayRole:
        return sample.seed ? shortSeed(*sample.seed) : tr("%1").arg(sample.index + 1);
    case Qt::AccessibleTextRole:
        return sample.seed
                   ? tr("Image %1 of %2, seed %3")
                         .arg(sample.index + 1)
                         .arg(words::text(item->setName), QString::number(*sample.seed))
                   : tr("Image %1 of %2").arg(sample.index + 1).arg(words::text(item->setName));
    case Qt::ToolTipRole:
        return plainToolTip(data(index, Qt::AccessibleTextRole).toString());
    case Qt::DecorationRole:
        return m_thumbnails.thumbnail(sample);
    case IdRole:
        return words::text(sample.id);
    case FailedRole:
        return m_thumbnails.failed(sample.id);
    default:
        return {};
    }
}

std::vector<GalleryModel::Item> imagesOf(const ProjectSnapshot& snapshot,
                                         const std::string& checkpointId,
                                         const std::string& setId) {
    std::vector<GalleryModel::Item> items;
    if (checkpointId.empty())
        return items;
    for (const SetRecord& set : setsOf(snapshot, checkpointId)) {
        if (!setId.empty() && set.id != setId)
            continue;
        for (const SampleRecord& sample : snapshot.samplesOf(set.id)) {
            if (sample.checkpointId == checkpointId)
                items.push_back({sample, set.name});
        }
    }
    return items;
}

std::vector<SetRecord> setsOf(const ProjectSnapshot& snapshot, const std::string& checkpointId) {
    std::vector<SetRecord> sets;
    for (auto set = snapshot.sets.rbegin(); set != snapshot.sets.rend(); ++set) {
        const auto& samples = snapshot.samplesOf(set->id);
        if (std::any_of(samples.begin(), samples.end(), [&](const SampleRecord& sample) {
                return sample.checkpointId == checkpointId;
            }))
            sets.push_back(*set);
    }
    return sets;
}

} // namespace likeness
