// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow.h"

#include "ui/dialogs/helpwindows.h"
#include "ui/dialogs/keysdialog.h"
#include "ui/dialogs/message.h"
#include "ui/jobs/jobrunner.h"
#include "ui/models/projectsession.h"
#include "ui/pages/welcomepage.h"
#include "ui/settings/settings.h"
#include "ui/widgets/jobbar.h"
#include "ui/widgets/navigationbar.h"
#include "ui/words.h"

#include <QAction>
#include <QCloseEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenu>
#include <QMenuBar>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <array>
#include <utility>

namespace likeness {

namespace {

constexpr std::array kPages = {PageId::samples, PageId::generate, PageId::inspect,
                               PageId::study,   PageId::rate,     PageId::results};
constexpr qsizetype kRecentKept = 10;
constexpr QSize kFirstSize(1240, 800);

} // namespace

MainWindow::MainWindow(ProjectSession& session,
                       Settings& settings,
                       PageFactory factory,
                       QWidget* parent)
    : QMainWindow(parent)
    , m_session(session)
    , m_settings(settings)
    , m_factory(std::move(factory))
    , m_navigation(new NavigationBar)
    , m_stack(new QStackedWidget)
    , m_welcome(new WelcomePage)
    , m_jobBar(new JobBar(session.jobs())) {
    setupLayout();
    setupFileMenu();
    setupViewMenu();
    setupHelpMenu();
    connectSession();
    fillRecent();
    onClosed();
    resize(kFirstSize);
    if (const QByteArray geometry = settings.geometry.get(); !geometry.isEmpty())
        restoreGeometry(geometry);
}

MainWindow::~MainWindow() = default;

void MainWindow::setupLayout() {
    m_stack->addWidget(m_welcome);
    auto* body = new QHBoxLayout;
    body->setSpacing(0);
    body->addWidget(m_navigation);
    body->addWidget(m_stack, 1);
    auto* central = new QWidget;
    auto* column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(body, 1);
    column->addWidget(m_jobBar);
    setCentralWidget(central);
    setMinimumSize(940, 600);
    connect(m_navigation, &NavigationBar::chosen, this, &MainWindow::showPage);
    connect(m_welcome, &WelcomePage::newChosen, this, &MainWindow::chooseNew);
    connect(m_welcome, &WelcomePage::openChosen, this, &MainWindow::chooseOpen);
    connect(m_welcome, &WelcomePage::demoChosen, this, &MainWindow::demoRequested);
    connect(m_welcome, &WelcomePage::recentChosen, this, &MainWindow::openProjectRequested);
}

QAction* MainWindow::addAction(QMenu* menu,
                               const QString& text,
                               const QKeySequence& keys,
                               std::function<void()> run) {
    QAction* action = menu->addAction(text);
    action->setShortcut(keys);
    connect(action, &QAction::triggered, this, std::move(run));
    QMainWindow::addAction(action); // works while the menu bar is hidden, too
    m_allActions.push_back(action);
    return action;
}

void MainWindow::setupFileMenu() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    addAction(file, tr("&New project\u2026"), QKeySequence::New, [this] { chooseNew(); });
    addAction(file, tr("&Open project\u2026"), QKeySequence::Open, [this] { chooseOpen(); });
    m_recentMenu = file->addMenu(tr("Open &recent"));
    addAction(file, tr("Open the &demo"), {}, [this] { Q_EMIT demoRequested(); });
    m_projectActions.push_back(
        addAction(file, tr("&Close project"), QKeySequence::Close, [this] { m_session.close(); }));
    file->addSeparator();
    addAction(file, tr("&Rate a study package\u2026"), {}, [this] { choosePackage(); });
    file->addSeparator();
    addAction(file, tr("&Quit"), QKeySequence::Quit, [this] { close(); });
}

void MainWindow::setupViewMenu() {
    QMenu* view = menuBar()->addMenu(tr("&View"));
    for (const PageId id : kPages) {
        QAction* action = addAction(
            view, pageTitle(id), QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + static_cast<int>(id))),
            [this, id] { showPage(id); });
        if (id != PageId::rate)
            m_projectActions.push_back(action);
    }
}

void MainWindow::setupHelpMenu() {
    QMenu* help = menuBar()->addMenu(tr("&Help"));
    addAction(help, tr("&Manual"), QKeySequence::HelpContents, [this] { showManual(this); });
    addAction(help, tr("&Keys and mouse"), QKeySequence(Qt::Key_Question),
              [this] { showCheatSheet(bindingsOf(m_settings), this); });
    addAction(help, tr("&Choose keys and mouse\u2026"), {}, [this] { chooseKeys(); });
    addAction(help, tr("&About Likeness"), {}, [this] { showAbout(this); });
}

void MainWindow::chooseKeys() {
    auto* dialog = new KeysDialog(m_settings, this);
    connect(dialog, &KeysDialog::changed, this, [this] {
        for (const auto& [id, page] : m_pages)
            page->settingsChanged();
    });
    dialog->show();
}

void MainWindow::connectSession() {
    connect(&m_session, &ProjectSession::opened, this, &MainWindow::onOpened);
    connect(&m_session, &ProjectSession::closed, this, &MainWindow::onClosed);
    connect(&m_session, &ProjectSession::openingFailed, this,
            [this](const std::exception_ptr& failure) {
                setBusy({});
                report(failure);
            });
    connect(&m_session.jobs(), &JobRunner::failed, this,
            [this](const QString&, const std::exception_ptr& failure) { report(failure); });
    connect(&m_session.jobs(), &JobRunner::cancelled, this, [this] {
        if (!m_session.isOpen())
            setBusy({});
    });
}

Page* MainWindow::page(PageId id) {
    if (const auto known = m_pages.find(id); known != m_pages.end())
        return known->second;
    Page* made = m_factory(id);
    m_pages[id] = made;
    m_stack->addWidget(made);
    connect(made, &Page::messageRaised, this, &MainWindow::showMessageLine);
    connect(made, &Page::focusModeChanged, this, [this, id](bool on) {
        if (on) // another page may have come to the front meanwhile
            showPage(id);
        setFocusMode(on);
    });
    return made;
}

void MainWindow::report(const std::exception_ptr& failure) {
    if (m_focusMode)
        m_held.push_back(failure);
    else
        showFailure(this, failure);
}

void MainWindow::showPage(PageId id) {
    if (m_focusMode || (!m_session.isOpen() && id != PageId::rate))
        return;
    Page* shown = page(id);
    m_current = id;
    m_navigation->setCurrent(id);
    m_stack->setCurrentWidget(shown);
    shown->entered();
}

void MainWindow::showMessageLine(const QString& sentence, bool isError) {
    m_jobBar->showMessage(sentence, isError);
}

void MainWindow::setBusy(const QString& sentence) {
    m_welcome->setBusy(sentence);
}

void MainWindow::onOpened() {
    const QString folder = words::text(m_session.snapshot().folder);
    QStringList recent = m_settings.recentProjects.get();
    recent.removeAll(folder);
    recent.prepend(folder);
    m_settings.recentProjects.set(recent.first(std::min(recent.size(), kRecentKept)));
    fillRecent();
    setBusy({});
    m_navigation->setProjectOpen(true);
    for (QAction* action : m_projectActions)
        action->setEnabled(!m_focusMode);
    refreshTitle();
    showPage(m_current);
}

void MainWindow::onClosed() {
    m_navigation->setProjectOpen(false);
    m_navigation->clearCurrent();
    for (QAction* action : m_projectActions)
        action->setEnabled(false);
    if (!m_focusMode) {
        m_stack->setCurrentWidget(m_welcome);
        m_welcome->setFocus();
    }
    m_current = PageId::samples;
    refreshTitle();
}

void MainWindow::refreshTitle() {
    // While somebody rates, not even the project's name is shown.
    setWindowTitle(m_session.isOpen() && !m_focusMode
                       ? tr("%1 \u2013 Likeness").arg(m_session.snapshot().name)
                       : QStringLiteral("Likeness"));
}

void MainWindow::setFocusMode(bool on) {
    m_focusMode = on;
    menuBar()->setVisible(!on);
    m_navigation->setVisible(!on);
    m_jobBar->setSuppressed(on);
    for (QAction* action : m_allActions)
        action->setEnabled(!on);
    for (QAction* action : m_projectActions)
        action->setEnabled(!on && m_session.isOpen());
    refreshTitle();
    if (!on) {
        for (const std::exception_ptr& failure : std::exchange(m_held, {}))
            showFailure(this, failure);
    }
}

void MainWindow::fillRecent() {
    const QStringList recent = m_settings.recentProjects.get();
    m_welcome->setRecent(recent);
    m_recentMenu->clear();
    m_recentMenu->setEnabled(!recent.isEmpty());
    for (const QString& project : recent) {
        const QString text =
            QFileInfo(project).completeBaseName().replace(QLatin1Char('&'), QStringLiteral("&&"));
        connect(m_recentMenu->addAction(text), &QAction::triggered, this,
                [this, project] { Q_EMIT openProjectRequested(project); });
    }
}

void MainWindow::chooseNew() {
    auto* chooser = new QFileDialog(this, tr("New project"), m_settings.lastFolder.get(),
                                    tr("Projects (*.likeness)"));
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setAcceptMode(QFileDialog::AcceptSave);
    chooser->setOption(QFileDialog::DontConfirmOverwrite);
    chooser->setLabelText(QFileDialog::Accept, tr("Create"));
    chooser->selectFile(tr("Project.likeness"));
    connect(chooser, &QFileDialog::fileSelected, this, [this](QString folder) {
        m_settings.lastFolder.set(QFileInfo(folder).absolutePath());
        if (!folder.endsWith(QStringLiteral(".likeness")))
            folder += QStringLiteral(".likeness");
        Q_EMIT newProjectRequested(folder);
    });
    chooser->open();
}

void MainWindow::chooseOpen() {
    auto* chooser = new QFileDialog(this, tr("Open the folder of a project (NAME.likeness)"),
                                    m_settings.lastFolder.get());
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setFileMode(QFileDialog::Directory);
    connect(chooser, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        m_settings.lastFolder.set(QFileInfo(folder).absolutePath());
        Q_EMIT openProjectRequested(folder);
    });
    chooser->open();
}

void MainWindow::choosePackage() {
    auto* chooser = new QFileDialog(this, tr("Rate a study package"),
                                    m_settings.packageFolder.get(), tr("Study packages (*.study)"));
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setFileMode(QFileDialog::ExistingFile);
    connect(chooser, &QFileDialog::fileSelected, this, &MainWindow::packageChosen);
    chooser->open();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    const auto running = m_session.jobs().shownJob();
    if (running && !m_closeConfirmed) {
        event->ignore();
        // The title of a job may name what a rater must not know.
        const QString work =
            m_focusMode ? tr("Other work") : tr("\u201c%1\u201d").arg(running->title);
        askThen(this, tr("Stop the running work?"),
                tr("%1 is still running. It is stopped when the window closes; what can be kept "
                   "is kept.")
                    .arg(work),
                tr("Stop and close"), [this] {
                    m_closeConfirmed = true;
                    close();
                });
        return;
    }
    m_settings.geometry.set(saveGeometry());
    m_session.jobs().cancelAll();
    QMainWindow::closeEvent(event);
}

} // namespace likeness
