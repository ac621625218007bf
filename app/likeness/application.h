// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/jobrunner.h"
#include "ui/models/projectsession.h"
#include "ui/models/thumbnailstore.h"
#include "ui/pages/page.h"
#include "ui/settings/settings.h"

#include <QObject>
#include <QSettings>

#include <filesystem>
#include <memory>
#include <optional>

class QMainWindow;

namespace likeness {

class MainWindow;

/// What the command line asks for.
struct LaunchOptions {
    QString project;
    QString package; ///< set: the window of a rater, without project and menus
    QString rater;
    int slot = 1;
    bool demo = false;
    std::optional<PageId> page;
};

/// The composition root of the desktop program: makes the collaborators, hands them to the pages,
/// connects the pages.
class Application final : public QObject {
    Q_OBJECT

public:
    explicit Application(LaunchOptions options, QObject* parent = nullptr);
    ~Application() override;

    void start();

Q_SIGNALS:
    /// The first window can be used: it is on screen, and the project that was asked for is open or
    /// refused.
    void startedUp(bool ok);

private:
    void startRating();
    void startLead();
    void openProject(const QString& folder);
    void createProject(const QString& folder);
    void openDemo();
    void completeDemo();
    void reportStartUp(bool ok);
    Page* makePage(PageId id);
    Page* makeSamples();
    Page* makeGenerate();
    Page* makeInspect();
    Page* makeStudy();
    Page* makeRate();

    LaunchOptions m_options;
    QSettings m_store;
    Settings m_settings;
    JobRunner m_jobs;
    ProjectSession m_session;
    ThumbnailStore m_thumbnails;
    std::unique_ptr<QMainWindow> m_raterWindow;
    std::unique_ptr<MainWindow> m_window;
    bool m_reported = false;
};

} // namespace likeness
