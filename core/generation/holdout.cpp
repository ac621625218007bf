// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/holdout.h"

#include "core/base/error.h"
#include "core/generation/holdoutplan.h"
#include "core/generation/planes.h"
#include "core/generation/trainingconditions.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

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
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        if (!isConstant(set.span(i)))
            kept.push_back(i);
    }
    const std::size_t count = set.images.size() - kept.size();
    if (kept.empty() || count == 0)
        return 0;
    set.meta = metaOf(set, kept);
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (kept[i] != i)
            set.images[i] = std::move(set.images[kept[i]]);
    }
    set.images.resize(kept.size());
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

/// Cubes are taken from the square in the field of view: slices along the axis would leave it.
void cutSquares(TrainingPart& part, std::int64_t size) {
    for (std::size_t i = 0; i < part.set.images.size(); ++i) {
        PackedImage& image = part.set.images[i];
        std::optional<Circle>& view = part.views[i];
        if (!view || image.depth == 1)
            continue;
        const double half = view->radius / std::numbers::sqrt2;
        const auto from = [half](double centre) {
            return std::max<std::int64_t>(0, std::llround(std::ceil(centre - half)));
        };
        const auto end = [half](double centre, std::int64_t side) {
            return std::min<std::int64_t>(side, std::llround(std::floor(centre + half)) + 1);
        };
        const Rectangle area{from(view->x), from(view->y), end(view->x, image.width),
                             end(view->y, image.height)};
        if (std::min(area.width(), area.height()) < size)
            continue;
        image = cutOut(part.set, i, area, 0, image.depth);
        view.reset();
    }
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
    std::vector<std::size_t> images;
    for (const HoldOutPlan::Piece& piece : pieces)
        images.push_back(piece.image);
    part.set.meta = metaOf(whole.set, images);
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

void noteViews(TrainingData& data, std::size_t circles, const TrainingPart& whole) {
    data.split["circles"] = circles;
    const bool squares =
        std::ranges::none_of(whole.views, [](const auto& v) { return v.has_value(); });
    if (circles > 0)
        data.notes.push_back("A round field of view was found in " + std::to_string(circles) +
                             " of " + std::to_string(whole.set.images.size()) + " images; " +
                             (squares ? "cubes are taken from the square inside it"
                                      : "crops lie inside it but for a fifth at most, which is "
                                        "mirrored from within"));
}

} // namespace

TrainingData
trainingDataOf(PackedSet set, const HoldOutChoice& choice, std::int64_t size, bool volumes) {
    checkHoldOut(choice);
    TrainingData data;
    TrainingPart whole{std::move(set), {}};
    const bool masks = holdsMasks(whole.set);
    const std::size_t constant = masks ? 0 : leaveOutConstant(whole.set);
    if (constant > 0)
        data.notes.push_back(std::to_string(constant) +
                             " images with one grey value only were left out");
    // All of a mask is phases, unless somebody says where it ends.
    const std::size_t circles =
        findViews(whole, masks && !choice.circlePercent ? 100.0 : choice.circlePercent);
    if (volumes)
        cutSquares(whole, size);
    const HoldOutPlan plan = planHoldOut(whole, choice, {size, volumes});
    data.split = {{"kind", plan.kind}, {"constant_images", constant}};
    noteViews(data, circles, whole);
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
