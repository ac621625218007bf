// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/holdoutplan.h"

#include "core/base/error.h"
#include "core/generation/similarity.h"
#include "core/generation/trainingconditions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace likeness {

namespace {

using Piece = HoldOutPlan::Piece;

constexpr double kFraction = 0.15;
constexpr double kLargestFraction = 0.5;
constexpr std::int64_t kSmallestGap = 2;
constexpr std::int64_t kFewestSlices = 5;

[[noreturn]] void refuse(const std::string& why, const std::string& remedy) {
    throw Error(ErrorCode::config, "the training set", why, remedy);
}

Piece wholeImage(const PackedSet& set, std::size_t index) {
    const PackedImage& image = set.images[index];
    return {index, {0, 0, image.width, image.height}, 0, image.depth};
}

std::int64_t pixelsOf(const Piece& piece) {
    return piece.area.width() * piece.area.height() * (piece.end - piece.first);
}

using Images = std::vector<std::size_t>; ///< their numbers in the set

/// The images with the same key, in the order of the set.
template <typename KeyOf>
std::vector<Images> grouped(const PackedSet& set, const KeyOf& keyOf) {
    std::vector<Images> groups;
    std::map<decltype(keyOf(std::size_t{0})), std::size_t> known;
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        const auto [place, fresh] = known.try_emplace(keyOf(i), groups.size());
        if (fresh)
            groups.emplace_back();
        groups[place->second].push_back(i);
    }
    return groups;
}

std::vector<int> classesOf(const PackedSet& set) {
    return set.meta.contains("classes") ? ImageFacts(set).classOf
                                        : std::vector<int>(set.images.size(), 0);
}

/// Images that are learnt as one kind: of one class and plane. Each needs some to train on.
std::vector<Images> kindsOf(const PackedSet& set) {
    const std::vector<int> classes = classesOf(set);
    return grouped(set, [&](std::size_t i) { return std::pair(classes[i], set.images[i].plane); });
}

/// The images of one specimen and class.
std::vector<Images> stacksOf(const PackedSet& set) {
    const std::vector<int> classes = classesOf(set);
    return grouped(set,
                   [&](std::size_t i) { return std::pair(classes[i], set.images[i].specimen); });
}

std::vector<std::string> specimensOf(const PackedSet& set, const Images& images) {
    std::vector<std::string> names;
    for (const std::size_t i : images) {
        const std::string& name = set.images[i].specimen;
        if (std::ranges::find(names, name) == names.end())
            names.push_back(name);
    }
    return names;
}

bool hasOtherPlanes(const PackedSet& set) {
    return std::ranges::any_of(
        set.images, [](const PackedImage& image) { return image.plane != SlicePlane::xy; });
}

/// The last specimens of each kind that hold the wanted share of its pixels, at least one and not
/// all.
std::vector<std::string> lastSpecimens(const PackedSet& set, double fraction) {
    std::vector<std::string> chosen;
    const auto isChosen = [&](const std::string& name) {
        return std::ranges::find(chosen, name) != chosen.end();
    };
    for (const Images& kind : kindsOf(set)) {
        const std::vector<std::string> names = specimensOf(set, kind);
        std::map<std::string, double> pixels;
        double all = 0.0;
        double held = 0.0;
        for (const std::size_t i : kind) {
            const auto count = static_cast<double>(set.span(i).pixels());
            pixels[set.images[i].specimen] += count;
            all += count;
            held += isChosen(set.images[i].specimen) ? count : 0.0;
        }
        for (std::size_t i = names.size(); i-- > 1 && held < fraction * all;) {
            if (isChosen(names[i]))
                continue;
            chosen.push_back(names[i]);
            held += pixels[names[i]];
        }
    }
    return chosen;
}

/// Whether something of each kind is left when these specimens are held out.
bool leavesEachKind(const PackedSet& set, const std::vector<std::string>& held) {
    return std::ranges::all_of(kindsOf(set), [&](const Images& kind) {
        return std::ranges::any_of(kind, [&](std::size_t i) {
            return std::ranges::find(held, set.images[i].specimen) == held.end();
        });
    });
}

/// Whether each kind has a specimen to hold out and one to train on; slices of several planes must
/// be of the same specimens.
bool isSeparable(const PackedSet& set, const HoldOutChoice& choice) {
    std::set<std::set<std::string>> different;
    for (const Images& kind : kindsOf(set)) {
        const std::vector<std::string> names = specimensOf(set, kind);
        if (names.size() < 2)
            return false;
        different.emplace(names.begin(), names.end());
    }
    if (hasOtherPlanes(set) && different.size() > 1)
        return false;
    return leavesEachKind(set, lastSpecimens(set, choice.fraction.value_or(kFraction)));
}

void bySpecimen(const PackedSet& set, const HoldOutChoice& choice, HoldOutPlan& plan) {
    const std::vector<std::string> chosen =
        choice.specimens.empty() ? lastSpecimens(set, choice.fraction.value_or(kFraction))
                                 : choice.specimens;
    if (chosen.empty())
        refuse("all its images are of one specimen, so none can be held out",
               "split by slab or block, or import each specimen under its own name");
    for (const std::string& name : chosen) {
        if (std::ranges::none_of(set.images,
                                 [&](const PackedImage& image) { return image.specimen == name; }))
            refuse("it has no specimen '" + name + "'", "name one of its specimens");
    }
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        const bool held = std::ranges::find(chosen, set.images[i].specimen) != chosen.end();
        (held ? plan.heldOut : plan.training).push_back(wholeImage(set, i));
    }
    if (plan.training.empty())
        refuse("all its specimens are to be held out", "leave one to train on");
    if (!leavesEachKind(set, chosen))
        refuse("all specimens of one of its classes or planes are to be held out",
               "leave one of each to train on");
    plan.kind = "specimen";
}

/// One specimen's images by their place in the stack; several that lie side by side share a place.
std::map<std::int64_t, std::vector<Piece>> stackOf(const PackedSet& set, const Images& images) {
    std::map<std::int64_t, std::vector<Piece>> stack;
    std::int64_t next = 0;
    for (const std::size_t i : images) {
        const PackedImage& image = set.images[i];
        const std::int64_t start = image.slice.value_or(next);
        for (std::int64_t z = 0; z < image.depth; ++z)
            stack[start + z].push_back({i, {0, 0, image.width, image.height}, z, z + 1});
        next = start + image.depth;
    }
    return stack;
}

/// Slices to leave out between: as many as are alike.
std::int64_t slabGap(const PackedSet& set,
                     const std::map<std::int64_t, std::vector<Piece>>& stack,
                     HoldOutPlan& plan) {
    const auto slices = std::ssize(stack);
    const std::int64_t most = std::max<std::int64_t>(1, slices / 4);
    std::vector<ImageSpan> spans;
    for (const auto& [place, pieces] : stack)
        spans.push_back(set.span(pieces.front().image).slice(pieces.front().first));
    const std::int64_t lag = unlikeLag(spans, most);
    if (lag > most)
        plan.notes.push_back("Slices are alike over " + std::to_string(most) +
                             " slices or more, so the held-out ones are not independent of "
                             "those trained on; another specimen would tell more");
    return std::min(most, std::max(kSmallestGap, lag - 1));
}

/// Neighbouring slices of one image become one piece again.
void append(std::vector<Piece>& pieces, const Piece& piece) {
    const auto before = std::ranges::find_if(pieces, [&](const Piece& other) {
        return other.image == piece.image && other.end == piece.first;
    });
    if (before != pieces.end())
        before->end = piece.end;
    else
        pieces.push_back(piece);
}

/// Whether something of each kind is left to train on.
bool trainsEachKind(const PackedSet& set, const HoldOutPlan& plan) {
    std::set<std::size_t> trained;
    for (const Piece& piece : plan.training)
        trained.insert(piece.image);
    return std::ranges::all_of(kindsOf(set), [&](const Images& kind) {
        return std::ranges::any_of(kind, [&](std::size_t i) { return trained.contains(i); });
    });
}

/// What is left of a volume must be as deep as the cubes that are learnt.
void dropThinVolumes(const PackedSet& set, const CropShape& crop, HoldOutPlan& plan) {
    std::erase_if(plan.training, [&](const Piece& piece) {
        return crop.volumes && set.images[piece.image].depth > 1 &&
               piece.end - piece.first < crop.size;
    });
}

bool bySlab(const PackedSet& set,
            const HoldOutChoice& choice,
            const CropShape& crop,
            HoldOutPlan& result) {
    HoldOutPlan plan;
    for (const Images& images : stacksOf(set)) {
        const auto stack = stackOf(set, images);
        const auto slices = std::ssize(stack);
        if (slices < kFewestSlices)
            return false;
        const double wanted = choice.fraction.value_or(kFraction);
        const auto held =
            std::max<std::int64_t>(1, std::llround(wanted * static_cast<double>(slices)));
        const std::int64_t gap = choice.gap ? *choice.gap : slabGap(set, stack, plan);
        if (slices - held - gap < held)
            return false;
        std::int64_t number = 0;
        for (const auto& [place, pieces] : stack) {
            for (const Piece& piece : pieces) {
                if (number < slices - held - gap)
                    append(plan.training, piece);
                else if (number >= slices - held)
                    append(plan.heldOut, piece);
            }
            ++number;
        }
        plan.gap = std::max(plan.gap.value_or(0), gap);
    }
    dropThinVolumes(set, crop, plan);
    if (!trainsEachKind(set, plan))
        return false;
    plan.kind = "slab";
    result = std::move(plan);
    return true;
}

/// Crops that were cut from few slices before they came here: the last ones of each slice, behind a
/// gap of about one row of crops.
bool byCrops(const PackedSet& set, const HoldOutChoice& choice, HoldOutPlan& result) {
    HoldOutPlan plan;
    for (const Images& images : stacksOf(set)) {
        for (const auto& [place, pieces] : stackOf(set, images)) {
            const auto count = std::ssize(pieces);
            const std::int64_t gap = choice.gap ? *choice.gap : std::llround(std::sqrt(count));
            const std::int64_t held = std::max<std::int64_t>(
                1, std::llround(choice.fraction.value_or(kFraction) * static_cast<double>(count)));
            const std::int64_t trained = count - held - gap;
            if (trained < 2 * held)
                return false;
            for (std::int64_t i = 0; i < count; ++i) {
                if (i < trained)
                    append(plan.training, pieces[static_cast<std::size_t>(i)]);
                else if (i >= count - held)
                    append(plan.heldOut, pieces[static_cast<std::size_t>(i)]);
            }
            plan.gap = std::max(plan.gap.value_or(0), gap);
        }
    }
    plan.kind = "block";
    result = std::move(plan);
    return true;
}

/// One image seen along the axis that it is cut on.
struct Bar {
    bool alongX = true;
    std::int64_t first = 0; ///< of the lines that hold data
    std::int64_t end = 0;
};

Bar barOf(const PackedImage& image, const std::optional<Circle>& view) {
    Bar bar;
    bar.alongX = image.width >= image.height;
    bar.end = bar.alongX ? image.width : image.height;
    if (view) {
        const double centre = bar.alongX ? view->x : view->y;
        bar.first = std::max<std::int64_t>(0, std::llround(centre - view->radius));
        bar.end = std::min<std::int64_t>(bar.end, std::llround(centre + view->radius) + 1);
    }
    return bar;
}

/// Pixels of line `line` across the bar that lie in the field of view.
std::int64_t lineLength(const PackedImage& image,
                        const std::optional<Circle>& view,
                        const Bar& bar,
                        std::int64_t line) {
    const std::int64_t across = bar.alongX ? image.height : image.width;
    if (!view)
        return across;
    const Circle turned = bar.alongX ? Circle{view->y, view->x, view->radius} : *view;
    return turned.inRow(line, 0, across);
}

/// First line of the block at the far end that holds the wanted share of the data and can hold a
/// crop.
std::int64_t blockStart(const PackedImage& image,
                        const std::optional<Circle>& view,
                        const Bar& bar,
                        std::pair<double, std::int64_t> wanted) {
    double all = 0.0;
    for (std::int64_t line = bar.first; line < bar.end; ++line)
        all += static_cast<double>(lineLength(image, view, bar, line));
    double held = 0.0;
    std::int64_t start = bar.end;
    while (start > bar.first && (held < wanted.first * all || bar.end - start < wanted.second))
        held += static_cast<double>(lineLength(image, view, bar, --start));
    return start;
}

bool byBlock(const TrainingPart& whole,
             const HoldOutChoice& choice,
             std::int64_t size,
             HoldOutPlan& result) {
    HoldOutPlan plan;
    std::size_t leftOut = 0;
    const double wanted = choice.fraction.value_or(kFraction);
    std::optional<std::int64_t> gap = choice.gap;
    for (std::size_t i = 0; i < whole.set.images.size(); ++i) {
        const PackedImage& image = whole.set.images[i];
        const Bar bar = barOf(image, whole.views[i]);
        const std::int64_t length = bar.end - bar.first;
        if (!gap && length / 4 >= kSmallestGap) {
            const ImageSpan middle = whole.set.span(i).slice(image.depth / 2);
            const std::int64_t lag = unlikeDistance(middle, bar.alongX, length / 4);
            gap = std::clamp(lag, kSmallestGap, length / 4);
        }
        const std::int64_t start = blockStart(image, whole.views[i], bar, {wanted, size});
        const std::int64_t end = start - gap.value_or(kSmallestGap);
        if (end - bar.first < std::max(size, bar.end - start)) {
            ++leftOut;
            continue;
        }
        Piece training = wholeImage(whole.set, i);
        Piece heldOut = training;
        (bar.alongX ? training.area.right : training.area.bottom) = end;
        (bar.alongX ? heldOut.area.left : heldOut.area.top) = start;
        plan.training.push_back(training);
        plan.heldOut.push_back(heldOut);
    }
    if (plan.heldOut.empty() || !trainsEachKind(whole.set, plan))
        return false;
    if (leftOut > 0)
        plan.notes.push_back(std::to_string(leftOut) +
                             " images are too small to be cut in two and were left out");
    plan.gap = gap;
    plan.kind = "block";
    result = std::move(plan);
    return true;
}

/// The first way of holding out that the set allows.
void automatically(const TrainingPart& whole,
                   const HoldOutChoice& choice,
                   const CropShape& crop,
                   HoldOutPlan& plan) {
    if (isSeparable(whole.set, choice))
        return bySpecimen(whole.set, choice, plan);
    if (hasOtherPlanes(whole.set)) {
        plan.notes.emplace_back("Slices of three planes cross each other, so none is held out and "
                                "nothing tells whether the model only repeats them");
        return;
    }
    if (bySlab(whole.set, choice, crop, plan) || byCrops(whole.set, choice, plan) ||
        byBlock(whole, choice, crop.size, plan))
        return;
    plan.notes.emplace_back("The set is too small to hold anything out, so nothing tells whether "
                            "the model only repeats it");
}

} // namespace

void checkHoldOut(const HoldOutChoice& choice) {
    constexpr std::array<std::string_view, 5> kSplits{"auto", "specimen", "slab", "block", "none"};
    if (choice.split == "random")
        throw Error(ErrorCode::config, "split 'random'",
                    "neighbouring slices of one specimen are nearly the same image, so what is "
                    "held out at random has as good as been seen and flatters the model",
                    "use specimen, slab or block");
    if (std::ranges::find(kSplits, choice.split) == kSplits.end())
        throw Error(ErrorCode::config, "split '" + choice.split + "'", "there is no such split",
                    "use auto, specimen, slab, block or none");
    if (!choice.specimens.empty() && choice.split != "auto" && choice.split != "specimen")
        throw Error(ErrorCode::config, "split '" + choice.split + "'",
                    "specimens to hold out are named, which is a split by specimen",
                    "leave one of the two out");
    if (choice.fraction && !(*choice.fraction > 0.0 && *choice.fraction <= kLargestFraction))
        throw Error(ErrorCode::config, "the held-out share", "it is not above 0 and at most 0.5",
                    "hold out 0.1 to 0.2");
    if (choice.gap && (*choice.gap < 0 || *choice.gap > 100000))
        throw Error(ErrorCode::config, "the gap of the split", "it is not between 0 and 100000",
                    "leave it out to have it measured");
    if (choice.circlePercent && !(*choice.circlePercent >= 1.0))
        throw Error(ErrorCode::config, "the field of view", "its diameter is below 1 percent",
                    "use 1 to 100 percent of the shorter side");
}

HoldOutPlan
planHoldOut(const TrainingPart& whole, const HoldOutChoice& choice, const CropShape& crop) {
    HoldOutPlan plan;
    if (whole.set.images.empty() || choice.split == "none")
        return plan;
    if (choice.split == "specimen" || !choice.specimens.empty())
        bySpecimen(whole.set, choice, plan);
    else if (choice.split == "auto")
        automatically(whole, choice, crop, plan);
    else if (hasOtherPlanes(whole.set))
        refuse("its slices of three planes cross each other, so a part of them is not apart",
               "split by specimen, or hold nothing out");
    else if (choice.split == "slab" && !bySlab(whole.set, choice, crop, plan))
        refuse("its stacks have too few slices to hold out a slab behind a gap",
               "split by block, or hold nothing out");
    else if (choice.split == "block" && !byCrops(whole.set, choice, plan) &&
             !byBlock(whole, choice, crop.size, plan))
        refuse("its images are too small to hold out a block for crops of " +
                   std::to_string(crop.size) + " pixels behind a gap",
               "train at a smaller size, or hold nothing out");
    std::int64_t held = 0;
    std::int64_t all = 0;
    for (const Piece& piece : plan.training)
        all += pixelsOf(piece);
    for (const Piece& piece : plan.heldOut) {
        held += pixelsOf(piece);
        all += pixelsOf(piece);
    }
    plan.fraction = all > 0 ? static_cast<double>(held) / static_cast<double>(all) : 0.0;
    return plan;
}

} // namespace likeness
