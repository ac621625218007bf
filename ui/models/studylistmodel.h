// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/records.h"

#include <QAbstractListModel>

#include <vector>

namespace likeness {

/// The studies of a project, newest first.
class StudyListModel final : public QAbstractListModel {
    Q_OBJECT

public:
    explicit StudyListModel(QObject* parent = nullptr);

    void setStudies(std::vector<StudyRecord> studies);
    [[nodiscard]] const StudyRecord* at(int row) const;
    [[nodiscard]] int rowOf(const std::string& id) const; ///< -1 if absent

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<StudyRecord> m_studies;
};

} // namespace likeness
