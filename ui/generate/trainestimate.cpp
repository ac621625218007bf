// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/trainestimate.h"

#include "ui/generate/trainmonitor.h"
#include "ui/models/projectsession.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace likeness {

namespace {

constexpr std::chrono::milliseconds kRest{900};
constexpr std::int64_t kQuickBytes = std::int64_t{64} << 20; ///< of a set

// They end by themselves, whatever time they are given.
bool knowsItsEnd(const std::string& model) {
    return model == "gaussian-field" || model == "quilting";
}

// What the same training takes with another limit.
TrainingEstimate rescaled(TrainingEstimate estimate, const TrainingRequest& request) {
    constexpr double kSixty = 60.0;
    if (estimate.steps <= 0 || knowsItsEnd(request.model))
        return estimate;
    const double perStep = estimate.seconds / static_cast<double>(estimate.steps);
    if (request.steps)
        estimate.steps = *request.steps;
    else if (request.minutes && perStep > 0.0)
        estimate.steps = static_cast<std::int64_t>(kSixty * *request.minutes / perStep);
    estimate.seconds = static_cast<double>(estimate.steps) * perStep;
    return estimate;
}

QString splitWords(const Json& split) {
    const auto kind = split.find("kind");
    if (kind == split.end() || !kind->is_string() || *kind == "none")
        return TrainEstimate::tr("Nothing is held out to compare with.");
    const auto fraction = split.find("fraction");
    const QString share =
        fraction != split.end() && fraction->is_number()
            ? TrainEstimate::tr("%1 %").arg(std::lround(100.0 * fraction->get<double>()))
            : TrainEstimate::tr("A part");
    const auto gap = split.find("gap");
    const bool hasGap = gap != split.end() && gap->is_number_integer();
    if (*kind == "specimen")
        return TrainEstimate::tr("%1 is held out to compare with: whole specimens.").arg(share);
    const QString held = *kind == "slab"
                             ? TrainEstimate::tr("%1 is held out to compare with: a slab of slices")
                             : TrainEstimate::tr("%1 is held out to compare with: a block");
    if (!hasGap)
        return held.arg(share) + QLatin1Char('.');
    const auto wide = gap->get<std::int64_t>();
    if (*kind == "slab")
        return held.arg(share) + (wide == 1
                                      ? TrainEstimate::tr(", with a gap of one slice.")
                                      : TrainEstimate::tr(", with a gap of %1 slices.").arg(wide));
    return held.arg(share) + TrainEstimate::tr(", with a gap of %1 pixels.").arg(wide);
}

QString wordsOf(const TrainingEstimate& estimate) {
    constexpr double kKilo = 1000.0;
    constexpr double kMega = 1e6;
    const double perStep =
        estimate.steps > 0 ? estimate.seconds / static_cast<double>(estimate.steps) : 0.0;
    const QString each = perStep < 1.0
                             ? TrainEstimate::tr("%1 ms").arg(words::number(perStep * kKilo))
                             : TrainEstimate::tr("%1 s").arg(words::number(perStep));
    QStringList lines{
        TrainEstimate::tr("About %L1 steps in %2, %3 each.")
            .arg(estimate.steps)
            .arg(words::duration(estimate.seconds), each),
        TrainEstimate::tr("%1 GB of memory on %2; %3 million parameters, batches of %4.")
            .arg(words::number(estimate.memoryMb / kKilo), words::text(estimate.device),
                 words::number(static_cast<double>(estimate.parameters) / kMega))
            .arg(estimate.batch),
        splitWords(estimate.split)};
    if (const QString notes = sentencesOf(estimate.notes); !notes.isEmpty())
        lines << notes;
    return lines.join(QLatin1Char('\n'));
}

} // namespace

TrainEstimate::TrainEstimate(ProjectSession& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_words(makeLabel({}, LabelRole::muted))
    , m_button(makeButton(tr("Estimate"))) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_words);
    m_words->setObjectName(QStringLiteral("estimate"));
    m_button->setToolTip(tr("Tries out a few steps: how many there will be, how much memory they "
                            "need, what is held out"));
    m_rest.setSingleShot(true);
    m_rest.setInterval(kRest);
    connect(&m_rest, &QTimer::timeout, this, &TrainEstimate::begin);
    connect(m_button, &QPushButton::clicked, this, [this] {
        if (m_job != 0) {
            stop();
            tell(tr("Not estimated."));
        } else {
            begin();
        }
    });
    connect(&session.jobs(), &JobRunner::statusChanged, this, &TrainEstimate::giveWay);
    connect(&session.jobs(), &JobRunner::finished, this, [this](JobId) {
        if (m_wanted && !m_session.jobs().isBusy(Lane::project))
            wantSoon();
    });
    tell({});
}

std::string TrainEstimate::keyOf(const TrainingRequest& request) const {
    Json key{request.model,
             request.preset,
             request.size,
             request.setXz ? *request.setXz : "",
             request.setYz ? *request.setYz : "",
             request.conditions,
             toJson(request.holdOut)};
    std::vector<std::string> sets = request.moreSets;
    sets.insert(sets.begin(), request.setName);
    for (const std::string& name : sets) {
        const SetRecord* set =
            m_session.isOpen() ? m_session.snapshot().findSetNamed(name) : nullptr;
        key.push_back({name, set ? set->samples : 0});
    }
    if (knowsItsEnd(request.model))
        key.push_back({request.steps.value_or(0), request.minutes.value_or(0.0)});
    return key.dump();
}

bool TrainEstimate::isKnown() const {
    return m_estimate && m_request && m_estimatedFor == keyOf(*m_request);
}

// A rehearsal of a large network, or of a set that takes long to read, is for those who ask.
bool TrainEstimate::isQuick() const {
    if (!m_request || !m_session.isOpen() || m_request->preset != "demo")
        return false;
    const ProjectSnapshot& snapshot = m_session.snapshot();
    std::vector<std::string> names = m_request->moreSets;
    names.push_back(m_request->setName);
    std::int64_t bytes = 0;
    for (const std::string& name : names) {
        const SetRecord* set = snapshot.findSetNamed(name);
        if (!set)
            return false;
        for (const SampleRecord& sample : snapshot.samplesOf(set->id))
            bytes += sample.width * sample.height * sample.depth * sample.channels *
                     static_cast<std::int64_t>(bytesOf(sample.type));
    }
    return bytes <= kQuickBytes;
}

void TrainEstimate::setRequest(std::optional<TrainingRequest> request) {
    const bool same = m_request && request && keyOf(*m_request) == keyOf(*request);
    m_request = std::move(request);
    if (isKnown()) {
        stop();
        show(*m_estimate);
    } else if (!same || (m_job == 0 && !m_wanted)) {
        stop();
        tell({});
        wantSoon();
    }
    m_button->setEnabled(m_request.has_value());
}

void TrainEstimate::stop() {
    if (m_job != 0 || m_wanted)
        tell({});
    m_rest.stop();
    m_wanted = false;
    m_session.jobs().drop(std::exchange(m_job, 0));
    m_button->setText(tr("Estimate"));
}

void TrainEstimate::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (!isKnown() && m_job == 0)
        wantSoon();
}

void TrainEstimate::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    if (event->spontaneous() || (m_job == 0 && !m_rest.isActive() && !m_wanted))
        return;
    stop();
    tell({});
}

void TrainEstimate::wantSoon() {
    if (!isVisible() || !isQuick())
        return;
    m_wanted = m_session.jobs().isBusy(Lane::project);
    if (m_wanted)
        tell(tr("The estimate comes when the current work is done."));
    else
        m_rest.start();
}

// Whatever else a person wants comes first.
void TrainEstimate::giveWay() {
    if (m_job == 0 || m_session.jobs().waitingShown() == 0)
        return;
    stop();
    m_wanted = isVisible() && isQuick();
    tell(m_wanted ? tr("The estimate comes when the current work is done.")
                  : tr("Not estimated: other work came first."));
}

void TrainEstimate::begin() {
    if (!m_request || !m_session.isOpen())
        return;
    stop();
    const std::string key = keyOf(*m_request);
    m_job = m_session.run(
        {tr("Estimating a training"), Lane::project, false}, ProjectSession::Effect::reads, this,
        [request = *m_request](Project& project, JobContext& job) {
            return estimateTraining(project, request, job);
        },
        [this, key](const TrainingEstimate& estimate) {
            stop();
            m_estimate = estimate;
            m_estimatedFor = key;
            show(estimate);
        },
        [this](const std::exception_ptr& failure) {
            stop();
            tell(words::explain(failure).sentence);
        });
    m_button->setText(tr("Stop estimating"));
    tell(m_session.jobs().shownJob() ? tr("The estimate comes when the current work is done.")
                                     : tr("Trying out a few steps\u2026"));
}

void TrainEstimate::tell(const QString& text) {
    m_words->setText(text);
    m_words->setVisible(!text.isEmpty());
}

void TrainEstimate::show(const TrainingEstimate& estimate) {
    tell(wordsOf(rescaled(estimate, *m_request)));
}

} // namespace likeness
