// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/sampledetails.h"

#include "ui/models/projectsession.h"
#include "ui/words.h"

#include <QCoreApplication>

#include <algorithm>

namespace likeness {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(SampleDetails)
};

constexpr int kShownHash = 16;
constexpr std::size_t kLongestValue = 160;

QString shortened(const std::string& hash) {
    return words::text(hash.substr(0, kShownHash)) + QStringLiteral("\u2026");
}

/// Fields of a JSON object as the project stores them; a field of objects by its own fields.
void addFields(DetailRows& rows, const Json& object, const QString& before) {
    for (const auto& [key, value] : object.items()) {
        const QString name = before + words::text(key).replace(QLatin1Char('_'), QLatin1Char(' '));
        if (value.is_object()) {
            addFields(rows, value, name + QStringLiteral(": "));
            continue;
        }
        std::string text = value.is_string() ? value.get<std::string>() : value.dump();
        if (text.size() > kLongestValue)
            text = Tr::tr("%1 values").arg(value.size()).toStdString();
        rows.emplace_back(name, words::text(text));
    }
}

void addOrigin(DetailRows& rows, const SampleRecord& sample, const ProjectSnapshot& snapshot) {
    const auto add = [&](const QString& name, const QString& value) {
        if (!value.isEmpty())
            rows.emplace_back(name, value);
    };
    if (const SetRecord* set = snapshot.findSet(sample.setId)) {
        add(Tr::tr("Set"), words::text(set->name));
        add(Tr::tr("Origin"), words::name(set->origin));
        add(Tr::tr("Generator"), words::text(set->generator));
    }
    add(Tr::tr("Specimen"), words::text(sample.specimen));
    add(Tr::tr("File"), words::text(sample.sourceName));
    if (sample.sourceSlice)
        add(Tr::tr("Slice"), QString::number(*sample.sourceSlice));
    if (sample.checkpointId) {
        const auto found =
            std::find_if(snapshot.checkpoints.begin(), snapshot.checkpoints.end(),
                         [&](const auto& model) { return model.id == *sample.checkpointId; });
        add(Tr::tr("Model"), found == snapshot.checkpoints.end() ? words::text(*sample.checkpointId)
                                                                 : words::text(found->name));
    }
    if (sample.seed)
        add(Tr::tr("Seed"), QString::number(*sample.seed));
    add(Tr::tr("Prompt"), words::text(sample.prompt.value_or(std::string())));
}

void addParent(DetailRows& rows, const std::string& id, const ProjectSnapshot& snapshot) {
    for (const SetRecord& set : snapshot.sets) {
        for (const SampleRecord& sample : snapshot.samplesOf(set.id)) {
            if (sample.id != id)
                continue;
            rows.emplace_back(
                Tr::tr("Made from"),
                Tr::tr("%1, sample %2").arg(words::text(set.name)).arg(sample.index + 1));
            return;
        }
    }
    rows.emplace_back(Tr::tr("Made from"), Tr::tr("a sample that was deleted"));
}

} // namespace

DetailRows detailsOf(const SetRecord& set) {
    DetailRows rows{
        {Tr::tr("Domain"), words::name(set.domain)},
        {Tr::tr("Origin"), words::name(set.origin)},
        {Tr::tr("Samples"), QStringLiteral("%L1").arg(static_cast<qlonglong>(set.samples))},
    };
    if (!set.generator.empty())
        rows.emplace_back(Tr::tr("Generator"), words::text(set.generator));
    if (set.masks)
        rows.emplace_back(Tr::tr("Kind"), Tr::tr("Label images"));
    rows.emplace_back(Tr::tr("Made"), words::when(set.createdAt));
    return rows;
}

DetailRows detailsOf(const SampleRecord& sample, const ProjectSnapshot& snapshot) {
    DetailRows rows{
        {Tr::tr("Size"), words::size(sample)},
        {Tr::tr("Pixels"), words::name(sample.type)},
        {Tr::tr("Voxel size"), words::voxelSize(sample)},
    };
    if (!sample.voxelSource.empty())
        rows.emplace_back(Tr::tr("Size source"), words::text(sample.voxelSource));
    addOrigin(rows, sample, snapshot);
    if (sample.parentId)
        addParent(rows, *sample.parentId, snapshot);
    addFields(rows, sample.recipe, {});
    addFields(rows, sample.truth, Tr::tr("True "));
    rows.emplace_back(Tr::tr("Added"), words::when(sample.createdAt));
    rows.emplace_back(Tr::tr("SHA-256"), shortened(sample.sha256));
    rows.emplace_back(Tr::tr("of its pixels"), shortened(sample.pixelsSha256));
    return rows;
}

} // namespace likeness
