// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "ui/jobs/jobrunner.h"
#include "ui/models/gallerymodel.h"

#include <QWidget>

#include <memory>

class QLabel;
class QPushButton;

namespace likeness {

class ImageCanvas;
class ProjectSession;

/// One image of a gallery, as large as the room allows, with zoom and window. Left and Right go to
/// the neighbours, Escape goes back.
class Lightbox final : public QWidget {
    Q_OBJECT

public:
    Lightbox(ProjectSession& session, const GalleryModel& model, QWidget* parent = nullptr);

    void show(int row);

    [[nodiscard]] int row() const { return m_row; }

Q_SIGNALS:
    void left();
    void rowShown(int row);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void step(int by);

    ProjectSession& m_session;
    const GalleryModel& m_model;
    ImageCanvas* m_canvas;
    QLabel* m_caption;
    QPushButton* m_previous;
    QPushButton* m_next;
    LatestJob m_loading;
    int m_row = -1;
};

} // namespace likeness
