// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/measurepanel.h"

#include "core/imaging/valuecounts.h"
#include "ui/jobs/jobrunner.h"
#include "ui/plots/curveplot.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"
#include "viewers/support/measuring.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <cmath>
#include <thread>

namespace likeness {

namespace {

constexpr int kPlotHeight = 190;
constexpr int kTextHeight = 90;
constexpr int kOff = -1;
constexpr int kHistogram = -2;
constexpr int kBins = 256;

QString number(double value) {
    return QString::number(value, 'g', 6);
}

QString sideName(std::size_t side) {
    return side == 0 ? MeasurePanel::tr("left") : MeasurePanel::tr("right");
}

/// The plane that a canvas shows; empty if it shows none.
Volume shownPlane(const ImageCanvas& canvas) {
    if (!canvas.volume())
        return {};
    const PaneView view = canvas.view();
    return planeOf(*canvas.volume(), view.axis, view.slice);
}

/// Middles of equal intervals between the extremes, and the share of the values in each.
std::vector<QPointF> histogramOf(const ValueCounts& values, bool whole) {
    const std::vector<std::int64_t> counts = values.binned(kBins);
    const double step = (values.maximum() - values.minimum() + (whole ? 1.0 : 0.0)) /
                        static_cast<double>(counts.size());
    // A whole number stands for the interval that begins half below it.
    const double first = values.minimum() - (whole ? 0.5 : 0.0);
    std::vector<QPointF> points;
    for (std::size_t k = 0; k < counts.size(); ++k)
        points.emplace_back(first + (static_cast<double>(k) + 0.5) * step,
                            static_cast<double>(counts[k]) / static_cast<double>(values.finite()));
    return points;
}

struct Side {
    Volume plane;
    QSizeF pitch{1.0, 1.0};
    bool calibrated = false;
    QLineF span;
};

std::optional<Side> sideOf(const ImageCanvas& canvas, const MeasureTool& tool) {
    Side side;
    side.plane = shownPlane(canvas);
    if (side.plane.isEmpty() || !tool.span())
        return std::nullopt;
    const ViewSubject& subject = canvas.link()->subject(canvas.viewId());
    side.calibrated = subject.voxelUm.has_value();
    side.pitch = subject.pixelPitch(canvas.view().axis);
    side.span = *tool.span();
    return side;
}

} // namespace

MeasurePanel::MeasurePanel(ComparePanes& panes, JobRunner& jobs, QWidget* parent)
    : QWidget(parent)
    , m_panes(panes)
    , m_chooser(new QComboBox)
    , m_text(makeLabel({}))
    , m_plot(new CurvePlot(tr("distance"), tr("value")))
    , m_save(makeButton(tr("Save table\u2026"))) {
    m_chooser->addItem(tr("Measure: off"), kOff);
    m_chooser->addItem(tr("Line profile"), static_cast<int>(MeasureTool::Shape::line));
    m_chooser->addItem(tr("Box statistics"), static_cast<int>(MeasureTool::Shape::box));
    m_chooser->addItem(tr("Histogram"), kHistogram);
    nameField(m_chooser, tr("Measuring"));
    for (std::size_t i = 0; i < 2; ++i) {
        m_tools[i] = new MeasureTool(this);
        m_counting[i] = std::make_unique<LatestJob>(jobs);
        connect(m_tools[i], &MeasureTool::spanChanged, this, [this, i] { follow(i); });
    }
    connect(m_chooser, &QComboBox::activated, this, &MeasurePanel::choose);
    connect(m_save, &QPushButton::clicked, this, [this] { Q_EMIT csvWanted(csv()); });
    connect(panes.link(), &ViewLink::changed, this, &MeasurePanel::refresh);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* words = new QVBoxLayout;
    words->addWidget(m_text);
    m_text->setMinimumWidth(200);
    words->addStretch(1);
    words->addWidget(m_save, 0, Qt::AlignLeft);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addLayout(words, 1);
    row->addWidget(m_plot, 2);
    hide();
}

MeasurePanel::~MeasurePanel() = default;

void MeasurePanel::choose() {
    const int chosen = m_chooser->currentData().toInt();
    const bool draws = chosen >= 0;
    if (chosen != kOff)
        Q_EMIT taken();
    for (MeasureTool* tool : m_tools) {
        if (draws)
            tool->setShape(static_cast<MeasureTool::Shape>(chosen));
    }
    m_panes.setTools(draws ? m_tools[0] : nullptr, draws ? m_tools[1] : nullptr);
    setVisible(chosen != kOff);
    m_histogramOf = {};
    m_counts = {};
    refresh();
}

void MeasurePanel::turnOff() {
    if (m_chooser->currentData().toInt() == kOff)
        return;
    m_chooser->setCurrentIndex(0);
    choose();
}

void MeasurePanel::setShown(bool on) {
    m_chooser->setVisible(on);
    setVisible(on && m_chooser->currentData().toInt() != kOff);
}

/// What is drawn on one image lies at the same place of the other.
void MeasurePanel::follow(std::size_t drawn) {
    const ImageCanvas& from = *m_panes.canvas(static_cast<int>(drawn));
    const ImageCanvas& to = *m_panes.canvas(static_cast<int>(1 - drawn));
    const ViewSubject& there = m_panes.link()->subject(from.viewId());
    const ViewSubject& here = m_panes.link()->subject(to.viewId());
    const SliceAxis axis = from.view().axis;
    std::optional<QLineF> span = m_tools[drawn]->span();
    if (span)
        span =
            QLineF(carried(span->p1(), there, here, axis), carried(span->p2(), there, here, axis));
    m_tools[1 - drawn]->setSpan(span);
    refresh();
}

void MeasurePanel::refresh() {
    const int chosen = m_chooser->currentData().toInt();
    if (chosen == kOff)
        return;
    if (chosen == kHistogram)
        return countAnew();
    const bool line = m_tools[0]->shape() == MeasureTool::Shape::line;
    m_plot->setVisible(line);
    setFixedHeight(line ? kPlotHeight : kTextHeight);
    m_save->setEnabled(m_tools[0]->span().has_value());
    if (!m_tools[0]->span()) {
        m_plot->clear();
        m_text->setText(line ? tr("Drag a line over an image.") : tr("Drag a box over an image."));
    } else if (line) {
        showLine();
    } else {
        showBox();
    }
}

/// Of whole images and volumes, as shares of all values, so that images of different sizes lie on
/// one scale.
void MeasurePanel::countAnew() {
    std::array<std::shared_ptr<const Volume>, 2> shown;
    for (std::size_t i = 0; i < 2; ++i)
        shown[i] = m_panes.canvas(static_cast<int>(i))->volume();
    if (shown == m_histogramOf) // panning and zooming leave it as it is
        return;
    for (std::size_t i = 0; i < 2; ++i) {
        if (shown[i] == m_histogramOf[i])
            continue;
        m_counts[i].reset();
        m_counting[i]->drop();
        if (!shown[i] || shown[i]->channels() != 1)
            continue;
        m_counting[i]->start(
            JobSpec{tr("Counting grey values"), Lane::pictures, false}, this,
            [volume = shown[i]](JobContext& job) {
                const auto threads = static_cast<int>(std::thread::hardware_concurrency());
                return std::make_shared<const ValueCounts>(volume->span(), threads, job);
            },
            [this, i](std::shared_ptr<const ValueCounts> counts) {
                m_counts[i] = std::move(counts);
                showHistogram();
            });
    }
    m_histogramOf = shown;
    showHistogram();
}

void MeasurePanel::showHistogram() {
    m_save->setEnabled(m_counts[0] || m_counts[1]);
    m_plot->show();
    setFixedHeight(kPlotHeight);
    m_plot->clear();
    m_plot->setTitles(tr("value"), tr("share of the values"));
    QStringList texts;
    for (std::size_t i = 0; i < 2; ++i) {
        const bool grey = m_histogramOf[i] && m_histogramOf[i]->channels() == 1;
        const auto& counts = m_counts[i];
        if (!counts || counts->finite() == 0) {
            texts << (!grey     ? tr("%1: no grey image")
                      : !counts ? tr("%1: counting")
                                : tr("%1: no value is a number"))
                         .arg(sideName(i));
            continue;
        }
        m_plot->setCurve(sideName(i), theme::colour(i == 0 ? Origin::real : Origin::synthetic),
                         histogramOf(*counts, m_histogramOf[i]->type() != PixelType::f32));
        texts << tr("%1: n %2, mean %3, standard deviation %4, median %5, 1st to 99th percentile "
                    "%6 to %7, %8 to %9 in all")
                     .arg(sideName(i))
                     .arg(counts->finite())
                     .arg(number(counts->mean()), number(counts->deviation()),
                          number(counts->percentile(50.0)), number(counts->percentile(1.0)),
                          number(counts->percentile(99.0)), number(counts->minimum()),
                          number(counts->maximum()));
    }
    m_text->setText(texts.join(u'\n'));
}

void MeasurePanel::showLine() {
    QStringList texts;
    m_plot->clear();
    for (std::size_t i = 0; i < 2; ++i) {
        const auto side = sideOf(*m_panes.canvas(static_cast<int>(i)), *m_tools[i]);
        if (!side)
            continue;
        const QString unit = side->calibrated ? QStringLiteral("\u00b5m") : tr("pixels");
        texts << tr("%1: length %2 %3")
                     .arg(sideName(i), number(lengthOf(side->span, side->pitch)), unit);
        const Profile profile = profileAlong(side->plane.span(), side->span, side->pitch);
        std::vector<QPointF> points;
        for (std::size_t k = 0; k < profile.values.size(); ++k)
            points.emplace_back(profile.distance[k], profile.values[k]);
        m_plot->setTitles(tr("distance (%1)").arg(unit), tr("value"));
        m_plot->setCurve(sideName(i), theme::colour(i == 0 ? Origin::real : Origin::synthetic),
                         points);
    }
    m_text->setText(texts.join(u'\n'));
}

void MeasurePanel::showBox() {
    QStringList texts;
    for (std::size_t i = 0; i < 2; ++i) {
        const auto side = sideOf(*m_panes.canvas(static_cast<int>(i)), *m_tools[i]);
        const auto found =
            side ? statisticsIn(side->plane.span(), QRectF(side->span.p1(), side->span.p2()))
                 : std::nullopt;
        if (!found) {
            texts << tr("%1: no values in the box").arg(sideName(i));
            continue;
        }
        texts << tr("%1: n %2, mean %3, standard deviation %4, median %5, %6 to %7")
                     .arg(sideName(i))
                     .arg(found->n)
                     .arg(number(found->mean), number(found->deviation), number(found->median),
                          number(found->minimum), number(found->maximum));
    }
    m_text->setText(texts.join(u'\n'));
}

QByteArray MeasurePanel::csv() const {
    QByteArray table;
    if (m_chooser->currentData().toInt() == kHistogram) {
        table = "image,value,share\n";
        for (std::size_t i = 0; i < 2; ++i) {
            if (!m_counts[i] || m_counts[i]->finite() == 0)
                continue;
            const bool whole = m_histogramOf[i]->type() != PixelType::f32;
            for (const QPointF& point : histogramOf(*m_counts[i], whole))
                table += (i == 0 ? "left," : "right,") + QByteArray::number(point.x(), 'g', 10) +
                         ',' + QByteArray::number(point.y(), 'g', 10) + '\n';
        }
        return table;
    }
    for (std::size_t i = 0; i < 2; ++i) {
        const auto side = sideOf(*m_panes.canvas(static_cast<int>(i)), *m_tools[i]);
        if (!side)
            continue;
        const QByteArray name = i == 0 ? "left" : "right";
        if (m_tools[0]->shape() == MeasureTool::Shape::line) {
            if (table.isEmpty())
                table = "image,distance,unit,value\n";
            const Profile profile = profileAlong(side->plane.span(), side->span, side->pitch);
            for (std::size_t k = 0; k < profile.values.size(); ++k) {
                const double value = profile.values[k];
                table +=
                    name + ',' + QByteArray::number(profile.distance[k], 'g', 10) + ',' +
                    (side->calibrated ? "um" : "pixel") + ',' +
                    (std::isfinite(value) ? QByteArray::number(value, 'g', 10) : QByteArray()) +
                    '\n';
            }
            continue;
        }
        if (table.isEmpty())
            table = "image,n,mean,standard_deviation,median,minimum,maximum\n";
        const auto s = statisticsIn(side->plane.span(), QRectF(side->span.p1(), side->span.p2()));
        if (!s)
            continue;
        table += name + ',' + QByteArray::number(static_cast<qlonglong>(s->n));
        for (const double value : {s->mean, s->deviation, s->median, s->minimum, s->maximum})
            table += ',' + QByteArray::number(value, 'g', 10);
        table += '\n';
    }
    return table;
}

} // namespace likeness
