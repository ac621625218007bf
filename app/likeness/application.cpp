// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/likeness/application.h"

#include "core/base/error.h"
#include "db/workflow/demo.h"
#include "ui/mainwindow.h"
#include "ui/pages/generatepage.h"
#include "ui/pages/inspectpage.h"
#include "ui/pages/ratepage.h"
#include "ui/pages/resultspage.h"
#include "ui/pages/samplespage.h"
#include "ui/pages/studypage.h"
#include "ui/words.h"

#include <QCoreApplication>
#include <QMainWindow>
#include <QStandardPaths>
#include <QTimer>

#include <utility>

namespace likeness {

namespace {

std::filesystem::path dataFolder() {
    return words::path(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation));
}

std::filesystem::path demoFolder() {
    return dataFolder() / "Demo.likeness";
}

std::filesystem::path ratingStore() {
    return dataFolder() / "ratings";
}

// A lock names a database file; people know the project.
Project openNamed(const std::filesystem::path& folder) {
    try {
        return Project::open(folder);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::conflict)
            throw;
        throw Error(
            ErrorCode::conflict, "The project " + folder.stem().string() + " cannot be opened",
            "another window or program has it open", "close it there, or open another project");
    }
}

} // namespace

Application::Application(LaunchOptions options, QObject* parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_store(QSettings::IniFormat,
              QSettings::UserScope,
              QStringLiteral("likeness"),
              QStringLiteral("likeness"))
    , m_settings(m_store)
    , m_session(m_jobs)
    , m_thumbnails(
          m_jobs, [this] { return m_session.pixelSource(); }, 2 * m_settings.thumbnailEdge.get()) {
    connect(&m_session, &ProjectSession::closed, &m_thumbnails, &ThumbnailStore::clear);
}

Application::~Application() = default;

void Application::start() {
    if (!m_options.package.isEmpty())
        startRating();
    else
        startLead();
}

void Application::startRating() {
    m_raterWindow = std::make_unique<QMainWindow>();
    m_raterWindow->setWindowTitle(QStringLiteral("Likeness"));
    auto* page = new RatePage(m_jobs, m_settings, ratingStore());
    m_raterWindow->setCentralWidget(page);
    connect(page, &RatePage::left, m_raterWindow.get(), &QMainWindow::close);
    connect(page, &Page::focusModeChanged, this, [this](bool on) {
        if (on)
            reportStartUp(true);
    });
    m_raterWindow->resize(1240, 860); // where no window manager maximises
    m_raterWindow->showMaximized();
    if (m_options.rater.isEmpty()) {
        page->offer(m_options.package);
        reportStartUp(true);
    } else {
        page->start(m_options.package, m_options.rater, m_options.slot);
    }
}

void Application::startLead() {
    m_window = std::make_unique<MainWindow>(m_session, m_settings,
                                            [this](PageId id) { return makePage(id); });
    connect(m_window.get(), &MainWindow::newProjectRequested, this, &Application::createProject);
    connect(m_window.get(), &MainWindow::openProjectRequested, this, &Application::openProject);
    connect(m_window.get(), &MainWindow::demoRequested, this, &Application::openDemo);
    connect(m_window.get(), &MainWindow::packageChosen, this, [this](const QString& package) {
        m_window->showPage(PageId::rate);
        static_cast<RatePage*>(m_window->page(PageId::rate))->offer(package);
    });
    connect(&m_session, &ProjectSession::opened, this, [this] {
        if (m_options.page)
            m_window->showPage(*std::exchange(m_options.page, std::nullopt));
        reportStartUp(true);
    });
    connect(&m_session, &ProjectSession::openingFailed, this, [this] { reportStartUp(false); });
    m_window->show();
    if (m_options.demo)
        openDemo();
    else if (!m_options.project.isEmpty())
        openProject(m_options.project);
    else
        reportStartUp(true);
}

void Application::reportStartUp(bool ok) {
    if (std::exchange(m_reported, true))
        return;
    // After the events that are waiting now, the first picture of the window among them.
    QTimer::singleShot(0, this, [this, ok] { Q_EMIT startedUp(ok); });
}

void Application::openProject(const QString& folder) {
    m_session.open(tr("Opening the project"),
                   [path = words::path(folder)](JobContext&) { return openNamed(path); });
}

void Application::createProject(const QString& folder) {
    m_session.open(tr("Making the project"),
                   [path = words::path(folder)](JobContext&) { return Project::create(path); });
}

void Application::openDemo() {
    const std::filesystem::path folder = demoFolder();
    if (!std::filesystem::exists(folder))
        m_window->setBusy(tr("Making the demo project: simulated specimens are scanned, images "
                             "generated and a study is "
                             "prepared. This happens once."));
    m_session.open(tr("Opening the demo"), [folder](JobContext& job) {
        JobContext making = job.part(0.0, 0.98);
        makeDemoProject(folder, making);
        return openNamed(folder);
    });
    connect(&m_session, &ProjectSession::opened, this, &Application::completeDemo,
            Qt::SingleShotConnection);
}

void Application::completeDemo() {
    const ProjectSnapshot& demo = m_session.snapshot();
    if (demo.folder != demoFolder() || isDemoComplete(demo.sets))
        return;
    m_session.run(
        {tr("Adding fibre composites and roots to the demo"), Lane::project, true},
        ProjectSession::Effect::changes, this,
        [](Project& project, JobContext& job) {
            completeDemoProject(project, job);
            return true;
        },
        [](bool) {});
}

Page* Application::makePage(PageId id) {
    switch (id) {
    case PageId::samples:
        return makeSamples();
    case PageId::generate:
        return makeGenerate();
    case PageId::inspect:
        return makeInspect();
    case PageId::study:
        return makeStudy();
    case PageId::rate:
        return makeRate();
    case PageId::results:
        return new ResultsPage(m_session, m_settings);
    }
    return nullptr;
}

Page* Application::makeSamples() {
    auto* samples = new SamplesPage(m_session, m_thumbnails, m_settings);
    connect(samples, &SamplesPage::inspectRequested, this,
            [this](const QString& set, const QString& sample) {
                auto* inspect = static_cast<InspectPage*>(m_window->page(PageId::inspect));
                inspect->show(words::utf8(set), words::utf8(sample));
                m_window->showPage(PageId::inspect);
            });
    connect(samples, &SamplesPage::trainingRequested, this, [this](const QString& set) {
        m_window->showPage(PageId::generate);
        static_cast<GeneratePage*>(m_window->page(PageId::generate))->chooseTrainingSet(set);
    });
    return samples;
}

Page* Application::makeGenerate() {
    auto* generate = new GeneratePage(m_session, m_thumbnails, m_settings);
    connect(generate, &GeneratePage::inspectRequested, this,
            [this](const QString& set, const QString& sample) {
                auto* inspect = static_cast<InspectPage*>(m_window->page(PageId::inspect));
                inspect->show(words::utf8(set), words::utf8(sample));
                m_window->showPage(PageId::inspect);
            });
    return generate;
}

Page* Application::makeInspect() {
    return new InspectPage(m_session, m_settings);
}

Page* Application::makeStudy() {
    auto* study = new StudyPage(m_session, m_settings);
    connect(study, &StudyPage::ratingRequested, this, [this](const QString& package) {
        m_window->showPage(PageId::rate);
        static_cast<RatePage*>(m_window->page(PageId::rate))->offer(package);
    });
    connect(study, &StudyPage::resultsRequested, this, [this](const QString& id) {
        static_cast<ResultsPage*>(m_window->page(PageId::results))->choose(id);
        m_window->showPage(PageId::results);
    });
    return study;
}

Page* Application::makeRate() {
    return new RatePage(m_jobs, m_settings, ratingStore());
}

} // namespace likeness
