// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/editform.h"

#include "ui/generate/formrow.h"
#include "ui/generate/seededit.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>

namespace likeness {

namespace {

constexpr int kWholeStrength = 100;
constexpr int kFirstMargin = 32;

constexpr std::array kKinds = {EditKind::inpaint, EditKind::outpaint, EditKind::vary,
                               EditKind::interpolate, EditKind::trajectory};

unsigned bit(EditKind kind) {
    return 1U << static_cast<unsigned>(kind);
}

QString nameOf(EditKind kind) {
    switch (kind) {
    case EditKind::inpaint:
        return EditForm::tr("Repaint a part");
    case EditKind::outpaint:
        return EditForm::tr("Extend beyond the sides");
    case EditKind::vary:
        return EditForm::tr("Vary the image");
    case EditKind::interpolate:
        return EditForm::tr("Go from one seed to another");
    case EditKind::trajectory:
        return EditForm::tr("Watch an image being made");
    }
    return {};
}

QString aboutOf(EditKind kind) {
    switch (kind) {
    case EditKind::inpaint:
        return EditForm::tr(
            "Paint over what is to be made anew. All other pixels stay as they are.");
    case EditKind::outpaint:
        return EditForm::tr("Continues the image by so many pixels. The image itself stays as it "
                            "is.");
    case EditKind::vary:
        return EditForm::tr("Makes images like this one: from another noise to a new layout.");
    case EditKind::interpolate:
        return EditForm::tr("A row of images between two of this model. Their seeds stand in the "
                            "gallery.");
    case EditKind::trajectory:
        return EditForm::tr("Every step from noise to the image of a seed.");
    }
    return {};
}

QString resultName(EditKind kind) {
    switch (kind) {
    case EditKind::inpaint:
        return EditForm::tr("%1 repainted");
    case EditKind::outpaint:
        return EditForm::tr("%1 extended");
    case EditKind::vary:
        return EditForm::tr("%1 varied");
    case EditKind::interpolate:
        return EditForm::tr("%1 between seeds");
    case EditKind::trajectory:
        return EditForm::tr("%1 step by step");
    }
    return {};
}

// What a strength leaves of an image; see noiseLevelOfStrength().
QString strengthWords(double strength) {
    if (strength < 0.22)
        return EditForm::tr("changes the noise only");
    if (strength < 0.38)
        return EditForm::tr("changes edges");
    if (strength < 0.52)
        return EditForm::tr("changes small features");
    if (strength < 0.75)
        return EditForm::tr("keeps the layout only");
    return EditForm::tr("keeps next to nothing");
}

} // namespace

EditForm::EditForm(QWidget* parent)
    : QWidget(parent)
    , m_kind(new QComboBox)
    , m_about(makeLabel({}, LabelRole::muted))
    , m_form(makeFieldForm())
    , m_setName(new QLineEdit)
    , m_strength(new QSlider(Qt::Horizontal))
    , m_strengthWords(makeLabel({}, LabelRole::muted))
    , m_from(new SeedEdit)
    , m_to(new SeedEdit)
    , m_frames(new QSpinBox)
    , m_count(new QSpinBox)
    , m_seed(new QSpinBox)
    , m_steps(new QSpinBox)
    , m_passes(new QSpinBox)
    , m_fitGrey(new QCheckBox(tr("Match grey values first"))) {
    for (const EditKind kind : kKinds)
        m_kind->addItem(nameOf(kind), static_cast<int>(kind));
    nameField(m_kind, tr("What to do"));
    setupFields();
    setupRows();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addWidget(m_kind);
    column->addWidget(m_about);
    column->addLayout(m_form);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &EditForm::refresh);
    refresh();
}

void EditForm::setupFields() {
    m_strength->setRange(0, kWholeStrength);
    m_strength->setValue(kWholeStrength * 45 / 100);
    m_count->setRange(1, 1000);
    m_count->setValue(4);
    m_seed->setRange(0, 2'000'000'000);
    m_steps->setRange(0, 1000);
    m_frames->setRange(2, static_cast<int>(Edit::kMaximumFrames));
    m_frames->setValue(9);
    m_passes->setRange(1, Edit::kMaximumPasses);
    m_passes->setValue(Edit::kPasses);
    m_passes->setToolTip(tr("More passes fit what is new better to what stays, and take as many "
                            "times longer."));
    m_fitGrey->setToolTip(tr("For images of another scan or pixel type than the model was trained "
                             "on"));
    m_to->setSeed(1);
    const auto say = [this] {
        m_strengthWords->setText(
            strengthWords(static_cast<double>(m_strength->value()) / kWholeStrength));
    };
    connect(m_strength, &QSlider::valueChanged, this, say);
    say();
}

QWidget* EditForm::makeMargins() {
    const std::array names = {tr("left"), tr("top"), tr("right"), tr("bottom")};
    auto* box = new QWidget;
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(6);
    for (int i = 0; i < 4; ++i) {
        auto* margin = new QSpinBox;
        margin->setRange(0, 2048);
        margin->setSingleStep(8);
        margin->setSuffix(tr(" px"));
        margin->setPrefix(names.at(static_cast<std::size_t>(i)) + QLatin1Char(' '));
        margin->setValue(i == 0 || i == 2 ? kFirstMargin : 0);
        nameField(margin, tr("Pixels at the %1").arg(names.at(static_cast<std::size_t>(i))));
        m_margins.at(static_cast<std::size_t>(i)) = margin;
        grid->addWidget(margin, i / 2, i % 2);
    }
    return box;
}

void EditForm::addRow(const QString& label, QWidget* field, std::initializer_list<EditKind> kinds) {
    addBeside(m_form, label, field);
    for (const EditKind kind : kinds)
        m_kinds[field] |= bit(kind);
}

void EditForm::setupRows() {
    using enum EditKind;
    addRow(tr("Strength"), m_strength, {vary});
    addRow(QString(), m_strengthWords, {vary});
    addRow(tr("Add"), makeMargins(), {outpaint});
    addRow(tr("From seed"), m_from, {interpolate, trajectory});
    addRow(tr("To seed"), m_to, {interpolate});
    addRow(tr("Images"), m_frames, {interpolate});
    addRow(tr("Images"), m_count, {inpaint, outpaint, vary});
    addRow(tr("Seed"), m_seed, {inpaint, outpaint, vary});
    addRow(tr("Steps"), m_steps, {inpaint, outpaint, vary, interpolate, trajectory});
    addRow(tr("Passes"), m_passes, {inpaint, outpaint});
    addRow(QString(), m_fitGrey, {inpaint, outpaint, vary});
    addRow(tr("Into set"), m_setName, {inpaint, outpaint, vary, interpolate, trajectory});
    nameField(m_fitGrey, m_fitGrey->text());
}

void EditForm::refresh() {
    const unsigned wanted = bit(kind());
    for (int row = 0; row < m_form->rowCount(); ++row) {
        QWidget* field = m_form->itemAt(row, QFormLayout::FieldRole)->widget();
        m_form->setRowVisible(row, (m_kinds.at(field) & wanted) != 0);
    }
    m_about->setText(aboutOf(kind()));
    proposeName();
    Q_EMIT kindChanged();
}

void EditForm::proposeName() {
    if (!m_setName->text().isEmpty() && m_setName->text() != m_proposed)
        return;
    m_proposed = resultName(kind()).arg(words::text(m_modelName));
    m_setName->setText(m_proposed);
    m_setName->setCursorPosition(0);
}

EditKind EditForm::kind() const {
    return static_cast<EditKind>(m_kind->currentData().toInt());
}

void EditForm::setKind(EditKind kind) {
    m_kind->setCurrentIndex(m_kind->findData(static_cast<int>(kind)));
}

void EditForm::setModelName(const std::string& name) {
    m_modelName = name;
    proposeName();
}

void EditForm::setSeed(std::uint64_t seed) {
    m_from->setSeed(seed);
}

void EditForm::setOwnSteps(int steps) {
    m_steps->setSpecialValueText(tr("own (%1)").arg(steps));
}

std::string EditForm::setName() const {
    return words::utf8(m_setName->text().trimmed());
}

Edit EditForm::edit() const {
    Edit edit;
    edit.kind = kind();
    edit.count = m_count->value();
    edit.seed = edit.kind == EditKind::trajectory ? m_from->seed()
                                                  : static_cast<std::uint64_t>(m_seed->value());
    edit.steps = m_steps->value();
    edit.passes = m_passes->value();
    edit.margins = {m_margins[0]->value(), m_margins[1]->value(), m_margins[2]->value(),
                    m_margins[3]->value()};
    edit.strength = static_cast<double>(m_strength->value()) / kWholeStrength;
    edit.fitGrey = m_fitGrey->isChecked();
    edit.from = m_from->seed();
    edit.to = m_to->seed();
    edit.frames = m_frames->value();
    return edit;
}

} // namespace likeness
