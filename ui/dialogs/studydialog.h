// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/definition.h"
#include "ui/models/projectsession.h"

#include <QDialog>

#include <memory>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QListWidget;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QStackedWidget;
class QVBoxLayout;

namespace likeness {

/// A new study: first the protocol, then who is judged against what; findings and counts follow
/// every change.
class StudyDialog final : public QDialog {
    Q_OBJECT

public:
    StudyDialog(std::shared_ptr<const ProjectSnapshot> snapshot, QWidget* parent = nullptr);

Q_SIGNALS:
    void studyRequested(const likeness::StudyDefinition& definition);

private:
    QWidget* makeTemplatePage();
    QWidget* makeTemplateCard(Protocol protocol, const QString& title, const QString& text);
    QWidget* makeFormPage();
    void setupFields(QFormLayout* form);
    QWidget* makeCountsCard();
    void chooseProtocol(Protocol protocol);
    void onReferenceChosen();
    void refresh();
    [[nodiscard]] StudyDefinition definition() const;

    std::shared_ptr<const ProjectSnapshot> m_snapshot;
    Protocol m_protocol = Protocol::realOrSynthetic;
    QStackedWidget* m_pages;
    QLabel* m_heading;
    QLineEdit* m_name;
    QLineEdit* m_title;
    QLineEdit* m_question;
    QPlainTextEdit* m_instructions;
    QComboBox* m_reference;
    QListWidget* m_sets;
    QSpinBox* m_perSet;
    QSpinBox* m_raters;
    QSpinBox* m_repeats;
    QSpinBox* m_seed;
    QComboBox* m_bits;
    QLabel* m_counts;
    QLabel* m_problems;
    QLabel* m_remarks;
    QPushButton* m_create;
};

} // namespace likeness
