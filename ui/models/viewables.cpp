// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/viewables.h"

#include "core/base/error.h"
#include "ui/words.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstring>
#include <map>

namespace likeness {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Viewables)
};

bool sameShape(const SampleRecord& a, const SampleRecord& b) {
    return a.type == b.type && a.width == b.width && a.height == b.height &&
           a.channels == b.channels;
}

// Sorted by source slice; empty unless the samples are one evenly spaced stack.
std::optional<Viewable> stackOf(std::vector<SampleRecord> slices) {
    if (slices.size() < kShortestStack)
        return std::nullopt;
    std::sort(slices.begin(), slices.end(), [](const SampleRecord& a, const SampleRecord& b) {
        return *a.sourceSlice < *b.sourceSlice;
    });
    const std::int64_t step = *slices[1].sourceSlice - *slices[0].sourceSlice;
    for (std::size_t i = 1; i < slices.size(); ++i) {
        if (step < 1 || *slices[i].sourceSlice - *slices[i - 1].sourceSlice != step ||
            !sameShape(slices[i], slices.front()))
            return std::nullopt;
    }
    Viewable stack;
    stack.title = Tr::tr("Stack of %1, %n slices", nullptr, static_cast<int>(slices.size()))
                      .arg(words::text(slices.front().specimen));
    stack.sliceStep = static_cast<double>(step);
    stack.samples = std::move(slices);
    return stack;
}

} // namespace

std::vector<Viewable> viewablesOf(const std::vector<SampleRecord>& samples) {
    std::map<std::string, std::vector<SampleRecord>> bySpecimen;
    for (const SampleRecord& sample : samples) {
        if (!sample.specimen.empty() && sample.sourceSlice && sample.depth == 1 &&
            sample.channels == 1)
            bySpecimen[sample.specimen].push_back(sample);
    }
    std::vector<Viewable> viewables;
    for (auto& [specimen, slices] : bySpecimen) {
        if (auto stack = stackOf(std::move(slices)))
            viewables.push_back(std::move(*stack));
    }
    for (const SampleRecord& sample : samples) {
        const QString kind = sample.depth > 1 ? Tr::tr("Volume %1") : Tr::tr("Image %1");
        viewables.push_back({kind.arg(sample.index + 1), {sample}, 1.0});
    }
    return viewables;
}

std::shared_ptr<const Volume>
loadViewable(const Viewable& viewable, const PixelSource& source, JobContext& job) {
    if (viewable.samples.size() == 1) {
        job.report(0.0, "Reading pixels");
        Volume volume = source(viewable.samples.front());
        if (volume.channels() != 1 && volume.channels() != 3)
            volume = toGrey(volume.span());
        return std::make_shared<const Volume>(std::move(volume));
    }
    const SampleRecord& first = viewable.samples.front();
    const auto depth = static_cast<std::int64_t>(viewable.samples.size());
    auto stack = std::make_shared<Volume>(first.type, first.width, first.height, depth);
    for (std::size_t z = 0; z < viewable.samples.size(); ++z) {
        job.throwIfStopped();
        job.report(static_cast<double>(z) / static_cast<double>(depth), "Reading slices");
        const Volume slice = source(viewable.samples[z]);
        const ImageSpan span = slice.span();
        if (span.bytes() * static_cast<std::size_t>(depth) != stack->span().bytes())
            throw Error(ErrorCode::database, "The stack cannot be shown",
                        "a slice has another size than its record says", "check the project");
        std::memcpy(stack->bytes() + z * span.bytes(), span.data, span.bytes());
    }
    if (first.voxelUm) {
        stack->voxelSize = VoxelSize{*first.voxelUm, first.voxelSource};
        stack->voxelSize->um[2] *= viewable.sliceStep;
    }
    return stack;
}

} // namespace likeness
