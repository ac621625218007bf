// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/holdout.h"

#include "core/base/error.h"
#include "core/generation/holdoutplan.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

namespace likeness {

namespace {

constexpr std::size_t kListed = 4096; ///< images that the manifest names at most

bool isConstant(const ImageSpan& image) {
    const std::size_t size = bytesOf(image.type) * static_cast<std::size_t>(image.channels);
    // All pixels equal the first: the data equal themselves, shifted by one pixel.
    return image.bytes() <= size ||
           std::memcmp(image.data, image.data + size, image.bytes() - size) == 0;
}

/// Leaves out constant images unless all are. How many.
std::size_t leaveOutConstant(PackedSet& set) {
    std::vector<bool> constant;
    for (std::size_t i = 0; i < set.images.size(); ++i)
        constant.push_back(isConstant(set.span(i)));
    const auto count = static_cast<std::size_t>(std::ranges::count(constant, true));
    if (count == set.images.size())
        return 0;
    std::size_t index = 0;
    std::erase_if(set.images, [&](const PackedImage&) { return constant[index++]; });
    return count;
}

std::optional<Circle> circleIn(const ImageSpan& image, const std::optional<double>& percent) {
    if (!percent)
        return fieldOfViewOf(image);
    if (*percent >= 100.0)
        return std::nullopt;
    const auto side = static_cast<double>(std::min(image.width, image.height));
    return Circle{0.5 * static_cast<double>(image.width - 1),
                  0.5 * static_cast<double>(image.height - 1), 0.5 * side * *percent / 100.0};
}

/// Takes constant borders off and finds the fields of view; how many there are.
std::size_t findViews(TrainingPart& part, const std::optional<double>& percent) {
    std::size_t found = 0;
    PackedSet& set = part.set;
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        PackedImage& image = set.images[i];
        auto circle = circleIn(set.span(i), percent);
        if (!circle && !percent) {
            const Rectangle area = withoutPadding(set.span(i));
            if (area.width() < image.width || area.height() < image.height) {
                image = cutOut(set, i, area, 0, image.depth);
                circle = circleIn(set.span(i), percent);
            }
        }
        if (circle) {
            mirrorOutside(image, set.type, set.channels, *circle);
            ++found;
        }
        part.views.push_back(circle);
    }
    return found;
}

Json described(const HoldOutPlan::Piece& piece, const PackedImage& image) {
    Json json{{"id", image.id}};
    if (piece.area.width() != image.width || piece.area.height() != image.height)
        json["area"] = {piece.area.left, piece.area.top, piece.area.width(), piece.area.height()};
    if (image.depth > 1)
        json["slices"] = {piece.first, piece.end - 1};
    return json;
}

Json listOf(const std::vector<HoldOutPlan::Piece>& pieces, const PackedSet& set) {
    Json list = Json::array();
    for (const HoldOutPlan::Piece& piece : pieces) {
        if (list.size() == kListed) {
            list.push_back({{"more", pieces.size() - kListed}});
            break;
        }
        list.push_back(described(piece, set.images[piece.image]));
    }
    return list;
}

TrainingPart partOf(const TrainingPart& whole, const std::vector<HoldOutPlan::Piece>& pieces) {
    TrainingPart part;
    part.set.type = whole.set.type;
    part.set.channels = whole.set.channels;
    part.set.meta = whole.set.meta;
    for (const HoldOutPlan::Piece& piece : pieces) {
        part.set.images.push_back(
            cutOut(whole.set, piece.image, piece.area, piece.first, piece.end));
        std::optional<Circle> view = whole.views[piece.image];
        if (view) {
            view->x -= static_cast<double>(piece.area.left);
            view->y -= static_cast<double>(piece.area.top);
        }
        part.views.push_back(view);
    }
    return part;
}

void noteViews(TrainingData& data, std::size_t circles, std::size_t images) {
    data.split["circles"] = circles;
    if (circles > 0)
        data.notes.push_back("A round field of view was found in " + std::to_string(circles) +
                             " of " + std::to_string(images) +
                             " images; crops lie inside it but for a fifth at most, which is "
                             "mirrored from within");
}

} // namespace

TrainingData trainingDataOf(PackedSet set, const HoldOutChoice& choice, std::int64_t size) {
    checkHoldOut(choice);
    TrainingData data;
    TrainingPart whole{std::move(set), {}};
    const std::size_t constant = leaveOutConstant(whole.set);
    if (constant > 0)
        data.notes.push_back(std::to_string(constant) +
                             " images with one grey value only were left out");
    const std::size_t circles = findViews(whole, choice.circlePercent);
    const HoldOutPlan plan = planHoldOut(whole, choice, size);
    data.split = {{"kind", plan.kind}, {"constant_images", constant}};
    noteViews(data, circles, whole.set.images.size());
    if (choice.circlePercent)
        data.split["circle_percent"] = *choice.circlePercent;
    for (const std::string& note : plan.notes)
        data.notes.push_back(note);
    if (plan.kind == "none") {
        data.training = std::move(whole);
        return data;
    }
    if (plan.gap)
        data.split["gap"] = *plan.gap;
    data.split["fraction"] = plan.fraction;
    data.split["training"] = listOf(plan.training, whole.set);
    data.split["held_out"] = listOf(plan.heldOut, whole.set);
    data.heldOut = partOf(whole, plan.heldOut);
    data.training = partOf(whole, plan.training);
    return data;
}

} // namespace likeness
