// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/records.h"

#include <QAbstractListModel>

#include <optional>
#include <vector>

namespace likeness {

/// The sets of a project, in the order of the project.
class SetListModel final : public QAbstractListModel {
    Q_OBJECT

public:
    explicit SetListModel(QObject* parent = nullptr);

    void setSets(std::vector<SetRecord> sets);
    [[nodiscard]] const SetRecord* at(int row) const;
    [[nodiscard]] int rowOf(const std::string& id) const; ///< -1 if absent

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<SetRecord> m_sets;
};

} // namespace likeness
