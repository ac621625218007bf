// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/imaging/image.h"
#include "ui/jobs/jobrunner.h"
#include "ui/pages/page.h"

#include <QImage>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

class QButtonGroup;
class QComboBox;
class QGridLayout;
class QLabel;
class QPushButton;
class QSlider;
class QStackedWidget;
class QToolButton;

namespace likeness {

class AnnotationPanel;
class AnnotationStore;
class BrickCache;
class CompareBar;
class ComparePanes;
class LinkButton;
struct DiskImage;
class MeasurePanel;
struct NearestReal;
class OpenFileButton;
class OrthoPanes;
struct PixelProbe;
class ProjectSession;
struct Settings;
struct RawLayout;
class ViewablePicker;
class VolumePair;
class WindowBox;

/// Two images, stacks or volumes side by side: a reference at the left, another set at the right,
/// on one link; volumes also as three planes with a crosshair, and in 3-D.
class InspectPage final : public Page {
    Q_OBJECT

public:
    InspectPage(ProjectSession& session, Settings& settings, QWidget* parent = nullptr);

    /// Puts a set (and one of its samples) on the side that suits its origin.
    void show(const std::string& setId, const std::string& sampleId);

    void entered() override;
    void settingsChanged() override;

    /// Shows a file or folder that is not part of the project on a side (0 left, 1 right).
    void openFile(int pane, const QString& path, const std::optional<RawLayout>& layout);

private:
    void setupOpening(int pane);
    [[nodiscard]] QWidget* makeEmptyState();
    void onPicked(int pane);
    void showFile(int pane, const DiskImage& image);
    void showFromDisk(int pane, const DiskImage& image);
    [[nodiscard]] int leadPane() const;
    [[nodiscard]] bool isStack(int pane) const;
    void setupTools();
    void setupPictureMenu();
    void setupLayout();
    [[nodiscard]] QGridLayout* makePickerRows();
    void onSnapshot();
    void load(int pane);
    void applyPanes();
    [[nodiscard]] bool isPaneShown(int pane) const;
    void showLoaded(int pane, std::shared_ptr<const Volume> volume);
    void applyLink();
    void applyMode();
    void showPlanes();
    void showSolid();
    void fit();
    void refreshSlider();
    [[nodiscard]] Domain domain() const;
    [[nodiscard]] bool hasDepth() const;
    [[nodiscard]] QImage picture() const;
    [[nodiscard]] std::vector<std::pair<QString, QString>> pictureNotes() const;
    void savePicture();
    void findNearest();
    void showNearest(const NearestReal& nearest);
    void saveBytes(const QByteArray& bytes, const QString& file);
    [[nodiscard]] QString mouseHint() const;
    void showProbe(int pane, const PixelProbe& probe);
    [[nodiscard]] QString titleOf(int pane) const;
    [[nodiscard]] bool isRegistered() const;
    void setupAnnotations();
    void saveTable(const QByteArray& csv, const QString& name);

    ProjectSession& m_session;
    Settings& m_settings;
    static constexpr std::size_t kPanes = 4; ///< the last two in the mode of four images alone

    std::array<ViewablePicker*, kPanes> m_pickers{};
    std::array<std::unique_ptr<LatestJob>, kPanes> m_jobs;
    std::array<std::shared_ptr<const Volume>, kPanes> m_volumes;
    std::array<OpenFileButton*, 2> m_open{};
    std::array<QString, kPanes> m_files;       ///< shown in place of a sample; empty: a sample
    std::array<std::string, kPanes> m_instead; ///< the sample chosen when the file was opened
    std::shared_ptr<BrickCache> m_bricks;      ///< made with the first image shown from disk
    std::array<bool, kPanes> m_stale{}; ///< chosen but not loaded, because it was not in sight
    ComparePanes* m_panes;
    OrthoPanes* m_planes = nullptr;     // made when the planes are first shown
    VolumePair* m_volumePair = nullptr; // made when 3-D is first shown
    std::unique_ptr<LatestJob> m_nearestJob;
    QStackedWidget* m_stack;
    QStackedWidget* m_content;
    QPushButton* m_flat;
    QPushButton* m_solid;
    QPushButton* m_three;
    LinkButton* m_linked;
    QPushButton* m_fit;
    QToolButton* m_picture;
    CompareBar* m_compare;
    MeasurePanel* m_measure;
    AnnotationStore* m_annotations;
    AnnotationPanel* m_annotate;
    QComboBox* m_axis;
    WindowBox* m_window;
    QWidget* m_flatTools;
    QSlider* m_slice;
    QLabel* m_sliceText;
    QLabel* m_status;
};

} // namespace likeness
