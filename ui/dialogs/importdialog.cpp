// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/importdialog.h"

#include "core/imaging/rawguess.h"
#include "ui/settings/settings.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/rawlayoutform.h"
#include "ui/words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <utility>

namespace likeness {

namespace {

constexpr int kRawWidth = 330;
constexpr std::array kDomains = {Domain::rock, Domain::fibre, Domain::root};
constexpr std::array kOrigins = {Origin::real, Origin::synthetic, Origin::phantom};

} // namespace

ImportDialog::ImportDialog(JobRunner& jobs,
                           Settings& settings,
                           std::vector<SetRecord> sets,
                           QWidget* parent)
    : QDialog(parent)
    , m_settings(settings)
    , m_sets(std::move(sets))
    , m_headerJob(jobs)
    , m_files(new QListWidget)
    , m_remove(makeButton(tr("Remove")))
    , m_header(makeLabel({}, LabelRole::muted))
    , m_form(new QFormLayout)
    , m_dataset(new QComboBox)
    , m_set(new QComboBox)
    , m_domain(new QComboBox)
    , m_origin(new QComboBox)
    , m_generator(new QLineEdit)
    , m_specimen(new QLineEdit)
    , m_voxel(new QLineEdit)
    , m_slices(new QCheckBox(tr("Each slice of a stack becomes a sample")))
    , m_masks(new QCheckBox(tr("These are label images (masks)")))
    , m_crop(new QSpinBox)
    , m_circle(new QCheckBox(tr("Only crops inside a circle of")))
    , m_diameter(new QSpinBox)
    , m_raw(new QGroupBox(tr("Layout of headerless files")))
    , m_layout(new RawLayoutForm(jobs))
    , m_problem(makeLabel({}, LabelRole::warning))
    , m_import(makePrimaryButton(tr("Import"))) {
    setWindowTitle(tr("Import images"));
    setMinimumWidth(620);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(22, 18, 22, 16);
    column->setSpacing(12);
    setupFiles();
    m_form->setHorizontalSpacing(14);
    m_form->setVerticalSpacing(9);
    m_form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    setupFields();
    auto* fields = new QHBoxLayout;
    fields->setSpacing(18);
    fields->addLayout(m_form, 1);
    fields->addWidget(m_raw);
    column->addLayout(fields);
    setupRaw();
    setupButtons();
    onSetChanged();
}

void ImportDialog::setupFiles() {
    m_files->setMaximumHeight(110);
    m_files->setSpacing(2);
    m_files->setTextElideMode(Qt::ElideMiddle);
    m_files->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_files->setSelectionMode(QAbstractItemView::ExtendedSelection);
    nameField(m_files, tr("Files to import"));
    auto* addFiles = makeButton(tr("Add files\u2026"));
    auto* addFolder = makeButton(tr("Add folder\u2026"));
    connect(addFiles, &QPushButton::clicked, this, [this] {
        auto* chooser = new QFileDialog(this, tr("Add files"), m_settings.importFolder.get());
        chooser->setAttribute(Qt::WA_DeleteOnClose);
        chooser->setFileMode(QFileDialog::ExistingFiles);
        connect(chooser, &QFileDialog::filesSelected, this, &ImportDialog::addPaths);
        chooser->open();
    });
    connect(addFolder, &QPushButton::clicked, this, [this] {
        auto* chooser = new QFileDialog(this, tr("Add a folder"), m_settings.importFolder.get());
        chooser->setAttribute(Qt::WA_DeleteOnClose);
        chooser->setFileMode(QFileDialog::Directory);
        connect(chooser, &QFileDialog::filesSelected, this, &ImportDialog::addPaths);
        chooser->open();
    });
    connect(m_files, &QListWidget::itemSelectionChanged, this, &ImportDialog::refresh);
    connect(m_remove, &QPushButton::clicked, this, [this] {
        qDeleteAll(m_files->selectedItems());
        readFirstHeader();
        refresh();
    });
    auto* buttons = new QVBoxLayout;
    buttons->setSpacing(6);
    buttons->addWidget(addFiles);
    buttons->addWidget(addFolder);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    auto* row = new QHBoxLayout;
    row->setSpacing(10);
    row->addWidget(m_files, 1);
    row->addLayout(buttons);
    auto* column = static_cast<QVBoxLayout*>(layout());
    column->addLayout(row);
    column->addWidget(m_header);
}

void ImportDialog::setupCrops() {
    m_crop->setRange(0, 16384);
    m_crop->setSpecialValueText(tr("whole image"));
    m_crop->setSuffix(tr(" px"));
    m_crop->setSingleStep(64);
    m_circle->setEnabled(false);
    m_circle->setToolTip(tr("For a round field of view: leaves out crops that reach over a centred "
                            "circle. Make it smaller to keep the specimen's edge out, too."));
    m_diameter->setRange(10, 100);
    m_diameter->setValue(98);
    m_diameter->setSuffix(tr(" % of the image"));
    m_diameter->setAccessibleName(tr("Diameter of the circle"));
    m_diameter->setEnabled(false);
    connect(m_crop, &QSpinBox::valueChanged, this, [this](int edge) {
        m_circle->setEnabled(edge > 0);
        m_diameter->setEnabled(edge > 0 && m_circle->isChecked());
    });
    connect(m_circle, &QCheckBox::toggled, m_diameter, &QSpinBox::setEnabled);
}

void ImportDialog::setupFields() {
    m_set->setEditable(true);
    m_set->setInsertPolicy(QComboBox::NoInsert);
    m_set->setCompleter(nullptr); // a new name may begin like a known one
    for (const SetRecord& set : m_sets)
        m_set->addItem(words::text(set.name));
    m_set->setCurrentText({});
    m_set->lineEdit()->setPlaceholderText(tr("name of a new set, or choose one to add to"));
    for (const Domain domain : kDomains)
        m_domain->addItem(words::name(domain));
    for (const Origin origin : kOrigins)
        m_origin->addItem(words::name(origin));
    // Nothing is guessed: what images are is said by people.
    for (QComboBox* box : {m_domain, m_origin}) {
        box->setPlaceholderText(tr("choose"));
        box->setCurrentIndex(-1);
    }
    m_generator->setPlaceholderText(tr("what made them, such as StyleGAN2"));
    m_specimen->setPlaceholderText(tr("one per file"));
    m_voxel->setPlaceholderText(tr("as the file says"));
    m_slices->setChecked(true);
    setupCrops();

    const auto add = [&](const QString& label, QWidget* field) {
        m_form->addRow(label, field);
        nameField(field, label);
    };
    add(tr("Image in the file"), m_dataset);
    m_form->setRowVisible(m_dataset, false);
    connect(m_dataset, &QComboBox::activated, this, &ImportDialog::readFirstHeader);
    add(tr("Set"), m_set);
    add(tr("Domain"), m_domain);
    add(tr("Origin"), m_origin);
    add(tr("Generator"), m_generator);
    add(tr("Specimen"), m_specimen);
    add(tr("Voxel size in \u00b5m"), m_voxel);
    add(tr("Square crops of"), m_crop);
    auto* circle = new QHBoxLayout;
    circle->addWidget(m_circle);
    circle->addWidget(m_diameter);
    circle->addStretch(1);
    m_form->addRow(QString(), circle);
    m_form->addRow(QString(), m_slices);
    m_form->addRow(QString(), m_masks);

    connect(m_set, &QComboBox::currentTextChanged, this, &ImportDialog::onSetChanged);
    for (QComboBox* box : {m_domain, m_origin})
        connect(box, &QComboBox::currentIndexChanged, this, &ImportDialog::refresh);
    for (QLineEdit* edit : {m_generator, m_specimen, m_voxel})
        connect(edit, &QLineEdit::textChanged, this, &ImportDialog::refresh);
}

void ImportDialog::setupRaw() {
    auto* column = new QVBoxLayout(m_raw);
    column->addWidget(m_layout);
    connect(m_layout, &RawLayoutForm::changed, this, &ImportDialog::refresh);
    m_raw->setFixedWidth(kRawWidth);
    m_raw->hide();
}

void ImportDialog::setupButtons() {
    auto* cancel = makeButton(tr("Cancel"));
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_import, &QPushButton::clicked, this, [this] {
        Q_EMIT importRequested(request());
        accept();
    });
    m_import->setDefault(true);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_problem, 1);
    row->addWidget(cancel);
    row->addWidget(m_import);
    static_cast<QVBoxLayout*>(layout())->addLayout(row);
}

void ImportDialog::addPaths(const QStringList& paths) {
    for (const QString& path : paths) {
        if (m_files->findItems(path, Qt::MatchExactly).isEmpty())
            m_files->addItem(path);
    }
    for (int row = 0; row < m_files->count(); ++row) {
        m_files->item(row)->setToolTip(plainToolTip(m_files->item(row)->text()));
    }
    if (!paths.isEmpty())
        m_settings.importFolder.set(QFileInfo(paths.first()).absolutePath());
    if (m_set->currentText().isEmpty() && m_files->count() > 0)
        m_set->setCurrentText(QFileInfo(m_files->item(0)->text()).completeBaseName());
    readFirstHeader();
    refresh();
}

const SetRecord* ImportDialog::existingSet() const {
    const std::string wanted = words::utf8(m_set->currentText().trimmed());
    const auto found = std::find_if(m_sets.begin(), m_sets.end(),
                                    [&](const SetRecord& set) { return set.name == wanted; });
    return found == m_sets.end() ? nullptr : &*found;
}

void ImportDialog::onSetChanged() {
    const SetRecord* set = existingSet();
    if (set) {
        m_domain->setCurrentIndex(static_cast<int>(set->domain));
        m_origin->setCurrentIndex(static_cast<int>(set->origin));
        m_generator->setText(words::text(set->generator));
        m_masks->setChecked(set->masks);
    } else if (m_setIsKnown) {
        // What another set holds says nothing of a new one.
        m_domain->setCurrentIndex(-1);
        m_origin->setCurrentIndex(-1);
        m_generator->clear();
        m_masks->setChecked(false);
    }
    m_setIsKnown = set != nullptr;
    m_domain->setEnabled(!set);
    m_origin->setEnabled(!set);
    m_masks->setEnabled(!set);
    refresh();
}

/// The layout is asked for where the first file has no header, or one that is only guessed.
void ImportDialog::readFirstHeader() {
    m_headerJob.drop();
    m_header->clear();
    m_slices->setEnabled(true);
    if (m_files->count() == 0) {
        askLayout(false);
        offerDatasets({});
        return;
    }
    const QString first = m_files->item(0)->text();
    if (first != m_datasetsOf)
        offerDatasets({});
    m_datasetsOf = first;
    ReadOptions options;
    options.dataset = words::utf8(m_dataset->currentData().toString());
    m_headerJob.start(
        JobSpec{tr("Reading a header"), Lane::pictures, false}, this,
        [path = words::path(first), options](JobContext&) { return readHeader(path, options); },
        [this](const ImageHeader& header) {
            askLayout(header.format == "raw");
            if (header.format != "raw") // the fields of a layout say the rest
                showHeader(header);
        },
        [this, first](const std::exception_ptr& failure) {
            offerDatasets({});
            if (looksHeaderless(words::path(first)) && QFileInfo(first).isFile())
                return askLayout(true);
            askLayout(false);
            setRole(m_header, LabelRole::error);
            m_header->setText(words::explain(failure).sentence);
        });
}

void ImportDialog::askLayout(bool on) {
    QStringList headerless;
    for (int row = 0; on && row < m_files->count(); ++row) {
        if (looksHeaderless(words::path(m_files->item(row)->text())))
            headerless << m_files->item(row)->text();
    }
    m_layout->setFiles(headerless);
    m_raw->setVisible(!headerless.isEmpty());
    QTimer::singleShot(0, this, &QWidget::adjustSize); // once the layout knows of it
    refresh();
}

/// What a file with one image alone offers is no choice.
void ImportDialog::offerDatasets(const ImageHeader& header) {
    const QSignalBlocker quiet(m_dataset);
    m_dataset->clear();
    for (const DatasetInfo& info : header.datasets) {
        QStringList edges;
        for (const std::int64_t edge : info.shape)
            edges << QString::number(edge);
        m_dataset->addItem(tr("%1 (%2, %3)")
                               .arg(words::text(info.name), edges.join(QStringLiteral(" \u00d7 ")),
                                    words::text(info.type)),
                           words::text(info.name));
    }
    m_dataset->setCurrentIndex(m_dataset->findData(words::text(header.dataset)));
    m_form->setRowVisible(m_dataset, m_dataset->count() > 1);
}

void ImportDialog::showHeader(const ImageHeader& header) {
    SampleRecord shape;
    shape.width = header.width;
    shape.height = header.height;
    shape.depth = header.depth;
    if (header.voxelSize)
        shape.voxelUm = header.voxelSize->um;
    QString text = tr("%1 pixels, %2, voxel size %3")
                       .arg(words::size(shape), words::name(header.type), words::voxelSize(shape));
    if (m_files->count() > 1)
        text = tr("%L1 files; the first: %2").arg(m_files->count()).arg(text);
    for (const std::string& warning : header.warnings)
        text += QStringLiteral("\n") + words::text(warning);
    setRole(m_header, header.warnings.empty() ? LabelRole::muted : LabelRole::warning);
    m_header->setText(text);
    m_slices->setEnabled(header.depth > 1 || m_files->count() > 1);
    offerDatasets(header);
}

std::optional<double> ImportDialog::typedVoxel(bool& valid) const {
    const QString text = m_voxel->text().trimmed();
    valid = true;
    if (text.isEmpty())
        return std::nullopt;
    // Without group separators: "2.770" is never taken for 2770 where the comma is the point.
    QLocale own;
    QLocale plain = QLocale::c();
    own.setNumberOptions(QLocale::RejectGroupSeparator);
    plain.setNumberOptions(QLocale::RejectGroupSeparator);
    double value = own.toDouble(text, &valid);
    if (!valid)
        value = plain.toDouble(text, &valid);
    valid = valid && value > 0.0 && value < 1e6;
    return value;
}

bool ImportDialog::isSynthetic() const {
    return m_origin->currentIndex() >= 0 &&
           kOrigins.at(static_cast<std::size_t>(m_origin->currentIndex())) == Origin::synthetic;
}

QString ImportDialog::firstProblem() const {
    bool voxelValid = true;
    static_cast<void>(typedVoxel(voxelValid));
    if (m_files->count() == 0)
        return tr("Add the files or folders to import.");
    if (m_set->currentText().trimmed().isEmpty())
        return tr("Name the set that they go into.");
    if (m_domain->currentIndex() < 0)
        return tr("Choose the domain.");
    if (m_origin->currentIndex() < 0)
        return tr("Say where the images come from.");
    if (isSynthetic() && m_generator->text().trimmed().isEmpty())
        return tr("Name the generator that made these images.");
    if (!voxelValid)
        return tr("The voxel size must be a number above 0.");
    return m_layout->problem();
}

void ImportDialog::refresh() {
    m_generator->setEnabled(isSynthetic() && (!existingSet() || existingSet()->generator.empty()));
    m_remove->setEnabled(!m_files->selectedItems().isEmpty());
    const QString problem = firstProblem();
    m_problem->setText(problem);
    m_import->setEnabled(problem.isEmpty());
}

ImportRequest ImportDialog::request() const {
    ImportRequest request;
    for (int row = 0; row < m_files->count(); ++row)
        request.paths.push_back(words::path(m_files->item(row)->text()));
    request.setName = words::utf8(m_set->currentText().trimmed());
    request.domain = kDomains.at(static_cast<std::size_t>(m_domain->currentIndex()));
    request.origin = kOrigins.at(static_cast<std::size_t>(m_origin->currentIndex()));
    if (request.origin == Origin::synthetic)
        request.generator = words::utf8(m_generator->text().trimmed());
    if (const QString specimen = m_specimen->text().trimmed(); !specimen.isEmpty())
        request.specimen = words::utf8(specimen);
    bool valid = true;
    request.voxelUm = typedVoxel(valid);
    if (!m_raw->isHidden())
        request.raw = m_layout->layout();
    request.dataset = words::utf8(m_dataset->currentData().toString());
    request.masks = m_masks->isChecked();
    request.splitSlices = m_slices->isChecked();
    request.cropSize = m_crop->value();
    request.insideCircle = m_circle->isChecked() && request.cropSize > 0;
    request.circleDiameter = m_diameter->value() / 100.0;
    return request;
}

} // namespace likeness
