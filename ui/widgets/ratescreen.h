// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/ratingdriver.h"
#include "ui/widgets/answergate.h"

#include <QTimer>
#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

class QLabel;
class QProgressBar;
class QPushButton;
class QStackedLayout;

namespace likeness {

class ImageCanvas;
class ViewLink;

/// The trial screen: one image on neutral grey, one key per answer. A key saves and goes on;
/// nothing else moves. Every place is fixed for the whole session, and nothing here knows where an
/// image comes from.
class RateScreen final : public QWidget {
    Q_OBJECT

public:
    enum class State { intro, gap, viewing, saving, paused, rest, done, failed };

    explicit RateScreen(std::unique_ptr<RatingDriver> driver, QWidget* parent = nullptr);
    ~RateScreen() override;

    [[nodiscard]] State state() const { return m_state; }

Q_SIGNALS:
    void leaveRequested(); ///< the rater goes; everything answered is stored

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void setupPages();
    void setupTrialPage();
    QWidget* makeAnswerStrip();
    void setupWordsPage();
    void connectDriver();

    void begin();
    void startGap();
    void presentIfReady();
    void onFirstFrame();
    void press(int value, bool autoRepeat, const char* input);
    void takeBack();
    void pause();
    void goOn();
    void onTrial(const Trial& trial);
    void onSaved();
    void onSaveFailed(const std::exception_ptr& failure);
    void onFinished(const QString& receipt);
    void onFailed(const std::exception_ptr& failure);
    void showWords(State state, const QString& title, const QString& text, const QString& action);
    void showProgress();
    void hideImage();

    std::unique_ptr<RatingDriver> m_driver;
    State m_state = State::intro;
    AnswerGate m_gate;
    std::optional<Trial> m_trial; // the one to be answered
    int m_lastBlock = 0;          // of the trial shown last; 0: none in this sitting
    QTimer m_gapTimer;
    bool m_gapOver = false;
    bool m_waitsForFrame = false;
    std::int64_t m_gapEndNs = 0;
    int m_focusLosses = 0;
    int m_pauses = 0;
    QString m_thanks; // with the receipt; stays above what becomes of the ratings file

    QStackedLayout* m_stack = nullptr;
    QWidget* m_trialPage;
    QWidget* m_wordsPage;
    ViewLink* m_link;
    ImageCanvas* m_canvas;
    QLabel* m_question;
    QLabel* m_progressText;
    QProgressBar* m_progress;
    QLabel* m_notice;
    std::vector<QPushButton*> m_answers;
    QLabel* m_wordsTitle;
    QLabel* m_wordsText;
    QPushButton* m_action;
    QPushButton* m_save;
    QPushButton* m_leave;
};

} // namespace likeness
