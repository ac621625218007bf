// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/jobrunner.h"
#include "ui/pages/page.h"

#include <filesystem>

class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QStackedLayout;

namespace likeness {

class RateScreen;
class RatingDriver;
struct Settings;

/// Opens a study package and takes a rater through it. While somebody rates, nothing else is on the
/// window.
class RatePage final : public Page {
    Q_OBJECT

public:
    /// `store`: folder of the local rating stores.
    RatePage(JobRunner& jobs,
             Settings& settings,
             std::filesystem::path store,
             QWidget* parent = nullptr);
    ~RatePage() override;

    void offer(const QString& package); ///< fills the form

    /// Opens a package at once, as from the command line.
    void start(const QString& package, const QString& rater, int slot);

    void entered() override;

Q_SIGNALS:
    void left(); ///< the rater is done or went away

private:
    QWidget* makeForm();
    void browse();
    void refresh();
    void onOpened(std::unique_ptr<RatingDriver> driver);
    void leave();

    JobRunner& m_jobs;
    Settings& m_settings;
    std::filesystem::path m_store;
    QStackedLayout* m_stack;
    QLineEdit* m_package;
    QLineEdit* m_rater;
    QSpinBox* m_slot;
    QLabel* m_notice;
    QPushButton* m_begin;
    RateScreen* m_screen = nullptr;
    bool m_opening = false;
};

} // namespace likeness
