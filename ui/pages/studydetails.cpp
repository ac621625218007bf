// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/studydetails.h"

#include "ui/models/studydraft.h"
#include "ui/words.h"

#include <QCoreApplication>

#include <algorithm>

namespace likeness {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(StudyDetails)
};

QString joined(const Json& definition, const char* key) {
    QStringList names;
    if (const auto value = definition.find(key); value != definition.end() && value->is_array()) {
        for (const Json& name : *value) {
            if (name.is_string())
                names << words::text(name.get<std::string>());
        }
    }
    return names.join(QStringLiteral(", "));
}

QString textOf(const Json& definition, const char* key) {
    const auto value = definition.find(key);
    return value != definition.end() && value->is_string() ? words::text(value->get<std::string>())
                                                           : QString();
}

} // namespace

DetailsPanel::Rows studyRows(const StudyRecord& study) {
    DetailsPanel::Rows rows{
        {Tr::tr("State"), words::name(study.state)},
        {Tr::tr("Protocol"), words::protocolName(study.protocol)},
        {Tr::tr("Title for raters"), textOf(study.definition, "title")},
        {Tr::tr("Reference"), textOf(study.definition, "reference_set")},
        {Tr::tr("Judged"), joined(study.definition, "sets")},
        {Tr::tr("Made"), words::when(study.createdAt)},
    };
    if (study.state != StudyState::draft) {
        rows.emplace_back(Tr::tr("Frozen"), words::when(study.frozenAt));
        rows.emplace_back(Tr::tr("Hash"), words::text(study.definitionSha256.substr(0, 16)) +
                                              QStringLiteral("\u2026"));
    }
    if (study.state == StudyState::unblinded)
        rows.emplace_back(Tr::tr("Unblinded"), words::when(study.unblindedAt));
    return rows;
}

DetailsPanel::Rows progressRows(const StudyRecord& study) {
    if (study.trialsPerRater < 1)
        return {};
    const int gapMs = study.definition.value("gap_ms", StudyDefinition().gapMs);
    const double minutes = sittingMinutes(study.trialsPerRater, gapMs);
    const std::int64_t expected = study.trialsPerRater * study.raters;
    return {
        {Tr::tr("Trials"), Tr::tr("%L1 per rater, about %L2 min")
                               .arg(static_cast<qlonglong>(study.trialsPerRater))
                               .arg(std::max(1.0, minutes), 0, 'f', 0)},
        {Tr::tr("Plans"), words::count(study.raters, words::Noun::rater)},
        {Tr::tr("Answers"),
         Tr::tr("%L1 of %L2%3")
             .arg(static_cast<qlonglong>(study.answers))
             .arg(static_cast<qlonglong>(expected))
             .arg(study.simulated ? Tr::tr(", from simulated raters") : QString())},
    };
}

QString nextStep(const StudyRecord& study) {
    switch (study.state) {
    case StudyState::draft:
        return Tr::tr("Next: freeze the study. Images, order and scale are then fixed by a "
                      "hash and can be given to "
                      "raters.");
    case StudyState::frozen:
        if (study.answers > 0 && study.answers >= study.trialsPerRater * study.raters)
            return Tr::tr("Next: all answers are here; unblind to see the results.");
        return study.answers > 0
                   ? Tr::tr("Next: merge the remaining ratings, then unblind to see the results.")
                   : Tr::tr("Next: export the package and give it to the raters, or rate "
                            "here. It holds no key.");
    case StudyState::unblinded:
        return Tr::tr("The key is open: see the results, or export the data.");
    }
    return {};
}

} // namespace likeness
