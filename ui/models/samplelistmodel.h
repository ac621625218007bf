// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/records.h"

#include <QAbstractListModel>

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace likeness {

class ThumbnailStore;

/// The samples of one or several sets with their thumbnails, which are asked for only when a view
/// shows them.
class SampleListModel final : public QAbstractListModel {
    Q_OBJECT

public:
    explicit SampleListModel(ThumbnailStore& thumbnails, QObject* parent = nullptr);

    /// `names` are those of the sets, by id, where samples of several are shown; else empty.
    void setSamples(std::vector<SampleRecord> samples, std::map<std::string, QString> names = {});
    [[nodiscard]] const SampleRecord* at(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    void onReady(const QString& sampleId);
    [[nodiscard]] QString titleOf(const SampleRecord& sample) const;

    ThumbnailStore& m_thumbnails;
    std::vector<SampleRecord> m_samples;
    std::map<std::string, QString> m_names;
    std::unordered_map<std::string, int> m_rows; // by id: a picture that is ready must not cost a
                                                 // search through all samples
};

} // namespace likeness
