// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/records.h"

#include <QAbstractListModel>

#include <string>
#include <unordered_map>
#include <vector>

namespace likeness {

class ThumbnailStore;

/// The samples of one set with their thumbnails, which are asked for only when a view shows them.
class SampleListModel final : public QAbstractListModel {
    Q_OBJECT

public:
    explicit SampleListModel(ThumbnailStore& thumbnails, QObject* parent = nullptr);

    void setSamples(std::vector<SampleRecord> samples);
    [[nodiscard]] const SampleRecord* at(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    void onReady(const QString& sampleId);

    ThumbnailStore& m_thumbnails;
    std::vector<SampleRecord> m_samples;
    std::unordered_map<std::string, int> m_rows; // by id: a picture that is ready must not cost a
                                                 // search through all samples
};

} // namespace likeness
