// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page.h"

#include <QMainWindow>

#include <exception>
#include <functional>
#include <map>
#include <vector>

class QAction;
class QMenu;
class QStackedWidget;

namespace likeness {

class JobBar;
class JobRunner;
class NavigationBar;
class ProjectSession;
struct Settings;
class WelcomePage;

/// Wires navigation, pages, menus and the job bar; the pages do the work. Pages are made when they
/// are first shown.
class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    using PageFactory = std::function<Page*(PageId)>;

    MainWindow(ProjectSession& session,
               Settings& settings,
               PageFactory factory,
               QWidget* parent = nullptr);
    ~MainWindow() override;

    void showPage(PageId id);
    [[nodiscard]] Page* page(PageId id); ///< made if need be
    void showMessageLine(const QString& sentence, bool isError);
    void setBusy(const QString& sentence); ///< on the welcome page

Q_SIGNALS:
    void newProjectRequested(const QString& folder);
    void openProjectRequested(const QString& folder);
    void demoRequested();
    void packageChosen(const QString& package);

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void setupLayout();
    void setupFileMenu();
    void setupViewMenu();
    void setupHelpMenu();
    void chooseKeys();
    void connectSession();
    QAction* addAction(QMenu* menu,
                       const QString& text,
                       const QKeySequence& keys,
                       std::function<void()> run);
    void fillRecent();
    void chooseNew();
    void chooseOpen();
    void choosePackage();
    void onOpened();
    void onClosed();
    void report(const std::exception_ptr& failure);
    void setFocusMode(bool on);
    void refreshTitle();

    ProjectSession& m_session;
    Settings& m_settings;
    PageFactory m_factory;
    std::map<PageId, Page*> m_pages;
    NavigationBar* m_navigation;
    QStackedWidget* m_stack;
    WelcomePage* m_welcome;
    JobBar* m_jobBar;
    QMenu* m_recentMenu = nullptr;
    std::vector<QAction*> m_projectActions; // need an open project
    std::vector<QAction*> m_allActions;     // off while somebody rates
    std::vector<std::exception_ptr> m_held; // failures that wait until the rating has ended
    PageId m_current = PageId::samples;
    bool m_focusMode = false;
    bool m_closeConfirmed = false;
};

} // namespace likeness
