// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "viewers/canvas/measuretool.h"

#include <QWidget>

#include <array>
#include <memory>

class QComboBox;
class QLabel;
class QPushButton;

namespace likeness {

class ComparePanes;
class CurvePlot;
class JobRunner;
class LatestJob;
class ValueCounts;

/// Measures both images alike: a line at the same place of both with its length and profiles on one
/// plot, a box with its statistics, or the histograms of all values; with a table to keep. Hidden
/// until something is to be measured.
class MeasurePanel final : public QWidget {
    Q_OBJECT

public:
    /// Both must outlive the panel.
    MeasurePanel(ComparePanes& panes, JobRunner& jobs, QWidget* parent = nullptr);
    ~MeasurePanel() override;

    /// What chooses off, line or box; stands where the page wants it.
    [[nodiscard]] QComboBox* chooser() const noexcept { return m_chooser; }

    /// Chooser and panel; what is measured stays.
    void setShown(bool on);
    void turnOff();

    /// After another picture or slice.
    void refresh();

    /// The profiles, or the statistics, as a table with a head; empty if nothing is measured.
    [[nodiscard]] QByteArray csv() const;

Q_SIGNALS:
    void taken(); ///< what else draws over the panes has to stop
    void csvWanted(const QByteArray& csv);

private:
    void choose();
    void follow(std::size_t drawn);
    void countAnew();
    void showHistogram();
    void showLine();
    void showBox();

    ComparePanes& m_panes;
    std::array<MeasureTool*, 2> m_tools{};
    std::array<std::shared_ptr<const Volume>, 2> m_histogramOf;
    std::array<std::shared_ptr<const ValueCounts>, 2> m_counts; ///< null until they are counted
    std::array<std::unique_ptr<LatestJob>, 2> m_counting;
    QComboBox* m_chooser;
    QLabel* m_text;
    CurvePlot* m_plot;
    QPushButton* m_save;
};

} // namespace likeness
