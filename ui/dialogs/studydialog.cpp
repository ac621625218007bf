// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/studydialog.h"

#include "ui/models/studydraft.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <cmath>
#include <utility>

namespace likeness {

StudyDialog::StudyDialog(std::shared_ptr<const ProjectSnapshot> snapshot, QWidget* parent)
    : QDialog(parent)
    , m_snapshot(std::move(snapshot))
    , m_pages(new QStackedWidget)
    , m_heading(makeLabel({}, LabelRole::title))
    , m_name(new QLineEdit)
    , m_title(new QLineEdit)
    , m_question(new QLineEdit)
    , m_instructions(new QPlainTextEdit)
    , m_reference(new QComboBox)
    , m_sets(new QListWidget)
    , m_perSet(new QSpinBox)
    , m_raters(new QSpinBox)
    , m_repeats(new QSpinBox)
    , m_seed(new QSpinBox)
    , m_bits(new QComboBox)
    , m_counts(makeLabel({}))
    , m_problems(makeLabel({}, LabelRole::error))
    , m_remarks(makeLabel({}, LabelRole::warning))
    , m_create(makePrimaryButton(tr("Create the study"))) {
    setWindowTitle(tr("New study"));
    resize(860, 560);
    m_pages->addWidget(makeTemplatePage());
    m_pages->addWidget(makeFormPage());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(22, 18, 22, 16);
    column->addWidget(m_pages);
}

QWidget*
StudyDialog::makeTemplateCard(Protocol protocol, const QString& title, const QString& text) {
    QFrame* card = makeCard();
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(20, 18, 20, 18);
    column->setSpacing(10);
    column->addWidget(makeLabel(title, LabelRole::section));
    column->addWidget(makeLabel(text, LabelRole::muted));
    const std::vector<std::string> labels = defaultLabels(protocol);
    QStringList scale;
    for (std::size_t i = 0; i < labels.size(); ++i)
        scale << QStringLiteral("%1  %2").arg(i + 1).arg(words::text(labels[i]));
    QLabel* levels = makeLabel(scale.join(QLatin1Char('\n')));
    column->addWidget(levels);
    column->addStretch(1);
    auto* choose = makePrimaryButton(tr("Use this protocol"));
    choose->setAccessibleName(tr("Use the protocol: %1").arg(title));
    connect(choose, &QPushButton::clicked, this, [this, protocol] { chooseProtocol(protocol); });
    column->addWidget(choose, 0, Qt::AlignRight);
    return card;
}

QWidget* StudyDialog::makeTemplatePage() {
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(14);
    column->addWidget(makeLabel(tr("What do you ask the raters?"), LabelRole::title));
    auto* cards = new QHBoxLayout;
    cards->setSpacing(14);
    cards->addWidget(
        makeTemplateCard(Protocol::realOrSynthetic, tr("Real or synthetic"),
                         tr("One image at a time; the rater says how sure they are that "
                            "it is real. Gives the share judged real, d\u2032 and "
                            "the area under the ROC curve.")));
    cards->addWidget(
        makeTemplateCard(Protocol::acr, tr("Quality rating"),
                         tr("One image at a time; the rater gives it one of five grades, hidden "
                            "reference images among them. Gives the mean "
                            "opinion score of each generator.")));
    column->addLayout(cards, 1);
    auto* cancel = makeButton(tr("Cancel"));
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    column->addWidget(cancel, 0, Qt::AlignRight);
    return page;
}

QWidget* StudyDialog::makeFormPage() {
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(14);
    form->setVerticalSpacing(9);
    form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    setupFields(form);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(20);
    columns->addLayout(form, 3);
    columns->addWidget(makeCountsCard(), 2);

    auto* back = makeButton(tr("Back"));
    auto* cancel = makeButton(tr("Cancel"));
    connect(back, &QPushButton::clicked, this, [this] { m_pages->setCurrentIndex(0); });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_create, &QPushButton::clicked, this, [this] {
        Q_EMIT studyRequested(definition());
        accept();
    });
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(back);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_create);

    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(14);
    column->addWidget(m_heading);
    column->addLayout(columns, 1);
    column->addLayout(buttons);
    return page;
}

void StudyDialog::setupFields(QFormLayout* form) {
    for (const SetRecord& set : m_snapshot->sets) {
        if (set.origin != Origin::synthetic && !set.masks)
            m_reference->addItem(
                QStringLiteral("%1 (%2)").arg(words::text(set.name), words::name(set.origin)),
                words::text(set.name));
    }
    m_sets->setMaximumHeight(110);
    m_sets->setSpacing(2);
    m_instructions->setMaximumHeight(70);
    m_instructions->setPlaceholderText(tr("shown before the first image; may be empty"));
    m_instructions->setTabChangesFocus(true);
    m_perSet->setRange(1, 1000);
    m_perSet->setValue(12);
    m_raters->setRange(1, 200);
    m_raters->setValue(3);
    m_repeats->setRange(0, 50);
    m_repeats->setValue(10);
    m_repeats->setSuffix(tr(" %"));
    m_seed->setRange(0, 2'000'000'000);
    m_bits->addItem(tr("8 bits"), 8);
    m_bits->addItem(tr("16 bits"), 16);

    const auto add = [&](const QString& label, QWidget* field) {
        form->addRow(label, field);
        nameField(field, label);
    };
    add(tr("Name"), m_name);
    add(tr("Title for raters"), m_title);
    add(tr("Question"), m_question);
    add(tr("Instructions"), m_instructions);
    add(tr("Reference set"), m_reference);
    add(tr("Judged sets"), m_sets);
    add(tr("Images per set"), m_perSet);
    add(tr("Hidden repeats"), m_repeats);
    add(tr("Raters"), m_raters);
    add(tr("Grey levels"), m_bits);
    add(tr("Seed"), m_seed);

    connect(m_reference, &QComboBox::currentIndexChanged, this, &StudyDialog::onReferenceChosen);
    connect(m_sets, &QListWidget::itemChanged, this, &StudyDialog::refresh);
    for (QLineEdit* edit : {m_name, m_title, m_question})
        connect(edit, &QLineEdit::textChanged, this, &StudyDialog::refresh);
    connect(m_instructions, &QPlainTextEdit::textChanged, this, &StudyDialog::refresh);
    for (QSpinBox* box : {m_perSet, m_raters, m_repeats, m_seed})
        connect(box, &QSpinBox::valueChanged, this, &StudyDialog::refresh);
}

QWidget* StudyDialog::makeCountsCard() {
    QFrame* card = makeCard();
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(18, 16, 18, 16);
    column->setSpacing(12);
    column->addWidget(makeLabel(tr("What a rater gets"), LabelRole::section));
    m_counts->setWordWrap(true);
    column->addWidget(m_counts);
    column->addWidget(m_problems);
    column->addWidget(m_remarks);
    column->addStretch(1);
    card->setMinimumWidth(270);
    return card;
}

void StudyDialog::chooseProtocol(Protocol protocol) {
    m_protocol = protocol;
    m_heading->setText(words::protocolName(std::string(toString(protocol))));
    m_question->setText(words::text(defaultQuestion(protocol)));
    m_question->setCursorPosition(0);
    if (m_title->text().isEmpty())
        m_title->setText(tr("Image study"));
    if (m_name->text().isEmpty())
        m_name->setText(tr("Study %1").arg(m_snapshot->studies.size() + 1));
    m_pages->setCurrentIndex(1);
    m_name->setFocus();
    m_name->selectAll();
    onReferenceChosen();
}

void StudyDialog::onReferenceChosen() {
    const SetRecord* reference =
        m_snapshot->findSetNamed(words::utf8(m_reference->currentData().toString()));
    {
        const QSignalBlocker quiet(m_sets);
        m_sets->clear();
        for (const SetRecord& set : m_snapshot->sets) {
            if (!reference || set.origin != Origin::synthetic || set.domain != reference->domain ||
                set.masks)
                continue;
            auto* item = new QListWidgetItem(words::text(set.name), m_sets);
            item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsUserCheckable | Qt::ItemIsSelectable);
            item->setCheckState(Qt::Checked);
        }
    }
    refresh();
}

StudyDefinition StudyDialog::definition() const {
    StudyDefinition definition;
    definition.protocol = m_protocol;
    definition.name = words::utf8(m_name->text().trimmed());
    definition.title = words::utf8(m_title->text().trimmed());
    definition.question = words::utf8(m_question->text().trimmed());
    definition.labels = defaultLabels(m_protocol);
    definition.instructions = words::utf8(m_instructions->toPlainText().trimmed());
    definition.referenceSet = words::utf8(m_reference->currentData().toString());
    if (const SetRecord* reference = m_snapshot->findSetNamed(definition.referenceSet))
        definition.domain = reference->domain;
    for (int row = 0; row < m_sets->count(); ++row) {
        if (m_sets->item(row)->checkState() == Qt::Checked)
            definition.sets.push_back(words::utf8(m_sets->item(row)->text()));
    }
    definition.samplesPerSet = m_perSet->value();
    definition.raters = m_raters->value();
    definition.repeats = m_repeats->value() / 100.0;
    definition.seed = static_cast<std::uint64_t>(m_seed->value());
    definition.canonical.bits = m_bits->currentData().toInt();
    return definition;
}

void StudyDialog::refresh() {
    const StudyDefinition wanted = definition();
    const SetRecord* reference = m_snapshot->findSetNamed(wanted.referenceSet);
    const StudyCounts counts = studyCounts(wanted, reference ? reference->samples : 0);
    m_counts->setText(tr("%1 and %2: %3, about %L4 min.")
                          .arg(words::count(counts.stimuli, words::Noun::image),
                               words::count(counts.repeats, words::Noun::repeat),
                               words::count(counts.trials, words::Noun::trial))
                          .arg(std::max(1.0, std::round(counts.minutes)), 0, 'f', 0));
    QStringList problems;
    QStringList remarks;
    for (const StudyFinding& finding : studyFindings(wanted, *m_snapshot))
        (finding.blocks ? problems : remarks) << finding.sentence;
    m_problems->setText(problems.join(QStringLiteral("\n\n")));
    m_problems->setVisible(!problems.isEmpty());
    m_remarks->setText(remarks.join(QStringLiteral("\n\n")));
    m_remarks->setVisible(!remarks.isEmpty());
    m_create->setEnabled(problems.isEmpty());
}

} // namespace likeness
