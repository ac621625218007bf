// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/samplesection.h"

#include "ui/generate/askedgot.h"
#include "ui/generate/sameseeds.h"
#include "ui/generate/samplingform.h"
#include "ui/models/modelability.h"
#include "ui/models/modelchoice.h"
#include "ui/widgets/labels.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace likeness {

namespace {

constexpr int kMore = 8;

} // namespace

SampleSection::SampleSection(const GalleryParts& parts, QWidget* parent)
    : QWidget(parent)
    , m_form(new SamplingForm(parts.session, parts.settings, parts.choice))
    , m_gallery(new Gallery(parts))
    , m_sameSeeds(new SameSeeds(parts.session, parts.choice))
    , m_askedGot(new AskedGot(parts.session, parts.choice))
    , m_stack(new QStackedWidget) {
    m_imagesButton = addView(tr("Images"), m_gallery);
    m_seedsButton = addView(tr("Same seeds"), m_sameSeeds);
    m_askedButton = addView(tr("Asked and got"), m_askedGot);
    auto* group = new QButtonGroup(this);
    auto* views = new QHBoxLayout;
    views->setSpacing(6);
    for (QPushButton* button : {m_imagesButton, m_seedsButton, m_askedButton}) {
        group->addButton(button);
        views->addWidget(button);
    }
    views->addStretch(1);
    m_imagesButton->setChecked(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 12, 0, 0);
    column->setSpacing(10);
    column->addWidget(m_form);
    column->addLayout(views);
    column->addWidget(m_stack, 1);
    connect(m_form, &SamplingForm::messageRaised, this, &SampleSection::messageRaised);
    connect(m_form, &SamplingForm::generated, this,
            [this, &choice = parts.choice](const SamplingResult& result) {
                if (!result.samples.empty())
                    choice.chooseId(result.samples.front().checkpointId.value_or(std::string()));
                m_imagesButton->click();
                m_gallery->showSet(result.set.id);
                m_askedGot->showSet(result.set.id);
            });
    const auto refresh = [this, &choice = parts.choice] {
        const CheckpointEntry* entry = choice.current();
        const bool asks = entry && conditionsOf(*entry);
        m_askedButton->setVisible(asks);
        if (!asks && m_askedButton->isChecked())
            m_imagesButton->click();
    };
    connect(&parts.choice, &ModelChoice::changed, this, refresh);
    connect(&parts.choice, &ModelChoice::refreshed, this, refresh);
    refresh();
}

QPushButton* SampleSection::addView(const QString& title, QWidget* view) {
    QPushButton* button = makeButton(title);
    button->setCheckable(true);
    m_stack->addWidget(view);
    connect(button, &QPushButton::clicked, this, [this, view] { m_stack->setCurrentWidget(view); });
    return button;
}

void SampleSection::showSameSeeds() {
    m_seedsButton->click();
    m_sameSeeds->draw();
}

void SampleSection::generateMore(const QString& setName) {
    m_form->generateMore(setName, kMore);
}

} // namespace likeness
