// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/workflow/external.h"
#include "ui/generate/gallery.h"
#include "ui/jobs/mailbox.h"

#include <QTimer>
#include <QWidget>

#include <memory>
#include <string>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QListView;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;

namespace likeness {

/// A run of somebody else's generator: what it is told, what it says while it works, what came.
class ExternalSection final : public QWidget {
    Q_OBJECT

public:
    explicit ExternalSection(const GalleryParts& parts, QWidget* parent = nullptr);

Q_SIGNALS:
    void messageRaised(const QString& sentence, bool isError);

private:
    void setupFields();
    [[nodiscard]] QWidget* makeForm();
    [[nodiscard]] QWidget* makeOutput();
    [[nodiscard]] QWidget* makeMaskField();
    [[nodiscard]] ExternalRequest request() const;
    void refresh();
    void start();
    void report(const ExternalResult& result);
    void readLines();
    void stopReading();

    ProjectSession& m_session;
    GalleryModel* m_images;
    QPlainTextEdit* m_command;
    QLineEdit* m_setName;
    QComboBox* m_domain;
    QComboBox* m_parents;
    QPlainTextEdit* m_prompts;
    QSpinBox* m_count;
    QSpinBox* m_seed;
    QLineEdit* m_mask;
    QDoubleSpinBox* m_minutes;
    QPushButton* m_start;
    QPlainTextEdit* m_output;
    QLabel* m_summary;
    QListView* m_view;
    std::shared_ptr<Mailbox<std::string>> m_lines; // of the run that goes on
    QTimer m_reading;
};

} // namespace likeness
