// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/scalebar.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QLocale>
#include <QPainter>

#include <array>
#include <cmath>

namespace likeness {

namespace {

constexpr int kMargin = 12;
constexpr int kPadding = 6;
constexpr int kBarHeight = 4;
constexpr double kPaneShare = 0.3;

QString lengthText(double um) {
    struct Unit {
        double um;
        const char* name;
    };

    static constexpr std::array kUnits{Unit{1e-3, "nm"}, Unit{1.0, "\u00b5m"}, Unit{1e3, "mm"},
                                       Unit{1e6, "m"}};
    const Unit* unit = &kUnits.front();
    // The factor keeps 1000 um from being called 1000 because of rounding.
    for (const Unit& candidate : kUnits)
        if (um >= candidate.um * 0.999999)
            unit = &candidate;
    return QCoreApplication::translate("ScaleBar", "%1 %2", "length and unit")
        .arg(QLocale::c().toString(um / unit->um, 'g', 6), QString::fromUtf8(unit->name));
}

} // namespace

ScaleBar chooseScaleBar(double umPerPixel, double maximumPixels) {
    ScaleBar bar;
    const double longest = umPerPixel * maximumPixels;
    if (!(umPerPixel > 0.0 && maximumPixels > 0.0 && std::isfinite(longest)))
        return bar;
    const double power = std::pow(10.0, std::floor(std::log10(longest)));
    bar.lengthUm = power;
    for (const double step : {2.0, 5.0, 10.0})
        if (step * power <= longest * (1.0 + 1e-9))
            bar.lengthUm = step * power;
    bar.pixels = bar.lengthUm / umPerPixel;
    bar.text = lengthText(bar.lengthUm);
    return bar;
}

void drawScaleBar(QPainter& painter, const QRect& pane, double umPerPixel) {
    const ScaleBar bar = chooseScaleBar(umPerPixel, kPaneShare * pane.width());
    const bool calibrated = !bar.text.isEmpty();
    const QString text =
        calibrated ? bar.text : QCoreApplication::translate("ScaleBar", "not calibrated");
    const QFontMetrics metrics(painter.font());
    const int barWidth = calibrated ? static_cast<int>(std::lround(bar.pixels)) : 0;
    const int width = std::max(barWidth, metrics.horizontalAdvance(text)) + 2 * kPadding;
    const int height = metrics.height() + 2 * kPadding + (calibrated ? kBarHeight + 2 : 0);
    const QRect box(pane.right() - kMargin - width, pane.bottom() - kMargin - height, width,
                    height);
    painter.save();
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 150));
    painter.drawRect(box);
    painter.setPen(calibrated ? Qt::white : QColor(200, 200, 200));
    painter.drawText(box.adjusted(0, kPadding, 0, 0), Qt::AlignHCenter | Qt::AlignTop, text);
    if (calibrated)
        painter.fillRect(box.left() + (width - barWidth) / 2,
                         box.bottom() - kPadding - kBarHeight + 1, barWidth, kBarHeight, Qt::white);
    painter.restore();
}

} // namespace likeness
