// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/openfilebutton.h"

#include "ui/dialogs/rawlayoutdialog.h"
#include "ui/models/diskimage.h"
#include "ui/settings/settings.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QMenu>
#include <QMimeData>
#include <QUrl>

namespace likeness {

namespace {

QString localFile(const QMimeData* data) {
    const QList<QUrl> urls = data ? data->urls() : QList<QUrl>();
    return urls.size() == 1 ? urls.front().toLocalFile() : QString();
}

} // namespace

OpenFileButton::OpenFileButton(const QString& side, JobRunner& jobs, Settings& settings)
    : m_side(side)
    , m_jobs(jobs)
    , m_settings(settings) {
    setText(tr("Open file\u2026"));
    setProperty("role", QStringLiteral("menu"));
    setToolTip(tr("Show an image, stack or volume that is not in the project; also by dropping it "
                  "on the pane"));
    nameField(this, tr("%1: open a file").arg(side));
    setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(this);
    connect(menu->addAction(tr("File\u2026")), &QAction::triggered, this,
            [this] { choose(false, false); });
    connect(menu->addAction(tr("Folder of slices\u2026")), &QAction::triggered, this,
            [this] { choose(true, false); });
    connect(menu->addAction(tr("Headerless file\u2026")), &QAction::triggered, this,
            [this] { choose(false, true); });
    menu->addSeparator();
    connect(menu->addAction(tr("Memory for images\u2026")), &QAction::triggered, this,
            [this] { askMemory(); });
    setMenu(menu);
}

void OpenFileButton::openFile() {
    choose(false, false);
}

void OpenFileButton::choose(bool folder, bool headerless) {
    auto* chooser = new QFileDialog(window(),
                                    folder ? tr("%1: folder of slices").arg(m_side)
                                           : tr("%1: open a file").arg(m_side),
                                    m_settings.imageFolder.get());
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setFileMode(folder ? QFileDialog::Directory : QFileDialog::ExistingFile);
    connect(chooser, &QFileDialog::fileSelected, this, [this, headerless](const QString& file) {
        m_settings.imageFolder.set(QFileInfo(file).absolutePath());
        if (headerless)
            askLayout(file);
        else
            Q_EMIT chosen(file, std::nullopt);
    });
    chooser->open();
}

void OpenFileButton::askLayout(const QString& file) {
    askRawLayout(this, m_jobs, file,
                 [this, file](const RawLayout& layout) { Q_EMIT chosen(file, layout); });
}

void OpenFileButton::askMemory() {
    auto* dialog = new QInputDialog(window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Memory for images"));
    dialog->setLabelText(
        tr("Larger images are shown from disk through so much memory, in MiB (0: a quarter of this "
           "machine's memory and at most 4096, which is %1 here). It "
           "takes effect at the next start.")
            .arg(imageMemory(0) >> 20U));
    dialog->setInputMode(QInputDialog::IntInput);
    dialog->setIntRange(0, 1 << 20);
    dialog->setIntStep(256);
    dialog->setIntValue(m_settings.imageMemoryMib.get());
    connect(dialog, &QInputDialog::intValueSelected, this,
            [this](int mebibytes) { m_settings.imageMemoryMib.set(mebibytes); });
    dialog->open();
}

void OpenFileButton::acceptDropsOn(QWidget* target) {
    target->setAcceptDrops(true);
    target->installEventFilter(this);
}

bool OpenFileButton::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::DragEnter) {
        auto* drag = static_cast<QDragEnterEvent*>(event);
        if (!localFile(drag->mimeData()).isEmpty()) {
            drag->acceptProposedAction();
            return true;
        }
    } else if (event->type() == QEvent::Drop) {
        auto* drop = static_cast<QDropEvent*>(event);
        const QString file = localFile(drop->mimeData());
        if (!file.isEmpty()) {
            drop->acceptProposedAction();
            Q_EMIT chosen(file, std::nullopt);
            return true;
        }
    }
    return QToolButton::eventFilter(watched, event);
}

} // namespace likeness
