// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/ratepage.h"

#include "ui/models/ratingdriver.h"
#include "ui/settings/settings.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/pageheader.h"
#include "ui/widgets/ratescreen.h"
#include "ui/words.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <utility>

namespace likeness {

RatePage::RatePage(JobRunner& jobs,
                   Settings& settings,
                   std::filesystem::path store,
                   QWidget* parent)
    : Page(parent)
    , m_jobs(jobs)
    , m_settings(settings)
    , m_store(std::move(store))
    , m_stack(new QStackedLayout(this))
    , m_package(new QLineEdit)
    , m_rater(new QLineEdit)
    , m_slot(new QSpinBox)
    , m_notice(makeLabel({}, LabelRole::error))
    , m_begin(makePrimaryButton(tr("Open the study"))) {
    m_stack->setContentsMargins(0, 0, 0, 0);
    m_stack->addWidget(makeForm());
    refresh();
}

RatePage::~RatePage() = default;

QWidget* RatePage::makeForm() {
    m_package->setPlaceholderText(tr("NAME.study"));
    m_rater->setPlaceholderText(tr("a pseudonym, such as R1"));
    m_rater->setMaxLength(40);
    m_slot->setRange(1, 999);
    auto* browseButton = makeButton(tr("Choose\u2026"));
    connect(browseButton, &QPushButton::clicked, this, &RatePage::browse);
    auto* file = new QHBoxLayout;
    file->setSpacing(8);
    file->addWidget(m_package, 1);
    file->addWidget(browseButton);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(14);
    form->setVerticalSpacing(10);
    form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    form->addRow(tr("Study package"), file);
    form->addRow(tr("Rater"), m_rater);
    form->addRow(tr("Plan"), m_slot);
    nameField(m_package, tr("Study package"));
    nameField(m_rater, tr("Rater"));
    nameField(m_slot, tr("Plan"));

    QFrame* card = makeCard();
    card->setMaximumWidth(640);
    auto* inner = new QVBoxLayout(card);
    inner->setContentsMargins(22, 18, 22, 18);
    inner->setSpacing(14);
    inner->addLayout(form);
    inner->addWidget(makeLabel(
        tr("Each rater has a separate plan, with its own order of images. Answers are stored on "
           "this computer one by one; you can stop at any time and go on later under the same "
           "name."),
        LabelRole::muted));
    inner->addWidget(m_notice);
    inner->addWidget(m_begin, 0, Qt::AlignRight);
    connect(m_begin, &QPushButton::clicked, this, [this] {
        start(m_package->text().trimmed(), m_rater->text().trimmed(), m_slot->value());
    });
    for (QLineEdit* edit : {m_package, m_rater})
        connect(edit, &QLineEdit::textChanged, this, &RatePage::refresh);
    connect(m_rater, &QLineEdit::returnPressed, m_begin, &QPushButton::click);

    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(22, 18, 22, 16);
    column->setSpacing(16);
    column->addWidget(new PageHeader(
        tr("Rate"),
        tr("Judge the images of a study, one at a time, without knowing where they come from.")));
    auto* centred = new QHBoxLayout;
    centred->addStretch(1);
    centred->addWidget(card, 4);
    centred->addStretch(1);
    column->addStretch(1);
    column->addLayout(centred);
    column->addStretch(2);
    return page;
}

void RatePage::browse() {
    auto* chooser = new QFileDialog(this, tr("Open a study package"),
                                    m_settings.packageFolder.get(), tr("Study packages (*.study)"));
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setFileMode(QFileDialog::ExistingFile);
    connect(chooser, &QFileDialog::fileSelected, this, [this](const QString& file) {
        m_settings.packageFolder.set(QFileInfo(file).absolutePath());
        offer(file);
    });
    chooser->open();
}

void RatePage::offer(const QString& package) {
    m_package->setText(package);
    m_notice->clear();
    m_rater->setFocus();
}

void RatePage::refresh() {
    m_begin->setEnabled(!m_opening && !m_package->text().trimmed().isEmpty() &&
                        !m_rater->text().trimmed().isEmpty());
    m_notice->setVisible(!m_notice->text().isEmpty());
}

void RatePage::start(const QString& package, const QString& rater, int slot) {
    m_package->setText(package);
    m_rater->setText(rater);
    m_slot->setValue(slot);
    m_notice->clear();
    m_opening = true;
    refresh();
    RatingSession::Start request;
    request.package = words::path(package);
    request.store = m_store;
    request.rater = words::utf8(rater);
    request.slot = slot;
    RatingDriver::open(
        m_jobs, request, this,
        [this](std::unique_ptr<RatingDriver> driver) { onOpened(std::move(driver)); },
        [this](const std::exception_ptr& failure) {
            m_opening = false;
            m_notice->setText(words::explain(failure).sentence);
            refresh();
        });
}

void RatePage::onOpened(std::unique_ptr<RatingDriver> driver) {
    m_opening = false;
    refresh();
    m_screen = new RateScreen(std::move(driver));
    connect(m_screen, &RateScreen::leaveRequested, this, &RatePage::leave);
    m_stack->addWidget(m_screen);
    m_stack->setCurrentWidget(m_screen);
    Q_EMIT focusModeChanged(true);
    m_screen->setFocus();
}

void RatePage::leave() {
    RateScreen* screen = std::exchange(m_screen, nullptr);
    if (!screen)
        return;
    m_stack->setCurrentIndex(0);
    m_stack->removeWidget(screen);
    screen->deleteLater();
    Q_EMIT focusModeChanged(false);
    Q_EMIT left();
}

void RatePage::entered() {
    if (m_screen)
        m_screen->setFocus();
    else
        m_package->setFocus();
}

} // namespace likeness
