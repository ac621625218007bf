// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/catalogue.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <string>

namespace likeness {

namespace {

using enum MetricKind;
using enum Better;
using enum MetricRequirement;

constexpr std::array kCatalogue{
    MetricInfo{"mse", pair, lower, "grey level^2", "Mean squared difference of the values.", ""},
    MetricInfo{"psnr", pair, higher, "dB", "10 log10(L^2 / MSE) with the data range L.", ""},
    MetricInfo{"ssim", pair, higher, "1",
               "Mean structural similarity in 11x11 Gaussian windows (sigma 1.5) that lie wholly "
               "inside; colour: mean of the channels.",
               "Wang et al. 2004"},
    MetricInfo{"ssim_luma", pair, higher, "1", "SSIM of the unrounded luma.", "Wang et al. 2004"},
    MetricInfo{"ms_ssim", pair, higher, "1",
               "Product of the powers of contrast-structure terms over five scales and of SSIM at "
               "the coarsest.",
               "Wang, Simoncelli, Bovik 2003"},
    MetricInfo{"ssim_3d", pair, higher, "1",
               "SSIM of volumes in 11x11x11 Gaussian windows that lie wholly inside.",
               "Wang et al. 2004"},
    MetricInfo{"gradient_similarity", pair, higher, "1",
               "Mean of (2 a b + c) / (a^2 + b^2 + c) of the Prewitt gradient magnitudes a and b, "
               "c = 0.0026 L^2, without downsampling.",
               "Xue et al. 2014"},
    MetricInfo{"lpips_alex", pair, lower, "1", "Learned perceptual distance, AlexNet features.",
               "Zhang et al. 2018", lpipsWeights},
    MetricInfo{"lpips_vgg", pair, lower, "1", "Learned perceptual distance, VGG16 features.",
               "Zhang et al. 2018", lpipsWeights},
    MetricInfo{"lpips_squeeze", pair, lower, "1",
               "Learned perceptual distance, SqueezeNet features.", "Zhang et al. 2018",
               lpipsWeights},
    MetricInfo{"fd_handcrafted", set, lower, "1",
               "Squared Frechet distance of Gaussians fitted to the handcrafted-v1 features; not "
               "comparable with a published FID.",
               "Dowson and Landau 1982"},
    MetricInfo{"kd_handcrafted", set, lower, "1",
               "Unbiased squared maximum mean discrepancy (cubic kernel) of the handcrafted-v1 "
               "features; not comparable with a published KID.",
               "Binkowski et al. 2018"},
    MetricInfo{"precision", set, higher, "1",
               "Share of synthetic samples inside a k-neighbour ball of a real one.",
               "Kynkaanniemi et al. 2019"},
    MetricInfo{"recall", set, higher, "1",
               "Share of real samples inside a k-neighbour ball of a synthetic one.",
               "Kynkaanniemi et al. 2019"},
    MetricInfo{"density", set, higher, "1",
               "Mean number of real k-neighbour balls that hold a synthetic sample, over k.",
               "Naeem et al. 2020"},
    MetricInfo{"coverage", set, higher, "1",
               "Share of real k-neighbour balls that hold a synthetic sample.",
               "Naeem et al. 2020"},
    MetricInfo{"mind", set, lower, "1",
               "3 D times the mean squared one-dimensional Wasserstein-2 distance along random "
               "directions.",
               ""},
    MetricInfo{"spectrum_distance", set, lower, "decade",
               "Root mean square difference of log10 of the sets' mean radial power spectra.", ""},
    MetricInfo{"within_set_ms_ssim", set, closerToReal, "1",
               "Mean MS-SSIM of random pairs within the synthetic set; beside it the same of the "
               "real set.",
               "Odena et al. 2017"},
    MetricInfo{"fd_local_encoder", set, lower, "1",
               "Squared Frechet distance of the features of an encoder trained here.", "",
               localEncoder},
    MetricInfo{"kd_local_encoder", set, lower, "1",
               "Unbiased squared maximum mean discrepancy of the features of an encoder trained "
               "here.",
               "", localEncoder},
    MetricInfo{"fid", set, lower, "1", "Frechet Inception distance.", "Heusel et al. 2017",
               inceptionWeights},
    MetricInfo{"kid", set, lower, "1", "Kernel Inception distance.", "Binkowski et al. 2018",
               inceptionWeights},
    MetricInfo{"inception_precision", set, higher, "1", "Precision on Inception features.",
               "Kynkaanniemi et al. 2019", inceptionWeights},
    MetricInfo{"inception_recall", set, higher, "1", "Recall on Inception features.",
               "Kynkaanniemi et al. 2019", inceptionWeights},
    MetricInfo{"clip_score", set, higher, "1", "2.5 max(cos, 0) of image and prompt embeddings.",
               "Hessel et al. 2021", clipWeights},
    MetricInfo{"clip_cosine", set, higher, "1", "Cosine of image and prompt embeddings.",
               "Hessel et al. 2021", clipWeights},
    MetricInfo{"frechet_distance", MetricKind::features, lower, "1",
               "Squared Frechet distance of Gaussians fitted to the rows.",
               "Dowson and Landau 1982"},
    MetricInfo{"kernel_distance", MetricKind::features, lower, "1",
               "Unbiased squared maximum mean discrepancy with the kernel (x.y / D + 1)^3.",
               "Binkowski et al. 2018"},
    MetricInfo{"precision", MetricKind::features, higher, "1",
               "Share of synthetic rows inside a k-neighbour ball of a real one.",
               "Kynkaanniemi et al. 2019"},
    MetricInfo{"recall", MetricKind::features, higher, "1",
               "Share of real rows inside a k-neighbour ball of a synthetic one.",
               "Kynkaanniemi et al. 2019"},
    MetricInfo{"density", MetricKind::features, higher, "1",
               "Mean number of real k-neighbour balls that hold a synthetic row, over k.",
               "Naeem et al. 2020"},
    MetricInfo{"coverage", MetricKind::features, higher, "1",
               "Share of real k-neighbour balls that hold a synthetic row.", "Naeem et al. 2020"},
    MetricInfo{"mind", MetricKind::features, lower, "1",
               "3 D times the mean squared one-dimensional Wasserstein-2 distance along random "
               "directions.",
               ""},
    MetricInfo{"authenticity", MetricKind::features, higher, "1",
               "Share of synthetic rows not nearer to a training row than that row's own nearest "
               "neighbour.",
               "Alaa et al. 2022"},
    MetricInfo{"mifid", MetricKind::features, lower, "1",
               "Frechet distance over the mean nearest cosine distance where that is below 0.1.",
               "Bai et al. 2021"},
};

std::string knownNames() {
    std::string names;
    for (std::size_t i = 0; i < kCatalogue.size(); ++i) {
        const auto earlier = std::span(kCatalogue).first(i);
        if (std::ranges::find(earlier, kCatalogue[i].name, &MetricInfo::name) != earlier.end())
            continue;
        names += (names.empty() ? "" : ", ") + std::string(kCatalogue[i].name);
    }
    return names;
}

} // namespace

std::span<const MetricInfo> metricCatalogue() noexcept {
    return kCatalogue;
}

const MetricInfo* findMetric(std::string_view name, MetricKind preferred) noexcept {
    const MetricInfo* found = nullptr;
    for (const MetricInfo& info : kCatalogue) {
        if (info.name != name)
            continue;
        if (info.kind == preferred)
            return &info;
        if (found == nullptr)
            found = &info;
    }
    return found;
}

std::string_view reasonFor(MetricRequirement requirement) noexcept {
    switch (requirement) {
    case nothing:
        return {};
    case inceptionWeights:
        return "It needs the TensorFlow Inception weights of 2015, and none are set up; "
               "fd_handcrafted and kd_handcrafted work without weights.";
    case lpipsWeights:
        return "It needs the LPIPS v0.1 weights, and none are set up; ms_ssim and "
               "gradient_similarity work without weights.";
    case clipWeights:
        return "It needs CLIP weights and prompts, and none are set up; nothing stands in for it.";
    case localEncoder:
        return "It needs an encoder trained on this project's real images, and there is none.";
    }
    return {};
}

std::vector<const MetricInfo*> selectMetrics(std::span<const std::string> only, MetricKind kind) {
    std::vector<const MetricInfo*> out;
    if (only.empty()) {
        for (const MetricInfo& info : kCatalogue)
            if (info.kind == kind && info.requirement == nothing)
                out.push_back(&info);
        return out;
    }
    for (const std::string& name : only) {
        const MetricInfo* info = findMetric(name, kind);
        if (info == nullptr)
            throw Error(ErrorCode::config, "There is no metric \"" + name + "\"",
                        "the known names are " + knownNames(), "choose among them");
        out.push_back(info);
    }
    return out;
}

std::string_view toString(MetricKind kind) noexcept {
    return kind == pair ? "pair" : kind == set ? "set" : "features";
}

std::string_view toString(Better better) noexcept {
    return better == lower ? "lower" : better == higher ? "higher" : "closer to real";
}

} // namespace likeness
