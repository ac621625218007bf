// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ratingdriver.h"

#include "core/base/error.h"
#include "ui/words.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace likeness {

namespace {

struct Fetched {
    std::optional<Trial> trial;
    QString receipt;
};

Fetched fetchFrom(const RatingSession& session) {
    const std::optional<PlanItem> item = session.current();
    if (!item)
        return {std::nullopt, words::text(session.receipt())};
    Trial trial;
    trial.item = *item;
    trial.pixels = std::make_shared<const Volume>(session.stimulus(*item));
    trial.number = session.answered() + 1;
    return {std::move(trial), {}};
}

int integerOf(const Json& object, const char* key, int fallback) {
    const auto value = object.find(key);
    return value != object.end() && value->is_number_integer() ? value->get<int>() : fallback;
}

QString textOf(const Json& object, const char* key) {
    const auto value = object.find(key);
    return value != object.end() && value->is_string() ? words::text(value->get<std::string>())
                                                       : QString();
}

} // namespace

RatingInfo ratingInfo(const RatingSession& session) {
    const Json& definition = session.definition();
    RatingInfo info;
    info.title = words::text(session.title());
    info.question = textOf(definition, "question");
    info.instructions = textOf(definition, "instructions");
    if (const auto levels = definition.find("levels");
        levels != definition.end() && levels->is_array()) {
        for (const Json& level : *levels)
            info.levels.push_back({integerOf(level, "value", 0), textOf(level, "label")});
    }
    if (info.levels.size() < 2 || info.levels.size() > 9)
        throw Error(ErrorCode::format, "The study cannot be rated",
                    "its scale does not have 2 to 9 levels",
                    "ask the study lead for a new package");
    std::sort(
        info.levels.begin(), info.levels.end(),
        [](const RatingInfo::Level& a, const RatingInfo::Level& b) { return a.value < b.value; });
    if (const auto timing = definition.find("timing");
        timing != definition.end() && timing->is_object()) {
        info.minViewMs = integerOf(*timing, "min_view_ms", info.minViewMs);
        info.gapMs = integerOf(*timing, "gap_ms", info.gapMs);
    }
    info.trials = session.trials();
    info.answered = session.answered();
    return info;
}

RatingDriver::RatingDriver(JobRunner& jobs,
                           std::shared_ptr<RatingSession> session,
                           RatingInfo info,
                           QObject* parent)
    : QObject(parent)
    , m_jobs(jobs)
    , m_session(std::move(session))
    , m_info(std::move(info)) {}

JobId RatingDriver::open(JobRunner& jobs,
                         const RatingSession::Start& start,
                         QObject* context,
                         std::function<void(std::unique_ptr<RatingDriver>)> done,
                         JobRunner::FailureHandler failed) {
    struct Opened {
        std::shared_ptr<RatingSession> session;
        RatingInfo info;
    };

    return jobs.start(
        {tr("Opening the study"), Lane::rating, false}, context,
        [start](JobContext&) {
            auto session = std::make_shared<RatingSession>(start);
            RatingInfo info = ratingInfo(*session);
            return Opened{std::move(session), std::move(info)};
        },
        [&jobs, done = std::move(done)](Opened opened) {
            done(std::make_unique<RatingDriver>(jobs, std::move(opened.session),
                                                std::move(opened.info)));
        },
        std::move(failed));
}

template <typename Work, typename Done>
void RatingDriver::run(Work work, Done done, void (RatingDriver::*onFailure)(std::exception_ptr)) {
    m_jobs.start(
        {tr("Rating"), Lane::rating, false}, this,
        [session = m_session, work = std::move(work)](JobContext&) mutable {
            return work(*session);
        },
        std::move(done),
        [this, onFailure](const std::exception_ptr& failure) {
            Q_EMIT(this->*onFailure)(failure);
        });
}

void RatingDriver::fetch() {
    run([](RatingSession& session) { return fetchFrom(session); },
        [this](const Fetched& fetched) {
            if (fetched.trial)
                Q_EMIT trialReady(*fetched.trial);
            else
                Q_EMIT finished(fetched.receipt);
        },
        &RatingDriver::failed);
}

void RatingDriver::answer(const RatingSession::Answer& answer) {
    run([answer](RatingSession& session) { session.answer(answer); }, [this] { Q_EMIT saved(); },
        &RatingDriver::saveFailed);
}

void RatingDriver::undo() {
    run([](RatingSession& session) { return session.undo(); },
        [this](bool moved) { Q_EMIT undone(moved); }, &RatingDriver::failed);
}

void RatingDriver::exportTo(const std::filesystem::path& folder) {
    run([folder](RatingSession& session) { return session.exportRatings(folder); },
        [this](const std::filesystem::path& path) { Q_EMIT exported(words::text(path)); },
        &RatingDriver::exportFailed);
}

} // namespace likeness
