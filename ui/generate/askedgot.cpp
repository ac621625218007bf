// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/askedgot.h"

#include "ui/generate/conditionfields.h"
#include "ui/models/gallerymodel.h"
#include "ui/models/modelchoice.h"
#include "ui/models/projectsession.h"
#include "ui/plots/curveplot.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"
#include "ui/words.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace likeness {

AskedGot::AskedGot(ProjectSession& session, ModelChoice& choice, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_choice(choice)
    , m_set(new QComboBox)
    , m_scalar(new QComboBox)
    , m_words(makeLabel({}, LabelRole::muted))
    , m_plot(new CurvePlot(tr("asked"), tr("got"))) {
    for (QComboBox* box : {m_set, m_scalar}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(18);
    }
    nameField(m_set, tr("Set that is shown"));
    nameField(m_scalar, tr("Value that is shown"));
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_set, 1);
    row->addWidget(m_scalar, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(row);
    column->addWidget(m_plot, 1);
    column->addWidget(m_words);
    connect(m_set, &QComboBox::currentIndexChanged, this, &AskedGot::read);
    connect(m_scalar, &QComboBox::currentIndexChanged, this, &AskedGot::plot);
    connect(&choice, &ModelChoice::refreshed, this, &AskedGot::refreshSets);
    connect(&choice, &ModelChoice::changed, this, &AskedGot::refreshSets);
    refreshSets();
}

void AskedGot::refreshSets() {
    const CheckpointEntry* entry = m_choice.current();
    const QString shown = m_set->currentData().toString();
    {
        const QSignalBlocker quiet(m_set);
        m_set->clear();
        if (entry && !entry->id.empty() && m_session.isOpen()) {
            for (const SetRecord& set : setsOf(m_session.snapshot(), entry->id))
                m_set->addItem(words::text(set.name), words::text(set.id));
        }
        m_set->setCurrentIndex(std::max(0, m_set->findData(shown)));
    }
    read();
}

void AskedGot::showSet(const std::string& setId) {
    const int row = m_set->findData(words::text(setId));
    if (row >= 0)
        m_set->setCurrentIndex(row);
}

void AskedGot::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    read();
}

void AskedGot::read() {
    if (m_set->currentIndex() < 0 || !isVisible()) {
        adopt({});
        return;
    }
    m_session.run(
        {tr("Reading what was asked and got"), Lane::project, false}, ProjectSession::Effect::reads,
        this,
        [name = words::utf8(m_set->currentText())](Project& project, JobContext&) {
            return askedAgainstGot(project, name);
        },
        [this](std::vector<ConditionAgreement> agreements) { adopt(std::move(agreements)); });
}

void AskedGot::adopt(std::vector<ConditionAgreement> agreements) {
    m_agreements = std::move(agreements);
    const QString shown = m_scalar->currentText();
    {
        const QSignalBlocker quiet(m_scalar);
        m_scalar->clear();
        for (const ConditionAgreement& agreement : m_agreements)
            m_scalar->addItem(conditionTitle(agreement.name));
        m_scalar->setCurrentIndex(std::max(0, m_scalar->findText(shown)));
    }
    plot();
}

void AskedGot::plot() {
    m_plot->clear();
    const int at = m_scalar->currentIndex();
    if (at < 0 || at >= static_cast<int>(m_agreements.size())) {
        m_words->setText(tr("Ask the model for values, and this shows what its images came to."));
        return;
    }
    const ConditionAgreement& agreement = m_agreements[static_cast<std::size_t>(at)];
    std::vector<QPointF> points;
    for (const AskedAndGot& pair : agreement.pairs)
        points.emplace_back(pair.asked, pair.got);
    const QString title = conditionTitle(agreement.name);
    m_plot->setTitles(tr("%1 asked for").arg(title), tr("%1 of the image").arg(title));
    m_plot->setCurve(tr("images"), theme::kAccent, points, CurvePlot::Kind::points);
    m_plot->setDiagonal(tr("as asked"));
    QStringList parts{words::count(std::ssize(agreement.pairs), words::Noun::image),
                      tr("mean difference %1").arg(words::number(agreement.bias)),
                      tr("RMSE %1").arg(words::number(agreement.rmse))};
    if (agreement.slope)
        parts << tr("slope %1").arg(words::number(*agreement.slope));
    if (agreement.correlation)
        parts << tr("correlation %1").arg(words::number(*agreement.correlation));
    m_words->setText(parts.join(QStringLiteral(" \u00b7 ")));
}

} // namespace likeness
