// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/annotationrepository.h"

#include <QObject>
#include <QString>
#include <QUndoStack>

#include <string>
#include <vector>

namespace likeness {

class ProjectSession;

/// What people marked in the samples of the open project. A change is seen at once, is stored in
/// the project lane, and can be taken back until another project is opened.
class AnnotationStore final : public QObject {
    Q_OBJECT

public:
    explicit AnnotationStore(ProjectSession& session, QObject* parent = nullptr);

    /// In the order in which they were made.
    [[nodiscard]] const std::vector<AnnotationRecord>& all() const noexcept { return m_records; }

    [[nodiscard]] const AnnotationRecord* find(const std::string& id) const;

    /// Returns the id of the new one. The mark must fit the sample (requireAnnotation()).
    std::string add(const std::string& sampleId, const Annotation& mark);

    /// Nothing happens for an unknown id, or if nothing would change.
    void change(const std::string& id, const Annotation& mark);
    void remove(const std::string& id);

    [[nodiscard]] QUndoStack& steps() noexcept { return m_steps; }

Q_SIGNALS:
    void changed();
    void failed(const QString& sentence); ///< a change was not stored; what is stored is shown

private:
    class Step;
    enum class Write { add, change, remove };

    void show(const AnnotationRecord& record, bool present);
    void store(const AnnotationRecord& record, Write write);
    void reload();

    ProjectSession& m_session;
    std::vector<AnnotationRecord> m_records;
    QUndoStack m_steps;
    quint64 m_writes = 0; ///< what was read before the last of them is out of date
};

} // namespace likeness
