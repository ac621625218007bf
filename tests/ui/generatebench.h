// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/base/random.h"
#include "core/imaging/image.h"
#include "db/project.h"
#include "db/samplerepository.h"
#include "db/workflow/generating.h"
#include "ui/models/modelchoice.h"
#include "ui/models/projectsession.h"
#include "ui/models/thumbnailstore.h"
#include "ui/pages/generatepage.h"
#include "ui/settings/settings.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QSettings>
#include <QTabWidget>
#include <QTest>

#include <functional>
#include <memory>
#include <string>

namespace likeness {

template <typename T>
T* named(QWidget* root, const QString& name) {
    for (T* widget : root->findChildren<T*>()) {
        if (widget->accessibleName() == name)
            return widget;
    }
    return nullptr;
}

inline QAbstractButton* buttonOf(QWidget* root, const QString& text) {
    for (QAbstractButton* button : root->findChildren<QAbstractButton*>()) {
        if (button->text() == text)
            return button;
    }
    return nullptr;
}

/// A Generate page with the real worker on a project with twelve slices of 40 x 40 pixels, "rock".
class GenerateBench {
public:
    GenerateBench() {
        qputenv("LIKENESS_WORKER", LIKENESS_BIN_DIR "/likeness-worker");
        store = std::make_unique<QSettings>(
            QString::fromStdString((folder.path() / "settings.ini").string()),
            QSettings::IniFormat);
        settings = std::make_unique<Settings>(*store);
        jobs = std::make_unique<JobRunner>();
        session = std::make_unique<ProjectSession>(*jobs);
        thumbnails = std::make_unique<ThumbnailStore>(
            *jobs, [this] { return session->pixelSource(); }, 64);
        page = std::make_unique<GeneratePage>(*session, *thumbnails, *settings);
        page->resize(1300, 800);
        page->show();
    }

    GenerateBench(const GenerateBench&) = delete;
    GenerateBench& operator=(const GenerateBench&) = delete;

    ~GenerateBench() {
        page.reset();
        thumbnails.reset();
        session.reset();
        jobs.reset();
    }

    /// `prepare` runs on the project before the page sees it.
    void open(const std::function<void(Project&)>& prepare = {}) {
        session->open(QStringLiteral("Opening"),
                      [path = folder.path() / "p.likeness", prepare](JobContext&) {
                          Project project = Project::create(path);
                          addRock(project);
                          if (prepare)
                              prepare(project);
                          return project;
                      });
    }

    [[nodiscard]] ModelChoice* choice() const { return page->findChild<ModelChoice*>(); }

    void showTab(const QString& title) const {
        auto* tabs = page->findChild<QTabWidget*>();
        for (int i = 0; i < tabs->count(); ++i) {
            if (tabs->tabText(i) == title)
                tabs->setCurrentIndex(i);
        }
    }

    [[nodiscard]] const SetRecord* set(const char* name) const {
        return session->snapshot().findSetNamed(name);
    }

    /// A model that was hardly trained.
    static std::string trained(Project& project, const std::string& model) {
        TrainingRequest request;
        request.setName = "rock";
        request.model = model;
        request.size = 32;
        request.steps = 2;
        request.holdOut = nothingHeldOut();
        request.device = {"cpu", 1};
        JobContext job;
        return trainOnSet(project, request, job).checkpoint.id;
    }

    TemporaryFolder folder;
    std::unique_ptr<QSettings> store;
    std::unique_ptr<Settings> settings;
    std::unique_ptr<JobRunner> jobs;
    std::unique_ptr<ProjectSession> session;
    std::unique_ptr<ThumbnailStore> thumbnails;
    std::unique_ptr<GeneratePage> page;

private:
    static constexpr int kSide = 40;

    static void addRock(Project& project) {
        SetRecord rock;
        rock.name = "rock";
        rock = project.sampleRepository().addSet(rock);
        for (int number = 0; number < 12; ++number) {
            SampleRecord sample;
            sample.setId = rock.id;
            sample.specimen = "a";
            sample.sourceName = "stack.tif";
            sample.sourceSlice = number;
            sample.voxelUm = {2.5, 2.5, 2.5};
            Volume slice(PixelType::u8, kSide, kSide);
            Random random(static_cast<std::uint64_t>(number), "test.slice");
            for (std::int64_t i = 0; i < slice.span().pixels(); ++i)
                slice.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(
                    (i / kSide / 4 % 2 == 0 ? 70 : 150) + random.below(30));
            (void)project.sampleRepository().addSample(sample, slice);
        }
    }
};

} // namespace likeness
