// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/structure/describe.h"

#include "core/base/error.h"
#include "core/structure/chords.h"
#include "core/structure/correlation.h"
#include "core/structure/minkowski.h"
#include "core/structure/porosity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace likeness {

namespace {

constexpr std::int64_t kDefaultLag = 50;
constexpr std::array<const char*, 3> kAxisNames{"x", "y", "z"};

/// The pixels that decide the threshold, as one row: all of them, or those inside the field of
/// view.
Volume thresholdPixels(const Volume& grey, const std::optional<Volume>& view) {
    if (!view)
        return grey;
    std::vector<std::int64_t> inside;
    for (std::int64_t i = 0; i < view->span().pixels(); ++i)
        if (view->span().at(i) != 0.0)
            inside.push_back(i);
    if (inside.empty())
        return grey; // indicatorOf refuses such a field of view
    Volume row(grey.type(), static_cast<std::int64_t>(inside.size()), 1);
    const std::size_t size = bytesOf(grey.type());
    for (std::size_t i = 0; i < inside.size(); ++i)
        std::copy_n(grey.span().data + static_cast<std::size_t>(inside[i]) * size, size,
                    row.bytes() + i * size);
    return row;
}

double otsuOf(const Volume& volume, const std::optional<Volume>& view) {
    const Volume grey = volume.channels() == 1 ? volume : toGrey(volume.span());
    if (view && view->span().pixels() != grey.span().pixels())
        throw Error(ErrorCode::config, "The field of view does not fit",
                    "its size differs from the image's", "give a mask of the image's size");
    const Volume pixels = thresholdPixels(grey, view);
    const std::array<ImageSpan, 1> spans{pixels.span()};
    if (valueRange(spans[0]).nonFinite > 0)
        throw Error(ErrorCode::numeric, "The structure cannot be measured",
                    "the image holds values that are not finite numbers",
                    "replace NaN and infinite pixels, or mark them as outside the field of view");
    return otsuThreshold(spans);
}

/// Fills a Description step by step from one indicator.
class Describer {
public:
    Describer(Indicator field, const DescribeOptions& options, Description& out)
        : m_field(std::move(field))
        , m_options(options)
        , m_out(out)
        , m_axes(m_field.dimensions()) {}

    void setScale(const std::optional<std::array<double, 3>>& um) {
        if (!um)
            return;
        m_scale = *um;
        m_out.unit = "um";
        m_out.conventions["voxel_um"] = *um;
    }

    void run(JobContext& job) {
        const std::int64_t shortest = std::min(m_field.size[0], m_field.size[1]);
        m_lag = m_options.maximumLag.value_or(std::min(shortest / 2, kDefaultLag));
        if (m_lag < 0 || m_lag >= shortest)
            throw Error(ErrorCode::config, "The structure cannot be measured",
                        "the largest lag does not fit the shortest side", "lower the largest lag");
        m_out.conventions["maximum_lag_voxels"] = m_lag;
        fractions(job);
        topology(job);
        axisCurves(job);
        radialCurves(job);
        job.report(1.0, "Describing the structure");
    }

private:
    void fractions(JobContext& job) {
        job.report(0.0, "Describing the structure", "porosity");
        const double share = porosity(m_field);
        m_out.values["porosity"] = share;
        if (m_options.domain == Domain::fibre)
            m_out.values["fibre_volume_fraction"] = share;
        if (m_options.domain == Domain::root && m_axes == 2)
            m_out.values["network_area"] =
                static_cast<double>(std::ranges::count(m_field.phase, 1)) * m_scale[0] * m_scale[1];
    }

    void topology(JobContext& job) {
        job.throwIfStopped();
        const EulerNumbers euler = eulerNumbers(m_field, job);
        m_out.values[m_axes == 2 ? "euler_4" : "euler_6"] = static_cast<double>(euler.faces);
        m_out.values[m_axes == 2 ? "euler_8" : "euler_26"] = static_cast<double>(euler.full);
        m_out.conventions["euler_outside"] = "background";
        if (!m_field.inside.empty()) {
            note("closed_porosity and percolating are left out inside a field of view");
            return;
        }
        job.throwIfStopped();
        job.report(0.1, "Describing the structure", "connectivity");
        const Connectivity c = connectivity(m_field, Neighbourhood::faces, job);
        m_out.values["closed_porosity"] = c.closed;
        for (int a = 0; a < m_axes; ++a)
            m_out.values[named("percolating", a)] = c.percolating[static_cast<std::size_t>(a)];
        m_out.values["components"] = static_cast<double>(c.components);
        m_out.conventions["connectivity"] = m_axes == 2 ? "4" : "6";
        m_out.conventions["percolating"] =
            "voxels of components that join both faces of the axis, over all voxels";
    }

    void axisCurves(JobContext& job) {
        for (int a = 0; a < m_axes; ++a) {
            job.throwIfStopped();
            job.report(0.3 + 0.1 * a, "Describing the structure", named("s2", a));
            const double scale = m_scale[static_cast<std::size_t>(a)];
            // A thin stack of slices has few lags along z.
            const std::int64_t lag = std::min(m_lag, m_field.size[static_cast<std::size_t>(a)] - 1);
            setCurve(named("s2", a), twoPointAxis(m_field, a, lag, Boundary::open, job), scale);
            if (m_field.inside.empty())
                setCurve(named("s2_periodic", a),
                         twoPointAxis(m_field, a, lag, Boundary::periodic, job), scale);
            job.throwIfStopped();
            const ChordStatistics c = chords(m_field, a, lag, job);
            setCurve(named("lineal_path", a), c.linealPath, scale);
            if (c.countInterior > 0)
                m_out.values[named("chord_mean", a)] = c.meanInterior * scale;
            else
                note(named("chord_mean", a) + " has no value: no chord ends inside the image");
            setChords(a, c, scale);
        }
        m_out.conventions["chords"] = "interior runs, both ends inside the image";
    }

    void setChords(int axis, const ChordStatistics& c, double scale) {
        Curve curve;
        std::size_t longest = c.interior.size();
        while (longest > 1 && c.interior[longest - 1] == 0)
            --longest;
        for (std::size_t i = 1; i < longest; ++i) {
            curve.x.push_back(static_cast<double>(i) * scale);
            curve.y.push_back(static_cast<double>(c.interior[i]) /
                              static_cast<double>(std::max<std::int64_t>(c.countInterior, 1)));
        }
        m_out.curves[named("chord_distribution", axis)] = std::move(curve);
    }

    void radialCurves(JobContext& job) {
        job.report(0.7, "Describing the structure", "s2_radial");
        for (int a = 1; a < m_axes; ++a)
            if (m_scale[static_cast<std::size_t>(a)] != m_scale[0]) {
                note("s2_radial is left out: the voxels are not cubes");
                return;
            }
        RadialOptions options;
        options.maximumLag = m_lag;
        try {
            setCurve("s2_radial", twoPointRadial(m_field, options, job), m_scale[0]);
        } catch (const Cancelled&) {
            throw;
        } catch (const Error& error) {
            if (error.code() != ErrorCode::memory)
                throw;
            note(std::string("s2_radial is left out: ") + error.what());
        }
        m_out.conventions["s2"] =
            "open boundary, pairs that fit; radial: shells floor(|lag| + 0.5), "
            "mean over lag vectors";
    }

    void setCurve(const std::string& name, const std::vector<double>& y, double scale) {
        Curve curve;
        for (std::size_t r = 0; r < y.size(); ++r) {
            if (!std::isfinite(y[r]))
                continue; // no pair of this lag lies inside the field of view
            curve.x.push_back(static_cast<double>(r) * scale);
            curve.y.push_back(y[r]);
        }
        m_out.curves[name] = std::move(curve);
    }

    static std::string named(const std::string& stem, int axis) {
        return stem + "_" + kAxisNames[static_cast<std::size_t>(axis)];
    }

    void note(const std::string& text) { m_out.conventions["notes"].push_back(text); }

    Indicator m_field;
    const DescribeOptions& m_options;
    Description& m_out;
    int m_axes;
    std::int64_t m_lag = 0;
    std::array<double, 3> m_scale{1.0, 1.0, 1.0};
};

std::optional<std::array<double, 3>> voxelOf(const Volume& volume, const DescribeOptions& options) {
    if (options.voxelUm) {
        if (!(*options.voxelUm > 0.0) || !std::isfinite(*options.voxelUm))
            throw Error(ErrorCode::config, "The voxel size is not usable", "it must be above 0",
                        "give it in micrometres");
        return std::array{*options.voxelUm, *options.voxelUm, *options.voxelUm};
    }
    if (volume.voxelSize)
        return volume.voxelSize->um;
    return std::nullopt;
}

} // namespace

Phase defaultPhase(Domain domain, bool mask) noexcept {
    return domain == Domain::rock && !mask ? Phase::dark : Phase::bright;
}

Description describe(const Volume& volume, const DescribeOptions& options, JobContext& job) {
    if (volume.width() < 2 || volume.height() < 2)
        throw Error(ErrorCode::config, "The structure cannot be measured",
                    "the image is narrower than two pixels", "give a larger image");
    Description out;
    const bool mask = isMask(volume.span());
    const Phase phase = options.phase.value_or(defaultPhase(options.domain, mask));
    out.conventions["phase"] = toString(phase);
    double threshold = 0.0;
    if (options.threshold) {
        threshold = *options.threshold;
        out.threshold = threshold;
        out.conventions["threshold_method"] = "given";
    } else if (mask) {
        out.conventions["threshold_method"] = "mask";
    } else {
        threshold = otsuOf(volume, options.fieldOfView);
        out.threshold = threshold;
        out.conventions["threshold_method"] = "otsu";
    }
    std::optional<ImageSpan> view;
    if (options.fieldOfView)
        view = options.fieldOfView->span();
    out.conventions["field_of_view"] = options.fieldOfView ? "given" : "whole image";
    Describer describer(indicatorOf(volume.span(), threshold, phase, view), options, out);
    describer.setScale(voxelOf(volume, options));
    describer.run(job);
    return out;
}

Json toJson(const Description& description) {
    Json curves = Json::object();
    for (const auto& [name, curve] : description.curves)
        curves[name] = {{"x", curve.x}, {"y", curve.y}};
    return {{"values", description.values},
            {"curves", curves},
            {"unit", description.unit},
            {"threshold", description.threshold ? Json(*description.threshold) : Json(nullptr)},
            {"conventions", description.conventions}};
}

} // namespace likeness
