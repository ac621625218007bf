// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "db/project.h"
#include "db/samplerepository.h"
#include "ui/jobs/jobrunner.h"
#include "ui/mainwindow.h"
#include "ui/models/projectsession.h"
#include "ui/settings/settings.h"
#include "ui/widgets/jobbar.h"
#include "ui/widgets/navigationbar.h"

#include <QAction>
#include <QDialog>
#include <QLabel>
#include <QMenuBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QThread>

using namespace likeness;

class TestMainWindow : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<TemporaryFolder> m_folder;
    std::unique_ptr<QSettings> m_store;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<JobRunner> m_jobs;
    std::unique_ptr<ProjectSession> m_session;
    std::unique_ptr<MainWindow> m_window;
    QList<PageId> m_made;

    [[nodiscard]] std::filesystem::path project() const {
        return m_folder->path() / "Small.likeness";
    }

    void openProject() {
        m_session->open(QStringLiteral("Opening"),
                        [path = project()](JobContext&) { return Project::create(path); });
        QTRY_VERIFY(m_session->isOpen());
    }

private Q_SLOTS:

    void init() {
        m_folder = std::make_unique<TemporaryFolder>();
        m_store = std::make_unique<QSettings>(
            QString::fromStdString((m_folder->path() / "settings.ini").string()),
            QSettings::IniFormat);
        m_settings = std::make_unique<Settings>(*m_store);
        m_jobs = std::make_unique<JobRunner>();
        m_session = std::make_unique<ProjectSession>(*m_jobs);
        m_made.clear();
        m_window = std::make_unique<MainWindow>(*m_session, *m_settings, [this](PageId id) {
            m_made << id;
            return new Page;
        });
        m_window->show();
    }

    void cleanup() {
        m_window.reset();
        m_session.reset();
        m_jobs.reset();
        m_settings.reset();
        m_store.reset();
        m_folder.reset();
    }

    void pagesAreMadeWhenTheyAreShown() {
        QVERIFY(m_made.isEmpty());
        m_window->showPage(PageId::results); // no project: only rating is possible
        QVERIFY(m_made.isEmpty());
        openProject();
        QCOMPARE(m_made, QList<PageId>{PageId::samples});
        m_window->showPage(PageId::inspect);
        m_window->showPage(PageId::samples);
        m_window->showPage(PageId::inspect);
        QCOMPARE(m_made, (QList<PageId>{PageId::samples, PageId::inspect}));
    }

    void titleAndRecentFollowTheProject() {
        QCOMPARE(m_window->windowTitle(), QStringLiteral("Likeness"));
        openProject();
        QVERIFY(m_window->windowTitle().startsWith(QStringLiteral("Small")));
        QCOMPARE(m_settings->recentProjects.get().first(),
                 QString::fromStdString(project().string()));
        m_session->close();
        QCOMPARE(m_window->windowTitle(), QStringLiteral("Likeness"));
    }

    void focusModeHidesEverythingElse() {
        openProject();
        Page* rate = m_window->page(PageId::rate);
        m_window->showPage(PageId::rate);
        m_window->showMessageLine(QStringLiteral("Training on sandstone"), false);
        Q_EMIT rate->focusModeChanged(true);
        QVERIFY(!m_window->menuBar()->isVisible());
        QVERIFY(!m_window->findChild<NavigationBar*>()->isVisible());
        QVERIFY(!m_window->findChild<JobBar*>()->isVisible());
        QCOMPARE(m_window->windowTitle(), QStringLiteral("Likeness"));
        for (const QAction* action : m_window->actions())
            QVERIFY(!action->isEnabled());
        m_window->showPage(PageId::samples);
        Q_EMIT rate->focusModeChanged(false);
        QVERIFY(m_window->findChild<NavigationBar*>()->isVisible());
        QVERIFY(m_window->findChild<JobBar*>()->isVisible());
    }

    void ratingComesToTheFrontAndFailuresWait() {
        openProject();
        Page* rate = m_window->page(PageId::rate);
        m_window->showPage(PageId::samples); // while the package was being opened
        Q_EMIT rate->focusModeChanged(true);
        QVERIFY(rate->isVisible());
        QSignalSpy failed(m_jobs.get(), &JobRunner::failed);
        m_jobs->start(
            {QStringLiteral("Training on sandstone"), Lane::project, true}, this,
            [](JobContext&) { throw Error(ErrorCode::io, "sandstone", "the disk is full"); },
            [] {});
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(m_window->findChildren<QDialog*>().isEmpty());
        Q_EMIT rate->focusModeChanged(false);
        QCOMPARE(m_window->findChildren<QDialog*>().size(), 1);
    }

    void whatAFailedChangeLeftIsShown() {
        openProject();
        QSignalSpy changed(m_session.get(), &ProjectSession::snapshotChanged);
        bool told = false;
        m_session->run(
            {QStringLiteral("Half of it")}, ProjectSession::Effect::changes, this,
            [](Project& open, JobContext&) -> bool {
                SetRecord set;
                set.name = "half";
                static_cast<void>(open.sampleRepository().addSet(set));
                throw Error(ErrorCode::io, "the other half", "the disk is full");
            },
            [](bool) { QFAIL("it failed"); }, [&](const std::exception_ptr&) { told = true; });
        QTRY_COMPARE(changed.count(), 1);
        QVERIFY(told);
        QVERIFY(m_session->snapshot().findSetNamed("half") != nullptr);
    }

    void aSecondOpenerIsRefusedInOneSentence() {
        openProject();
        JobRunner otherJobs;
        ProjectSession other(otherJobs);
        QSignalSpy refused(&other, &ProjectSession::openingFailed);
        other.open(QStringLiteral("Opening"),
                   [path = project()](JobContext&) { return Project::open(path); });
        QTRY_COMPARE(refused.count(), 1);
        QVERIFY(!other.isOpen());
    }

    void theJobBarCancels() {
        auto* bar = m_window->findChild<JobBar*>();
        QVERIFY(!bar->isVisible());
        QSignalSpy cancelled(m_jobs.get(), &JobRunner::cancelled);
        m_jobs->start(
            {QStringLiteral("Training"), Lane::project, true}, this,
            [](JobContext& job) {
                job.report(0.5, "Step", "loss 0.1", 90.0);
                while (true) {
                    job.throwIfStopped();
                    QThread::msleep(1);
                }
            },
            [] {});
        QTRY_VERIFY(bar->isVisible());
        const auto labelShown = [bar](const QString& part) {
            const auto labels = bar->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
                return label->isVisible() && label->text().contains(part);
            });
        };
        QTRY_VERIFY(labelShown(QStringLiteral("loss 0.1")));
        QVERIFY(labelShown(QStringLiteral("90 s left")));
        for (auto* button : bar->findChildren<QPushButton*>()) {
            if (button->isVisible())
                button->click();
        }
        QTRY_COMPARE(cancelled.count(), 1);
        QTRY_VERIFY(labelShown(QStringLiteral("Training: stopped.")));
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
