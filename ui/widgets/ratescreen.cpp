// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/ratescreen.h"

#include "ui/widgets/labels.h"
#include "ui/words.h"
#include "viewers/canvas/imagecanvas.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedLayout>
#include <QStandardPaths>
#include <QVBoxLayout>

#include <chrono>
#include <utility>

namespace likeness {

namespace {

// One grey everywhere, the canvas' own surround; words dark enough to read and calm enough not to
// draw the eye.
const QString kSheet = QStringLiteral(
    "likeness--RateScreen, QWidget#page { background: #777777; }"
    "QLabel { color: #161616; background: transparent; }"
    "QLabel[role=\"title\"] { color: #101010; }"
    "QLabel[role=\"muted\"] { color: #2a2a2a; }"
    "QLabel[role=\"error\"] { color: #1a0000; font-weight: 600; }"
    "QPushButton { background: #868686; color: #111111; border: 1px solid #5f5f5f; border-radius: "
    "6px; padding: 7px 10px; }"
    "QPushButton:hover { background: #909090; }"
    "QPushButton:pressed { background: #9c9c9c; }"
    "QPushButton:focus { border-color: #2b2b2b; }"
    "QProgressBar { background: #6a6a6a; max-height: 4px; min-height: 4px; border-radius: 2px; }"
    "QProgressBar::chunk { background: #9c9c9c; border-radius: 2px; }");

constexpr int kColumnWidth = 620;

std::int64_t nowNs() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

QWidget* makePage() {
    auto* page = new QWidget;
    page->setObjectName(QStringLiteral("page"));
    page->setAttribute(Qt::WA_StyledBackground);
    return page;
}

} // namespace

RateScreen::RateScreen(std::unique_ptr<RatingDriver> driver, QWidget* parent)
    : QWidget(parent)
    , m_driver(std::move(driver))
    , m_gate(std::int64_t{m_driver->info().minViewMs} * 1'000'000)
    , m_trialPage(makePage())
    , m_wordsPage(makePage())
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
    setAttribute(Qt::WA_StyledBackground);
    setFocusPolicy(Qt::StrongFocus);
    setStyleSheet(kSheet);
    setupTrialPage();
    setupWordsPage();
    m_stack = new QStackedLayout(this);
    m_stack->setContentsMargins(0, 0, 0, 0);
    m_stack->addWidget(m_trialPage);
    m_stack->addWidget(m_wordsPage);
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
               "back, P hides the "
               "image for a pause. %n images.",
               nullptr, info.trials);
    showWords(State::intro, info.title, text,
              info.answered > 0
                  ? tr("Go on at %1 of %2 (Space)").arg(info.answered + 1).arg(info.trials)
                  : tr("Begin (Space)"));
}

RateScreen::~RateScreen() = default;

void RateScreen::setupTrialPage() {
    m_canvas->setLink(m_link);
    m_canvas->setStudyMode(true);
    m_canvas->setReadOnlyView(true);
    m_canvas->setScaleBarVisible(false);
    m_canvas->setFocusPolicy(Qt::NoFocus);
    m_canvas->installEventFilter(this);
    m_question->setAlignment(Qt::AlignCenter);
    m_question->setWordWrap(true);
    m_progressText->setAlignment(Qt::AlignCenter);
    m_progressText->setWordWrap(false);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(240);
    m_progress->setAccessibleName(tr("Images answered"));
    m_notice->setAlignment(Qt::AlignCenter);
    // Room for two lines at any time, so that a notice moves nothing.
    m_notice->setFixedHeight(2 * fontMetrics().lineSpacing() + 4);

    auto* column = new QVBoxLayout(m_trialPage);
    column->setContentsMargins(24, 18, 24, 18);
    column->setSpacing(10);
    column->addWidget(m_question);
    column->addWidget(m_canvas, 1);
    column->addWidget(m_notice);
    column->addWidget(makeAnswerStrip());
    column->addSpacing(2);
    column->addWidget(m_progressText);
    column->addWidget(m_progress, 0, Qt::AlignHCenter);
}

QWidget* RateScreen::makeAnswerStrip() {
    auto* strip = new QWidget;
    strip->setMaximumWidth(1100);
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    for (const RatingInfo::Level& level : m_driver->info().levels) {
        auto* button = makeButton(QStringLiteral("%1\n%2").arg(level.value).arg(level.label));
        button->setAccessibleName(QStringLiteral("%1: %2").arg(level.value).arg(level.label));
        button->setFocusPolicy(Qt::NoFocus);
        button->setMinimumHeight(52);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connect(button, &QPushButton::pressed, this,
                [this, value = level.value] { press(value, false, "mouse"); });
        row->addWidget(button, 1);
        m_answers.push_back(button);
    }
    auto* centred = new QWidget;
    auto* outer = new QHBoxLayout(centred);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addStretch(1);
    outer->addWidget(strip, 20);
    outer->addStretch(1);
    return centred;
}

void RateScreen::setupWordsPage() {
    m_wordsTitle->setAlignment(Qt::AlignCenter);
    m_wordsTitle->setWordWrap(true);
    m_wordsText->setWordWrap(true);
    m_wordsText->setMinimumWidth(kColumnWidth);
    m_wordsText->setMaximumWidth(kColumnWidth);
    m_wordsText->setAlignment(Qt::AlignHCenter);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(10);
    buttons->addStretch(1);
    buttons->addWidget(m_action);
    buttons->addWidget(m_save);
    buttons->addWidget(m_leave);
    buttons->addStretch(1);
    for (QPushButton* button : {m_action, m_save, m_leave})
        button->setMinimumWidth(150);
    auto* column = new QVBoxLayout(m_wordsPage);
    column->setSpacing(16);
    column->addStretch(2);
    column->addWidget(m_wordsTitle);
    // An aligned item gets the height of its hint, which cuts off wrapped lines.
    auto* centred = new QHBoxLayout;
    centred->addStretch(1);
    centred->addWidget(m_wordsText);
    centred->addStretch(1);
    column->addLayout(centred);
    column->addSpacing(8);
    column->addLayout(buttons);
    column->addStretch(3);
    connect(m_action, &QPushButton::clicked, this, &RateScreen::goOn);
    connect(m_leave, &QPushButton::clicked, this, &RateScreen::leaveRequested);
    connect(m_save, &QPushButton::clicked, this, [this] {
        auto* chooser =
            new QFileDialog(window(), tr("Folder for the ratings file"),
                            QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
        chooser->setAttribute(Qt::WA_DeleteOnClose);
        chooser->setFileMode(QFileDialog::Directory);
        connect(chooser, &QFileDialog::fileSelected, this,
                [this](const QString& folder) { m_driver->exportTo(words::path(folder)); });
        chooser->open();
    });
}

void RateScreen::connectDriver() {
    RatingDriver* driver = m_driver.get();
    connect(driver, &RatingDriver::trialReady, this, &RateScreen::onTrial);
    connect(driver, &RatingDriver::finished, this, &RateScreen::onFinished);
    connect(driver, &RatingDriver::saved, this, &RateScreen::onSaved);
    connect(driver, &RatingDriver::saveFailed, this, &RateScreen::onSaveFailed);
    connect(driver, &RatingDriver::failed, this, &RateScreen::onFailed);
    connect(driver, &RatingDriver::undone, this, [this] { begin(); });
    connect(driver, &RatingDriver::exported, this, [this](const QString& path) {
        m_wordsText->setText(
            tr("The ratings were saved as\n%1\n\nSend this file to the study lead.").arg(path));
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
    showWords(State::done, tr("Thank you"),
              tr("All %1 answers are stored. Your receipt is %2: note it down, it proves that "
                 "nothing was changed later."
                 "\n\nSave the ratings file and send it to the study lead.")
                  .arg(m_driver->info().trials)
                  .arg(receipt),
              {});
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
    m_leave->setVisible(state != State::gap);
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
    if (plain && digit >= 1 && digit <= 9) {
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
