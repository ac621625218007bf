// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/samplefilter.h"

#include "ui/words.h"

#include <algorithm>
#include <array>

namespace likeness {

bool SampleFilter::admits(const SetRecord& set) const {
    return (!domain || *domain == set.domain) && (!origin || *origin == set.origin) &&
           (!generator || *generator == set.generator);
}

bool SampleFilter::finds(const SetRecord& set, const SampleRecord& sample) const {
    if (text.isEmpty())
        return true;
    const std::array places{words::text(set.name),
                            words::text(sample.specimen),
                            words::text(sample.sourceName),
                            words::text(sample.prompt.value_or(std::string())),
                            sample.seed ? QString::number(*sample.seed) : QString(),
                            words::text(sample.id)};
    return std::any_of(places.begin(), places.end(), [this](const QString& place) {
        return place.contains(text, Qt::CaseInsensitive);
    });
}

} // namespace likeness
