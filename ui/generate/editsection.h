// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "db/workflow/editing.h"
#include "ui/generate/gallery.h"
#include "ui/jobs/jobrunner.h"

#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

class QComboBox;
class QLabel;
class QListView;
class QPushButton;
class QSlider;
class QSpinBox;
class QStackedWidget;

namespace likeness {

class ComparePanes;
class EditForm;
class MaskBar;
class MaskBrush;

/// Edits of one image by a model with a denoiser: the image to the left, what came of it to the
/// right.
class EditSection final : public QWidget {
    Q_OBJECT

public:
    explicit EditSection(const GalleryParts& parts, QWidget* parent = nullptr);

    /// Starts from this image; `kind` if a certain edit is wanted.
    void setParentImage(const SampleRecord& sample, std::optional<EditKind> kind = {});

Q_SIGNALS:
    void messageRaised(const QString& sentence, bool isError);

private:
    using Picture = std::shared_ptr<const Volume>;

    void setupLayout();
    [[nodiscard]] QWidget* makeControls();
    [[nodiscard]] QWidget* makeStage();
    void refreshModel();
    void refreshSets();
    void refreshKind();
    void refreshResults();
    void chooseSet();
    void chooseImage();
    void showParent(Picture volume);
    void showResult(int row);
    void showFrame(int step);
    void readMask(const QString& file);
    void run();
    void finish(const EditResult& result);
    void loadFrames(const EditResult& result);
    [[nodiscard]] bool isSequence() const;

    ProjectSession& m_session;
    ModelChoice& m_choice;
    GalleryModel* m_results;
    EditForm* m_form;
    QComboBox* m_set;
    QSpinBox* m_image;
    QPushButton* m_run;
    MaskBrush* m_brush;
    MaskBar* m_maskBar;
    ComparePanes* m_panes;
    QListView* m_strip;
    QSlider* m_frame;
    QLabel* m_frameWords;
    QStackedWidget* m_stack;
    LatestJob m_loadingParent;
    LatestJob m_loadingResult;

    std::optional<SampleRecord> m_parent;
    Picture m_parentPixels;

    /// One step of a trajectory, or one image between two seeds.
    struct Frame {
        Picture left; ///< noise, or the first image
        Picture right;
        QString words;
    };

    std::vector<Frame> m_frames;
};

} // namespace likeness
