// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the Inspect page does with what it shows: files, the clipboard, the nearest real image.
#include "core/base/files.h"
#include "db/workflow/annotations.h"
#include "ui/models/annotatedpicture.h"
#include "ui/models/nearestreal.h"
#include "ui/models/projectsession.h"
#include "ui/pages/inspectpage.h"
#include "ui/settings/settings.h"
#include "ui/widgets/annotationpanel.h"
#include "ui/widgets/measurepanel.h"
#include "ui/widgets/viewablepicker.h"
#include "ui/words.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"
#include "viewers/compare/orthopanes.h"

#include <QAction>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>

#include <utility>

namespace likeness {

void InspectPage::setupPictureMenu() {
    m_picture->setText(tr("Picture"));
    m_picture->setProperty("role", QStringLiteral("menu"));
    m_picture->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_picture);
    const auto add = [&](const QString& name, const QKeySequence& keys, auto action) {
        QAction* entry = menu->addAction(name);
        entry->setShortcut(keys);
        entry->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(entry);
        connect(entry, &QAction::triggered, this, action);
    };
    add(tr("Save as seen, with notes\u2026"), QKeySequence::Save, [this] { savePicture(); });
    add(tr("Copy as seen"), QKeySequence::Copy,
        [this] { QGuiApplication::clipboard()->setImage(picture()); });
    menu->addSeparator();
    add(tr("Nearest image of the left set"), Qt::Key_N, [this] { findNearest(); });
    m_picture->setMenu(menu);
}

/// Measuring and annotating both draw over the panes: one at a time.
void InspectPage::setupAnnotations() {
    connect(m_measure, &MeasurePanel::taken, m_annotate, &AnnotationPanel::turnOff);
    connect(m_annotate, &AnnotationPanel::taken, m_measure, &MeasurePanel::turnOff);
    connect(m_annotate, &AnnotationPanel::refused, this,
            [this](const QString& sentence) { Q_EMIT messageRaised(sentence, true); });
    connect(m_annotate, &AnnotationPanel::tableWanted, this, [this] {
        m_session.run(
            {tr("Listing annotations"), Lane::project, false}, ProjectSession::Effect::reads, this,
            [](Project& project, JobContext&) { return annotationsCsv(annotationRows(project)); },
            [this](const std::string& csv) {
                saveTable(QByteArray::fromStdString(csv), tr("annotations.csv"));
            });
    });
}

void InspectPage::saveTable(const QByteArray& csv, const QString& name) {
    auto* chooser = new QFileDialog(this, tr("Save the table"), m_settings.packageFolder.get(),
                                    tr("Tables (*.csv)"));
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setAcceptMode(QFileDialog::AcceptSave);
    chooser->setDefaultSuffix(QStringLiteral("csv"));
    chooser->selectFile(name);
    connect(chooser, &QFileDialog::fileSelected, this,
            [this, csv](const QString& file) { saveBytes(csv, file); });
    chooser->open();
}

void InspectPage::saveBytes(const QByteArray& bytes, const QString& file) {
    m_session.jobs().start(
        {tr("Writing %1").arg(file), Lane::pictures, false}, this,
        [bytes, out = words::path(file)](JobContext&) {
            writeFileDurably(
                out, std::string_view(bytes.data(), static_cast<std::size_t>(bytes.size())));
        },
        [this, file] { Q_EMIT messageRaised(tr("%1 was written.").arg(file), false); });
}

QImage InspectPage::picture() const {
    return m_stack->currentWidget()->grab().toImage();
}

/// Of what picture() shows; the camera of a 3-D view is not among it.
PictureNotes InspectPage::pictureNotes() const {
    PictureNotes notes;
    const std::array names{"Left ", "Right ", "Lower left ", "Lower right "};
    for (int pane = 0; pane < (m_flat->isChecked() ? static_cast<int>(kPanes) : 2); ++pane) {
        const Viewable* viewable = m_pickers[static_cast<std::size_t>(pane)]->current();
        const ImageCanvas* canvas = m_panes->canvas(pane);
        const QString prefix = QString::fromLatin1(names.at(static_cast<std::size_t>(pane)));
        if (!m_files[static_cast<std::size_t>(pane)].isEmpty()) {
            notes.emplace_back(prefix + QStringLiteral("file"), titleOf(pane));
            continue;
        }
        if (m_three->isChecked())
            canvas = m_planes->canvas(pane, SliceAxis::z);
        if (!viewable || !canvas->volume())
            continue;
        const PaneView view = canvas->view();
        const ViewSubject& subject = canvas->link()->subject(canvas->viewId());
        const double um = subject.voxelUm ? subject.pixelPitch(view.axis).width() /
                                                (view.zoom.width() * devicePixelRatioF())
                                          : 0.0;
        for (auto& note : notesOf(prefix, titleOf(pane), *viewable, view, um))
            notes.push_back(std::move(note));
    }
    return notes;
}

void InspectPage::savePicture() {
    const QImage image = picture();
    const PictureNotes notes = pictureNotes();
    auto* chooser = new QFileDialog(this, tr("Save the picture"), m_settings.packageFolder.get(),
                                    tr("Pictures (*.png)"));
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setAcceptMode(QFileDialog::AcceptSave);
    chooser->setDefaultSuffix(QStringLiteral("png"));
    chooser->selectFile(tr("comparison.png"));
    connect(chooser, &QFileDialog::fileSelected, this, [this, image, notes](const QString& file) {
        saveBytes(annotatedPng(image, notes), file);
    });
    chooser->open();
}

void InspectPage::findNearest() {
    const auto& shown = m_volumes[1];
    const auto set = m_pickers[0]->currentSet();
    if (!shown || !set) {
        Q_EMIT messageRaised(tr("The nearest real image cannot be looked for: there must be a "
                                "synthetic image at the right and a set at the left."),
                             true);
        return;
    }
    const std::int64_t slice =
        m_panes->canvas(1)->view().axis == SliceAxis::z ? m_panes->canvas(1)->view().slice : 0;
    m_nearestJob->start(
        JobSpec{tr("Looking for the nearest image of %1").arg(words::text(set->name)),
                Lane::pictures, true},
        this,
        [shown, slice, reals = m_session.snapshot().samplesOf(set->id),
         source = m_session.pixelSource()](JobContext& job) {
            return nearestReal(shown->span().slice(slice), reals, source, job);
        },
        [this](const NearestReal& nearest) { showNearest(nearest); },
        [this](const std::exception_ptr& failure) {
            Q_EMIT messageRaised(words::explain(failure).sentence, true);
        });
}

void InspectPage::showNearest(const NearestReal& nearest) {
    m_pickers[0]->choose(nearest.sample.setId, nearest.sample.id);
    const QString turned = nearest.orientation == 0 ? QString() : tr(", turned or mirrored");
    Q_EMIT messageRaised(
        tr("Nearest in this set: image %1 at x %2, y %3 beside x %4, y %5 of the right one, "
           "pieces of %6 pixels, correlation %7%8. Copies have 1.")
            .arg(nearest.sample.index + 1)
            .arg(nearest.x)
            .arg(nearest.y)
            .arg(nearest.pieceX)
            .arg(nearest.pieceY)
            .arg(nearest.side)
            .arg(nearest.correlation, 0, 'f', 3)
            .arg(turned),
        false);
}

} // namespace likeness
