// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/rawlayoutdialog.h"

#include "core/base/error.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QCoreApplication>
#include <QDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include <optional>
#include <utility>

namespace likeness {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(RawLayoutDialog)
};

struct Answer {
    std::optional<RawLayout> layout; ///< one that fits
    QString text;
};

Answer answerOf(const QString& text, std::int64_t bytes) {
    try {
        const RawLayout layout = RawLayout::parse(words::utf8(text.trimmed()));
        const double needed =
            static_cast<double>(layout.width) * static_cast<double>(layout.height) *
                static_cast<double>(layout.depth) * static_cast<double>(bytesOf(layout.type)) +
            static_cast<double>(layout.offset);
        const QLocale locale;
        const QString equation = Tr::tr("%1 x %2 x %3 x %4 bytes + %5 = %6")
                                     .arg(layout.width)
                                     .arg(layout.height)
                                     .arg(layout.depth)
                                     .arg(bytesOf(layout.type))
                                     .arg(layout.offset)
                                     .arg(locale.toString(needed, 'f', 0));
        if (needed == static_cast<double>(bytes))
            return {layout, Tr::tr("%1: this is the length of the file.").arg(equation)};
        return {std::nullopt, Tr::tr("%1, but the file has %2 bytes.")
                                  .arg(equation, locale.toString(static_cast<qint64>(bytes)))};
    } catch (const Error& error) {
        return {std::nullopt, words::text(error.why())};
    }
}

} // namespace

void askRawLayout(QWidget* parent,
                  const RawFile& file,
                  std::function<void(const RawLayout&)> confirmed) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(Tr::tr("Layout of %1").arg(file.name));
    dialog->setMinimumWidth(520);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(22, 18, 22, 16);
    column->setSpacing(12);
    column->addWidget(
        makeLabel(Tr::tr("How the pixels of %1 lie").arg(file.name), LabelRole::section));
    column->addWidget(makeLabel(
        Tr::tr("Width x height x depth, type (u8, u16, f32), byte order (le, be) and, where pixels "
               "do not begin at once, the bytes before them: 512x512x300:u16:le:1024"),
        LabelRole::muted));
    if (!file.why.isEmpty())
        column->addWidget(makeLabel(file.why, LabelRole::muted));
    auto* edit = new QLineEdit(file.guess);
    nameField(edit, Tr::tr("Layout"));
    QLabel* said = makeLabel({}, LabelRole::muted);
    column->addWidget(edit);
    column->addWidget(said);
    QPushButton* cancel = makeButton(Tr::tr("Cancel"));
    QPushButton* open = makePrimaryButton(Tr::tr("Open"));
    open->setDefault(true);
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(cancel);
    row->addWidget(open);
    column->addLayout(row);
    const auto check = [edit, said, open, bytes = file.bytes] {
        const Answer answer = answerOf(edit->text(), bytes);
        said->setText(edit->text().isEmpty() ? QString() : answer.text);
        open->setEnabled(answer.layout.has_value());
    };
    check();
    QObject::connect(edit, &QLineEdit::textChanged, dialog, check);
    QObject::connect(cancel, &QPushButton::clicked, dialog, &QDialog::reject);
    QObject::connect(open, &QPushButton::clicked, dialog, &QDialog::accept);
    QObject::connect(dialog, &QDialog::accepted, parent,
                     [edit, bytes = file.bytes, confirmed = std::move(confirmed)] {
                         if (const auto layout = answerOf(edit->text(), bytes).layout)
                             confirmed(*layout);
                     });
    dialog->open();
    edit->setFocus();
}

} // namespace likeness
