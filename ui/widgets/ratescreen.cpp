// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/ratescreen.h"

#include "ui/widgets/labels.h"
#include "ui/words.h"
#include "viewers/canvas/imagecanvas.h"

#include <QKeyEvent>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedLayout>

#include <chrono>
#include <utility>

namespace likeness {

namespace {

std::int64_t nowNs() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

} // namespace

RateScreen::RateScreen(std::unique_ptr<RatingDriver> driver, QWidget* parent)
    : QWidget(parent)
    , m_driver(std::move(driver))
    , m_gate(std::int64_t{m_driver->info().minViewMs} * 1'000'000)
    , m_trialPage(new QWidget)
    , m_wordsPage(new QWidget)
    , m_link(new ViewLink(this))
    , m_canvas(new ImageCanvas)
    , m_question(makeLabel(m_driver->info().question))
    , m_progressText(makeLabel({}, LabelRole::muted))
    , m_progress(new QProgressBar)
    , m_notice(makeLabel({}, LabelRole::error))
    , m_wordsTitle(makeLabel({}, LabelRole::title))
    , m_wordsText(makeLabel({}))
    , m_action(makeButton({}))
    , m_save(makeButton(tr("Save ratings file\u2026")))
    , m_leave(makeButton(tr("Leave"))) {
    setFocusPolicy(Qt::StrongFocus);
    setupPages();
    m_gapTimer.setSingleShot(true);
    m_gapTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_gapTimer, &QTimer::timeout, this, [this] {
        m_gapOver = true;
        m_gapEndNs = nowNs();
        presentIfReady();
    });
    connectDriver();
    const RatingInfo& info = m_driver->info();
    QString text =
        info.instructions.isEmpty() ? QString() : info.instructions + QStringLiteral("\n\n");
    text += info.question + QStringLiteral("\n\n") +
            tr("One key answers, saves and shows the next image. Backspace takes the last answer "
               "back, P hides the image for a pause. You will judge %1.")
                .arg(words::count(info.trials, words::Noun::image));
    showWords(State::intro, info.title, text,
              info.answered > 0
                  ? tr("Go on at %1 of %2 (Space)").arg(info.answered + 1).arg(info.trials)
                  : tr("Begin (Space)"));
}

RateScreen::~RateScreen() = default;

void RateScreen::connectDriver() {
    RatingDriver* driver = m_driver.get();
    connect(driver, &RatingDriver::trialReady, this, &RateScreen::onTrial);
    connect(driver, &RatingDriver::finished, this, &RateScreen::onFinished);
    connect(driver, &RatingDriver::saved, this, &RateScreen::onSaved);
    connect(driver, &RatingDriver::saveFailed, this, &RateScreen::onSaveFailed);
    connect(driver, &RatingDriver::failed, this, &RateScreen::onFailed);
    connect(driver, &RatingDriver::undone, this, [this] { begin(); });
    connect(driver, &RatingDriver::exportFailed, this, [this](const std::exception_ptr& failure) {
        m_wordsText->setText(
            m_thanks + tr("\n\nThe ratings file was not written. %1\n\nThe answers are safe: save "
                          "the file in another folder.")
                           .arg(words::explain(failure).sentence));
    });
    connect(driver, &RatingDriver::exported, this, [this](const QString& path) {
        m_wordsText->setText(
            m_thanks +
            tr("\n\nThe ratings were saved as\n%1\n\nSend this file to the study lead.").arg(path));
    });
}

// Fetches the trial to answer while the grey gap runs.
void RateScreen::begin() {
    m_trial.reset();
    startGap();
    m_driver->fetch();
}

void RateScreen::startGap() {
    m_state = State::gap;
    m_stack->setCurrentWidget(m_trialPage);
    m_notice->clear();
    hideImage();
    showProgress();
    setFocus();
    m_gapOver = false;
    m_gapTimer.start(m_driver->info().gapMs);
}

void RateScreen::hideImage() {
    m_gate.close();
    m_waitsForFrame = false;
    m_canvas->setVolume(nullptr);
}

void RateScreen::onTrial(const Trial& trial) {
    if (m_lastBlock != 0 && trial.item.block > m_lastBlock && m_state == State::gap) {
        m_gapTimer.stop();
        m_lastBlock = trial.item.block;
        showWords(State::rest, tr("Time for a short break"),
                  tr("Look away from the screen for a minute. %1 of %2 images are done, and every "
                     "answer is stored.")
                      .arg(trial.number - 1)
                      .arg(m_driver->info().trials),
                  tr("Go on (Space)"));
        return;
    }
    m_lastBlock = trial.item.block;
    m_trial = trial;
    presentIfReady();
}

void RateScreen::presentIfReady() {
    if (m_state != State::gap || !m_gapOver || !m_trial)
        return;
    showProgress();
    m_focusLosses = 0;
    m_waitsForFrame = true;
    m_canvas->setVolume(m_trial->pixels);
    // All stimuli have one canonical type, and are all shown over its whole range.
    m_link->setRange(m_canvas->viewId(), {0.0, typeMaximum(m_trial->pixels->type())});
    m_link->fit(m_canvas->viewId());
    m_state = State::viewing;
}

void RateScreen::onFirstFrame() {
    m_waitsForFrame = false;
    m_gate.open(nowNs());
}

bool RateScreen::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_canvas && event->type() == QEvent::Paint && m_waitsForFrame) {
        // Counted from after the painting itself.
        m_waitsForFrame = false;
        QMetaObject::invokeMethod(
            this,
            [this] {
                if (m_state == State::viewing && !m_gate.isOpen())
                    onFirstFrame();
            },
            Qt::QueuedConnection);
    }
    return QWidget::eventFilter(watched, event);
}

void RateScreen::press(int value, bool autoRepeat, const char* input) {
    const std::int64_t now = nowNs();
    const bool counts = m_gate.accept(value, now, autoRepeat);
    if (!counts || m_state != State::viewing || !m_trial)
        return;
    m_state = State::saving;
    RatingSession::Answer answer;
    answer.value = value;
    answer.firstFrameNs = m_gate.firstFrameNs();
    answer.answeredNs = now;
    answer.input = input;
    answer.telemetry = {{"late_ms", (m_gate.firstFrameNs() - m_gapEndNs) / 1'000'000},
                        {"focus_losses", m_focusLosses},
                        {"pauses", m_pauses},
                        {"pixel_ratio_percent", static_cast<int>(devicePixelRatioF() * 100.0)},
                        {"zoom_percent", static_cast<int>(m_canvas->view().zoom.width() * 100.0)}};
    m_driver->answer(answer);
}

void RateScreen::onSaved() {
    m_pauses = 0;
    begin();
}

void RateScreen::onSaveFailed(const std::exception_ptr& failure) {
    m_state = State::viewing;
    m_gate.reopen();
    m_notice->setText(words::blindSentence(failure));
}

void RateScreen::takeBack() {
    if (m_state != State::viewing && m_state != State::done && m_state != State::rest)
        return;
    m_state = State::saving;
    hideImage();
    m_lastBlock = 0; // no break when going back over the border of a block
    m_driver->undo();
}

void RateScreen::pause() {
    if (m_state != State::viewing)
        return;
    ++m_pauses;
    hideImage();
    showWords(State::paused, tr("Pause"), tr("The image is hidden. Every answer so far is stored."),
              tr("Go on (Space)"));
}

void RateScreen::goOn() {
    switch (m_state) {
    case State::intro:
    case State::paused:
    case State::rest:
    case State::failed:
        begin();
        break;
    default:
        break;
    }
}

void RateScreen::onFinished(const QString& receipt) {
    m_gapTimer.stop();
    hideImage();
    m_thanks = tr("All answers are stored. Your receipt is %1: note it down, it proves that "
                  "nothing was changed later.")
                   .arg(receipt);
    showWords(State::done, tr("Thank you"),
              m_thanks + tr("\n\nSave the ratings file and send it to the study lead."), {});
}

void RateScreen::onFailed(const std::exception_ptr& failure) {
    m_gapTimer.stop();
    hideImage();
    showWords(State::failed, tr("The study cannot go on"), words::explain(failure).sentence,
              tr("Try again (Space)"));
}

void RateScreen::showWords(State state,
                           const QString& title,
                           const QString& text,
                           const QString& action) {
    m_state = state;
    m_wordsTitle->setText(title);
    m_wordsText->setText(text);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    m_save->setVisible(state == State::done);
    m_stack->setCurrentWidget(m_wordsPage);
    setFocus();
}

void RateScreen::showProgress() {
    const int total = m_driver->info().trials;
    m_progress->setRange(0, total);
    if (!m_trial)
        return;
    m_progress->setValue(m_trial->number - 1);
    m_progressText->setText(tr("%1 of %2").arg(m_trial->number).arg(total));
}

void RateScreen::keyPressEvent(QKeyEvent* event) {
    const int digit = event->key() - Qt::Key_0;
    const bool plain = (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
    // Some keyboards, French ones among them, give digits with Shift only.
    const bool typed =
        (event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)) == Qt::NoModifier;
    if (typed && digit >= 1 && digit <= 9) {
        for (const RatingInfo::Level& level : m_driver->info().levels) {
            if (level.value == digit)
                press(digit, event->isAutoRepeat(), "key");
        }
        return;
    }
    if (!plain || event->isAutoRepeat()) {
        QWidget::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
    case Qt::Key_Backspace:
        takeBack();
        break;
    case Qt::Key_P:
        pause();
        break;
    case Qt::Key_Space:
        goOn();
        break;
    case Qt::Key_Escape:
        if (m_state == State::viewing)
            pause();
        else if (m_state != State::saving && m_state != State::gap)
            Q_EMIT leaveRequested();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void RateScreen::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    setFocus();
}

void RateScreen::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    ++m_focusLosses;
}

} // namespace likeness
