// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/viewables.h"

#include <QPolygonF>
#include <QString>
#include <QWidget>

#include <array>
#include <optional>
#include <string>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace likeness {

struct Annotation;
enum class AnnotationKind;
struct AnnotationRecord;
class AnnotationStore;
class AnnotationTool;
class ComparePanes;

/// Shows and makes annotations of what the left and the right pane show: drawn over the pictures,
/// and in a list from which each is found, named and removed. Hidden until it is asked for. Marks
/// of a stack of samples belong to the sample of their slice.
class AnnotationPanel final : public QWidget {
    Q_OBJECT

public:
    /// Both must outlive the panel.
    AnnotationPanel(ComparePanes& panes, AnnotationStore& store, QWidget* parent = nullptr);
    ~AnnotationPanel() override;

    /// What chooses hidden, select, point, box or polygon; stands where the page wants it.
    [[nodiscard]] QComboBox* chooser() const noexcept { return m_chooser; }

    /// Null: a pane that shows no sample, whose picture cannot be marked.
    void setSubject(int pane, const Viewable* viewable);

    /// Chooser and panel.
    void setShown(bool on);
    void turnOff();

Q_SIGNALS:
    void taken(); ///< what else draws over the panes has to stop
    void tableWanted();
    void refused(const QString& sentence);

private:
    struct Place {
        std::string sampleId;
        int axis = 2;
        std::int64_t slice = 0;
        friend bool operator==(const Place&, const Place&) = default;
    };

    void makeColumns();
    void makeActions();
    void choose();
    [[nodiscard]] std::optional<Place> placeOf(std::size_t pane) const;
    void refreshMarks();
    void refreshList();
    void addRow(std::size_t pane, const AnnotationRecord& record);
    void add(std::size_t pane, AnnotationKind kind, const QPolygonF& points);
    void moveMark(const QString& id, const QPolygonF& points);
    void select(const QString& id);
    void showSelected();
    void goTo(const std::string& id);
    void rename();

    ComparePanes& m_panes;
    AnnotationStore& m_store;
    std::array<AnnotationTool*, 2> m_tools{};
    std::array<std::optional<Viewable>, 2> m_subjects;
    std::array<std::optional<Place>, 2> m_places; ///< whose marks the tools have
    QString m_selected;
    QString m_textOf; ///< whose text stands in the field
    QComboBox* m_chooser;
    QTreeWidget* m_list;
    QLineEdit* m_text;
    QLabel* m_hint;
    QAction* m_remove = nullptr;
    QPushButton* m_save;
};

} // namespace likeness
