// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/io.h"
#include "ui/jobs/jobrunner.h"

#include <QString>
#include <QStringList>
#include <QWidget>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

class QComboBox;
class QGridLayout;
class QLabel;
class QSpinBox;

namespace likeness {

/// How the pixels of headerless files lie: fields that begin with a guess, the size equation, and
/// the middle slice of the first file as the fields have it.
class RawLayoutForm final : public QWidget {
    Q_OBJECT

public:
    explicit RawLayoutForm(JobRunner& jobs, QWidget* parent = nullptr);

    /// Files of one layout. Another first file is looked at, and what its name or a file beside it
    /// says fills the fields.
    void setFiles(const QStringList& paths);

    [[nodiscard]] RawLayout layout() const;

    /// Why the layout cannot be taken; empty if it gives exactly the length of every file.
    [[nodiscard]] QString problem() const;

Q_SIGNALS:
    void changed();

private:
    struct Sized {
        QString name;
        std::int64_t bytes = 0;
    };

    struct Looked {
        std::vector<Sized> files;
        std::optional<RawLayout> guess;
        QString why;
    };

    [[nodiscard]] QGridLayout* makeFields();
    void show(const Looked& looked);
    void fill(const RawLayout& layout);
    void onEdited();
    void refresh();
    [[nodiscard]] QString equation() const;

    JobRunner& m_jobs;
    LatestJob m_looking;
    LatestJob m_drawing;
    QStringList m_paths;
    std::vector<Sized> m_files; ///< empty until they were looked at
    QSpinBox* m_width;
    QSpinBox* m_height;
    QSpinBox* m_depth;
    QComboBox* m_type;
    QComboBox* m_order;
    QSpinBox* m_offset;
    QLabel* m_why;
    QLabel* m_equation;
    QLabel* m_picture;
};

} // namespace likeness
