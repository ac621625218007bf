// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/volumeparts.h"

#include "ui/widgets/labels.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QTimer>

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr int kSteps = 1000;
constexpr int kRestMs = 250;

} // namespace

VolumeParts::VolumeParts(QWidget* parent)
    : QWidget(parent)
    , m_rayCast(new QCheckBox(tr("Volume")))
    , m_surface(new QCheckBox(tr("Surface at level")))
    , m_slices(new QCheckBox(tr("Slice planes")))
    , m_quality(new QComboBox)
    , m_levelSlider(new QSlider(Qt::Horizontal))
    , m_levelText(makeLabel({}, LabelRole::muted))
    , m_note(makeLabel({}, LabelRole::muted))
    , m_rest(new QTimer(this)) {
    m_rayCast->setChecked(true);
    m_quality->addItem(tr("Draft"), static_cast<int>(StillQuality::draft));
    m_quality->addItem(tr("Normal"), static_cast<int>(StillQuality::normal));
    m_quality->addItem(tr("Fine"), static_cast<int>(StillQuality::fine));
    m_quality->setCurrentIndex(1);
    m_quality->setToolTip(tr("How a resting view is drawn; while it moves it is always a draft"));
    nameField(m_quality, tr("Quality"));
    m_levelSlider->setRange(0, kSteps);
    m_levelSlider->setPageStep(kSteps / 20);
    nameField(m_levelSlider, tr("Level of the surface"));
    m_rest->setSingleShot(true);
    m_rest->setInterval(kRestMs);
    m_levelText->setWordWrap(false);
    m_levelText->setMinimumWidth(90);
    auto* otsu = makeButton(tr("Otsu"));
    otsu->setToolTip(tr("The level that parts the two phases best"));

    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(6, 6, 6, 6);
    grid->addWidget(m_rayCast, 0, 0);
    grid->addWidget(makeLabel(tr("Quality at rest")), 0, 1);
    grid->addWidget(m_quality, 0, 2);
    grid->addWidget(m_surface, 1, 0);
    grid->addWidget(m_levelSlider, 1, 1, 1, 3);
    grid->addWidget(m_levelText, 1, 4);
    grid->addWidget(otsu, 1, 5);
    grid->addWidget(m_note, 0, 3, 1, 3);
    grid->addWidget(m_slices, 2, 0);
    const std::array names{tr("Slice along x"), tr("Slice along y"), tr("Slice along z")};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        auto* slider = new QSlider(Qt::Horizontal);
        slider->setRange(0, kSteps);
        slider->setValue(kSteps / 2);
        slider->setToolTip(names.at(axis));
        nameField(slider, names.at(axis));
        m_places.at(axis) = slider;
        grid->addWidget(slider, 2, 1 + static_cast<int>(axis));
        connect(slider, &QSlider::valueChanged, this, &VolumeParts::changed);
    }
    for (int column = 1; column < 4; ++column)
        grid->setColumnStretch(column, 1);
    addMovieRow(grid);
    grid->setRowStretch(4, 1);

    connectParts(otsu);
    refresh();
}

void VolumeParts::connectParts(QPushButton* otsu) {
    for (QCheckBox* box : {m_rayCast, m_surface, m_slices})
        connect(box, &QCheckBox::toggled, this, &VolumeParts::changed);
    connect(m_surface, &QCheckBox::toggled, this, &VolumeParts::levelChanged);
    connect(m_quality, &QComboBox::currentIndexChanged, this, &VolumeParts::changed);
    connect(m_rest, &QTimer::timeout, this, &VolumeParts::levelChanged);
    connect(m_levelSlider, &QSlider::valueChanged, this, [this](int value) {
        m_level = m_range.low + m_range.window() * value / kSteps;
        m_touched = true;
        refresh();
        m_rest->start();
    });
    connect(otsu, &QPushButton::clicked, this, [this] {
        m_touched = false;
        m_level = m_first;
        refresh();
        Q_EMIT levelChanged();
    });
}

void VolumeParts::addMovieRow(QGridLayout* grid) {
    auto* frames = new QSpinBox;
    frames->setRange(2, 9999);
    frames->setValue(90);
    frames->setSuffix(tr(" frames"));
    nameField(frames, tr("Frames of the movie"));
    auto* size = new QComboBox;
    for (const QSize each : {QSize(640, 480), QSize(1024, 768), QSize(1920, 1080)})
        size->addItem(tr("%1 x %2").arg(each.width()).arg(each.height()), each);
    size->setCurrentIndex(1);
    nameField(size, tr("Size of the movie"));
    auto* turn = makeButton(tr("Turntable\u2026"));
    auto* fly = makeButton(tr("Through the slices\u2026"));
    turn->setToolTip(tr("Numbered PNG pictures, once round, into a new folder"));
    fly->setToolTip(tr("Numbered PNG pictures of the slices along z, into a new folder"));
    grid->addWidget(makeLabel(tr("Movie")), 3, 0);
    grid->addWidget(frames, 3, 1);
    grid->addWidget(size, 3, 2);
    grid->addWidget(turn, 3, 3);
    grid->addWidget(fly, 3, 4, 1, 2);
    for (QPushButton* button : {turn, fly})
        connect(button, &QPushButton::clicked, this, [this, frames, size, button, turn] {
            Q_EMIT movieWanted(button == turn, frames->value(), size->currentData().toSize());
        });
}

void VolumeParts::setLevels(DisplayRange range, double first) {
    m_range = range;
    m_first = first;
    m_touched = m_touched && m_level >= range.low && m_level <= range.high;
    if (!m_touched)
        m_level = first;
    refresh();
}

void VolumeParts::setPlaces(const std::array<double, 3>& places) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const QSignalBlocker quiet(m_places.at(axis));
        m_places.at(axis)->setValue(static_cast<int>(std::lround(places.at(axis) * kSteps)));
    }
    Q_EMIT changed();
}

void VolumeParts::fill(SceneOptions& options) const {
    options.rayCast = m_rayCast->isChecked();
    options.surface = m_surface->isChecked();
    options.slices = m_slices->isChecked();
    options.quality = static_cast<StillQuality>(m_quality->currentData().toInt());
    for (std::size_t axis = 0; axis < 3; ++axis)
        options.slicePlaces.at(axis) = static_cast<double>(m_places.at(axis)->value()) / kSteps;
}

bool VolumeParts::wantsSurface() const {
    return m_surface->isChecked();
}

void VolumeParts::setNote(const QString& text) {
    m_note->setText(text);
}

void VolumeParts::refresh() {
    const QSignalBlocker quiet(m_levelSlider);
    const double share = m_range.window() > 0.0 ? (m_level - m_range.low) / m_range.window() : 0.0;
    m_levelSlider->setValue(static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * kSteps)));
    m_levelText->setText(QString::number(m_level, 'g', 5));
}

} // namespace likeness
