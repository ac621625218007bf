// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/generate/gallery.h"

#include <QWidget>

class QPushButton;
class QStackedWidget;

namespace likeness {

class AskedGot;
class SameSeeds;
class SamplingForm;

/// Images of the chosen model: made, looked at, compared, deleted.
class SampleSection final : public QWidget {
    Q_OBJECT

public:
    explicit SampleSection(const GalleryParts& parts, QWidget* parent = nullptr);

    [[nodiscard]] Gallery* gallery() const { return m_gallery; }

    /// What the model makes of a few fixed seeds.
    void showSameSeeds();

    /// Further images of the set, of new seeds.
    void generateMore(const QString& setName);

Q_SIGNALS:
    void messageRaised(const QString& sentence, bool isError);

private:
    [[nodiscard]] QPushButton* addView(const QString& title, QWidget* view);

    SamplingForm* m_form;
    Gallery* m_gallery;
    SameSeeds* m_sameSeeds;
    AskedGot* m_askedGot;
    QStackedWidget* m_stack;
    QPushButton* m_imagesButton = nullptr;
    QPushButton* m_seedsButton = nullptr;
    QPushButton* m_askedButton = nullptr;
};

} // namespace likeness
