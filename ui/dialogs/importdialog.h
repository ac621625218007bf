// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/records.h"
#include "db/workflow/importing.h"
#include "ui/jobs/jobrunner.h"

#include <QDialog>

#include <vector>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QGroupBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace likeness {

class RawLayoutForm;
struct Settings;

/// Asks what files are and where they go. Reads their headers in the background and says at once
/// what is missing.
class ImportDialog final : public QDialog {
    Q_OBJECT

public:
    ImportDialog(JobRunner& jobs,
                 Settings& settings,
                 std::vector<SetRecord> sets,
                 QWidget* parent = nullptr);

    void addPaths(const QStringList& paths);

Q_SIGNALS:
    void importRequested(const likeness::ImportRequest& request);

private:
    void setupFiles();
    void setupCrops();
    void setupFields();
    void setupRaw();
    void setupButtons();
    void onSetChanged();
    void readFirstHeader();
    void askLayout(bool on);
    void offerDatasets(const ImageHeader& header);
    void showHeader(const ImageHeader& header);
    void refresh();
    [[nodiscard]] bool isSynthetic() const;
    [[nodiscard]] QString firstProblem() const;
    [[nodiscard]] const SetRecord* existingSet() const;
    [[nodiscard]] std::optional<double> typedVoxel(bool& valid) const;
    [[nodiscard]] ImportRequest request() const;

    Settings& m_settings;
    std::vector<SetRecord> m_sets;
    LatestJob m_headerJob;
    QListWidget* m_files;
    QPushButton* m_remove;
    QLabel* m_header;
    QFormLayout* m_form;
    QComboBox* m_dataset;
    QComboBox* m_set;
    QComboBox* m_domain;
    QComboBox* m_origin;
    QLineEdit* m_generator;
    QLineEdit* m_specimen;
    QLineEdit* m_voxel;
    QCheckBox* m_slices;
    QCheckBox* m_masks;
    QSpinBox* m_crop;
    QCheckBox* m_circle;
    QSpinBox* m_diameter;
    QGroupBox* m_raw;
    RawLayoutForm* m_layout;
    QLabel* m_problem;
    QPushButton* m_import;
    QString m_datasetsOf;      // the file whose images can be chosen from
    bool m_setIsKnown = false; // the typed name is that of a set of the project
};

} // namespace likeness
