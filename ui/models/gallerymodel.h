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
struct ProjectSnapshot;

/// Generated images of one model, newest set first, with their seeds. Thumbnails are asked for only
/// when a view shows them.
class GalleryModel final : public QAbstractListModel {
    Q_OBJECT

public:
    struct Item {
        SampleRecord sample;
        std::string setName;
    };

    explicit GalleryModel(ThumbnailStore& thumbnails, QObject* parent = nullptr);

    void setItems(std::vector<Item> items);
    [[nodiscard]] const Item* at(int row) const;
    [[nodiscard]] int rowOf(const std::string& sampleId) const; ///< -1: not there

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    ThumbnailStore& m_thumbnails;
    std::vector<Item> m_items;
    std::unordered_map<std::string, int> m_rows; // by sample id
};

/// The images that a checkpoint made, in the sets that they lie in; `setId` empty: all of them.
[[nodiscard]] std::vector<GalleryModel::Item> imagesOf(const ProjectSnapshot& snapshot,
                                                       const std::string& checkpointId,
                                                       const std::string& setId);

/// The sets that hold images of a checkpoint, newest first.
[[nodiscard]] std::vector<SetRecord> setsOf(const ProjectSnapshot& snapshot,
                                            const std::string& checkpointId);

} // namespace likeness
