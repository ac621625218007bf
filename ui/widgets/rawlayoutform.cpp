// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/rawlayoutform.h"

#include "core/imaging/rawguess.h"
#include "ui/models/thumbnailstore.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QPixmap>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <array>
#include <filesystem>

namespace likeness {

namespace {

constexpr int kLargestEdge = 1'000'000;
constexpr int kLargestOffset = 1'000'000'000;
constexpr int kPicture = 200;
constexpr int kColumns = 2;
constexpr int kWhyLines = 5;
constexpr int kEquationLines = 4;
constexpr std::array kTypes = {PixelType::u8, PixelType::u16, PixelType::f32};

QSpinBox* makeBox(int minimum, int value, int maximum) {
    auto* box = new QSpinBox;
    box->setRange(minimum, maximum);
    box->setValue(value);
    box->setGroupSeparatorShown(true);
    return box;
}

/// As floating point: a mistyped edge must not overflow.
double bytesWanted(const RawLayout& layout) {
    return static_cast<double>(layout.offset) +
           static_cast<double>(layout.width) * static_cast<double>(layout.height) *
               static_cast<double>(layout.depth) * static_cast<double>(bytesOf(layout.type));
}

QString grouped(double number) {
    return QLocale().toString(number, 'f', 0);
}

} // namespace

RawLayoutForm::RawLayoutForm(JobRunner& jobs, QWidget* parent)
    : QWidget(parent)
    , m_jobs(jobs)
    , m_looking(jobs)
    , m_drawing(jobs)
    , m_width(makeBox(0, 0, kLargestEdge))
    , m_height(makeBox(0, 0, kLargestEdge))
    , m_depth(makeBox(1, 1, kLargestEdge))
    , m_type(new QComboBox)
    , m_order(new QComboBox)
    , m_offset(makeBox(0, 0, kLargestOffset))
    , m_why(makeLabel({}, LabelRole::muted))
    , m_equation(makeLabel({}, LabelRole::muted))
    , m_picture(makeLabel({}, LabelRole::muted)) {
    for (const PixelType type : kTypes)
        m_type->addItem(words::name(type));
    m_order->addItems({tr("little-endian"), tr("big-endian")});
    m_picture->setFixedSize(kPicture, kPicture);
    m_picture->setAlignment(Qt::AlignCenter);
    m_picture->setAccessibleName(tr("Middle slice as these fields have it"));
    m_why->setWordWrap(true);
    m_equation->setWordWrap(true);
    // So high that a longer text moves nothing below it.
    m_why->setMinimumHeight(kWhyLines * fontMetrics().lineSpacing());
    m_equation->setMinimumHeight(kEquationLines * fontMetrics().lineSpacing());
    m_why->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_equation->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addWidget(m_why);
    column->addLayout(makeFields());
    column->addWidget(m_equation);
    column->addWidget(m_picture, 0, Qt::AlignHCenter);
    column->addStretch(1);
    for (QSpinBox* box : {m_width, m_height, m_depth, m_offset})
        connect(box, &QSpinBox::valueChanged, this, &RawLayoutForm::onEdited);
    for (QComboBox* box : {m_type, m_order})
        connect(box, &QComboBox::currentIndexChanged, this, &RawLayoutForm::onEdited);
}

QGridLayout* RawLayoutForm::makeFields() {
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(14);
    grid->setVerticalSpacing(4);
    const auto add = [&](int cell, const QString& label, QWidget* field) {
        const int row = 2 * (cell / kColumns);
        grid->addWidget(makeLabel(label, LabelRole::muted), row, cell % kColumns);
        grid->addWidget(field, row + 1, cell % kColumns);
        grid->setColumnStretch(cell % kColumns, 1);
        nameField(field, label);
    };
    add(0, tr("Width"), m_width);
    add(1, tr("Height"), m_height);
    add(2, tr("Slices"), m_depth);
    add(3, tr("Pixel type"), m_type);
    add(4, tr("Byte order"), m_order);
    add(5, tr("Bytes to skip"), m_offset);
    return grid;
}

void RawLayoutForm::setFiles(const QStringList& paths) {
    if (paths == m_paths)
        return;
    const bool another = paths.isEmpty() || m_paths.isEmpty() || paths.first() != m_paths.first();
    m_paths = paths;
    m_files.clear();
    m_looking.drop();
    if (another) {
        m_why->clear();
        m_drawing.drop();
        m_picture->clear();
    }
    refresh();
    if (paths.isEmpty())
        return;
    m_looking.start(
        JobSpec{tr("Looking at %1").arg(paths.first()), Lane::pictures, false}, this,
        [paths, another](JobContext& job) {
            Looked looked;
            for (const QString& path : paths) {
                job.throwIfStopped();
                const auto file = words::path(path);
                looked.files.push_back(
                    {words::text(file.filename()),
                     static_cast<std::int64_t>(std::filesystem::file_size(file))});
            }
            if (another) {
                if (const auto guess = guessRaw(words::path(paths.first()))) {
                    looked.guess = guess->layout;
                    looked.why = words::text(guess->text());
                }
            }
            return looked;
        },
        [this](const Looked& looked) { show(looked); },
        [this](const std::exception_ptr& failure) {
            m_why->setText(words::explain(failure).sentence);
        });
}

void RawLayoutForm::show(const Looked& looked) {
    m_files = looked.files;
    if (looked.guess) {
        fill(*looked.guess);
        m_why->setText(looked.why);
    }
    onEdited();
}

void RawLayoutForm::fill(const RawLayout& layout) {
    const std::array<QSignalBlocker, 6> quiet{QSignalBlocker(m_width), QSignalBlocker(m_height),
                                              QSignalBlocker(m_depth), QSignalBlocker(m_type),
                                              QSignalBlocker(m_order), QSignalBlocker(m_offset)};
    m_width->setValue(static_cast<int>(layout.width));
    m_height->setValue(static_cast<int>(layout.height));
    m_depth->setValue(static_cast<int>(layout.depth));
    m_type->setCurrentIndex(static_cast<int>(layout.type));
    m_order->setCurrentIndex(layout.bigEndian ? 1 : 0);
    m_offset->setValue(static_cast<int>(layout.offset));
}

RawLayout RawLayoutForm::layout() const {
    RawLayout raw;
    raw.width = m_width->value();
    raw.height = m_height->value();
    raw.depth = m_depth->value();
    raw.type = kTypes.at(static_cast<std::size_t>(m_type->currentIndex()));
    raw.bigEndian = m_order->currentIndex() == 1;
    raw.offset = m_offset->value();
    return raw;
}

QString RawLayoutForm::problem() const {
    if (m_paths.isEmpty())
        return {};
    const RawLayout raw = layout();
    if (raw.width < 1 || raw.height < 1)
        return tr("Type width and height of the headerless file.");
    if (m_files.empty())
        return tr("The headerless file is being looked at.");
    for (const Sized& file : m_files) {
        if (static_cast<double>(file.bytes) != bytesWanted(raw))
            return tr("This layout needs %1 bytes, but %2 has %3.")
                .arg(grouped(bytesWanted(raw)), file.name,
                     grouped(static_cast<double>(file.bytes)));
    }
    return {};
}

/// With what would make it right, where that is plain.
QString RawLayoutForm::equation() const {
    const RawLayout raw = layout();
    if (raw.width < 1 || raw.height < 1 || m_files.empty())
        return {};
    const double wanted = bytesWanted(raw);
    const QString sum = tr("%1 \u00d7 %2 \u00d7 %3 \u00d7 %4 bytes + %5 = %6")
                            .arg(raw.width)
                            .arg(raw.height)
                            .arg(raw.depth)
                            .arg(bytesOf(raw.type))
                            .arg(grouped(static_cast<double>(raw.offset)), grouped(wanted));
    const auto bytes = static_cast<double>(m_files.front().bytes);
    if (wanted == bytes)
        return tr("%1: this is the length of the file.").arg(sum);
    const QString but = tr("%1, but the file has %2 bytes").arg(sum, grouped(bytes));
    const double rest = bytes - wanted + static_cast<double>(raw.offset);
    if (rest >= 0.0 && wanted < bytes)
        return tr("%1. Skipping %2 bytes would fit.").arg(but, grouped(rest));
    return tr("%1: %2 too few.").arg(but, grouped(wanted - bytes));
}

void RawLayoutForm::onEdited() {
    refresh();
    Q_EMIT changed();
}

void RawLayoutForm::refresh() {
    const bool whole = kTypes.at(static_cast<std::size_t>(m_type->currentIndex())) == PixelType::u8;
    m_order->setEnabled(!whole);
    m_equation->setText(equation());
    const RawLayout raw = layout();
    if (m_files.empty() || raw.width < 1 || raw.height < 1) {
        m_drawing.drop();
        m_picture->clear();
        return;
    }
    m_drawing.start(
        JobSpec{tr("Drawing a preview"), Lane::pictures, false}, this,
        [raw, path = words::path(m_paths.first())](JobContext&) {
            return makeThumbnail(rawGlimpse(path, raw), kPicture);
        },
        [this](const QImage& image) {
            // Small ones are enlarged as they are: their pixels tell whether rows are whole.
            m_picture->setPixmap(QPixmap::fromImage(
                image.scaled(m_picture->size(), Qt::KeepAspectRatio, Qt::FastTransformation)));
        },
        [this](const std::exception_ptr& failure) {
            m_picture->setText(words::explain(failure).sentence);
        });
}

} // namespace likeness
