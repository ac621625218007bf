// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "ui/jobs/jobrunner.h"
#include "ui/pages/page.h"

#include <array>
#include <memory>
#include <string>

class QButtonGroup;
class QComboBox;
class QLabel;
class QPushButton;
class QSlider;
class QStackedWidget;

namespace likeness {

class ComparePanes;
struct PixelProbe;
class ProjectSession;
struct Settings;
class ViewablePicker;
class VolumePair;

/// Two images, stacks or volumes side by side: a reference at the left, another set at the right,
/// on one link.
class InspectPage final : public Page {
    Q_OBJECT

public:
    InspectPage(ProjectSession& session, Settings& settings, QWidget* parent = nullptr);

    /// Puts a set (and one of its samples) on the side that suits its origin.
    void show(const std::string& setId, const std::string& sampleId);

    void entered() override;

private:
    void setupTools();
    void setupLayout();
    void onSnapshot();
    void load(int pane);
    void showLoaded(int pane, std::shared_ptr<const Volume> volume);
    void applyLink(bool linked);
    void applyMode();
    void refreshSlider();
    [[nodiscard]] QString mouseHint() const;
    void showProbe(int pane, const PixelProbe& probe);
    [[nodiscard]] QString titleOf(int pane) const;

    ProjectSession& m_session;
    Settings& m_settings;
    std::array<ViewablePicker*, 2> m_pickers{};
    std::array<std::unique_ptr<LatestJob>, 2> m_jobs;
    std::array<std::shared_ptr<const Volume>, 2> m_volumes;
    std::array<bool, 2> m_stale{true,
                                true}; // chosen but not loaded, because the page was not in front
    ComparePanes* m_panes;
    VolumePair* m_volumePair = nullptr; // made when 3-D is first shown
    QStackedWidget* m_stack;
    QStackedWidget* m_content;
    QPushButton* m_flat;
    QPushButton* m_solid;
    QPushButton* m_linked;
    QPushButton* m_fit;
    QComboBox* m_axis;
    QComboBox* m_window;
    QComboBox* m_look;
    QWidget* m_flatTools;
    QSlider* m_slice;
    QLabel* m_sliceText;
    QLabel* m_status;
};

} // namespace likeness
