// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/ratingsession.h"

#include "core/base/error.h"
#include "db/clock.h"
#include "db/folders.h"
#include "db/package.h"
#include "db/ratingstore.h"
#include "db/signing.h"
#include "db/statement.h"

#include <algorithm>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kTelemetryLimit = 65'536;

RatingStore::Opening openingOf(const RatingSession::Start& start, const StudyPackage& package) {
    RatingStore::Opening opening;
    opening.folder = start.store;
    opening.header.study = package.definitionSha256();
    opening.header.manifestSha256 = package.manifestSha256();
    opening.header.rater = start.rater;
    opening.header.slot = start.slot;
    opening.header.planSha256 = package.plan(start.slot).sha256;
    opening.header.simulated = start.simulated;
    opening.salvage = start.exportOnly;
    return opening;
}

} // namespace

struct RatingSession::State {
    explicit State(const Start& asked)
        : start(asked)
        , package(asked.package)
        , plan(package.plan(asked.slot))
        , store(openingOf(asked, package))
        , session(randomId(16)) {}

    [[nodiscard]] std::size_t answered() const {
        const EventLog* const log = store.logOrNull();
        return log == nullptr ? 0 : log->currentAnswers().size();
    }

    [[nodiscard]] const PlanItem* current() const;
    [[nodiscard]] const PlanItem* lastAnswered() const;
    void requirePlanFollowed();
    [[nodiscard]] RatingEvent eventFor(const PlanItem& item);

    Start start;
    StudyPackage package;
    Plan plan;
    RatingStore store;
    std::string session; ///< id of this sitting
};

const PlanItem* RatingSession::State::current() const {
    const EventLog* const log = store.logOrNull();
    if (log == nullptr)
        return nullptr;
    for (const PlanItem& item : plan.items)
        if (!log->currentAnswers().contains(item.seq))
            return &item;
    return nullptr;
}

/// The trial before the current one, which is what undo goes back to.
const PlanItem* RatingSession::State::lastAnswered() const {
    const PlanItem* const now = current();
    const std::size_t index =
        now == nullptr ? plan.items.size() : static_cast<std::size_t>(now - plan.items.data());
    return index == 0 || store.logOrNull() == nullptr ? nullptr : &plan.items[index - 1];
}

/// Events of a sound chain still must answer this plan's trials.
void RatingSession::State::requirePlanFollowed() {
    for (const auto& [seq, event] : store.log().currentAnswers()) {
        const bool there = seq >= 1 && seq <= static_cast<std::int64_t>(plan.items.size());
        if (!there || plan.items[static_cast<std::size_t>(seq) - 1].stimulusId != event.stimulus)
            throw Error(ErrorCode::database, "ratings of " + start.rater,
                        "trial " + std::to_string(seq) + " is not one of their plan",
                        "keep the store as it is and restore a backup beside it");
    }
}

RatingEvent RatingSession::State::eventFor(const PlanItem& item) {
    RatingEvent event;
    event.study = package.definitionSha256();
    event.rater = start.rater;
    event.session = session;
    event.planSeq = item.seq;
    event.stimulus = item.stimulusId;
    event.supersedes = store.log().lastAnswerId(item.seq);
    event.utc = utcNow();
    event.bootId = bootId();
    event.appVersion = appVersion();
    event.simulated = start.simulated;
    return event;
}

RatingSession::RatingSession(const Start& start)
    : m_state(std::make_unique<State>(start)) {
    if (start.exportOnly)
        return;
    m_state->requirePlanFollowed();
}

RatingSession::~RatingSession() = default;

const Json& RatingSession::definition() const noexcept {
    return m_state->package.definition();
}

std::string RatingSession::title() const {
    return m_state->package.definition().value("title", "");
}

int RatingSession::trials() const noexcept {
    return static_cast<int>(m_state->plan.items.size());
}

int RatingSession::answered() const noexcept {
    return static_cast<int>(m_state->answered());
}

bool RatingSession::finished() const noexcept {
    return m_state->store.logOrNull() != nullptr && m_state->current() == nullptr;
}

std::optional<PlanItem> RatingSession::current() const {
    const PlanItem* const item = m_state->current();
    return item == nullptr ? std::nullopt : std::optional(*item);
}

Image RatingSession::stimulus(const PlanItem& item) const {
    return m_state->package.stimulus(item.stimulusId);
}

void RatingSession::answer(const Answer& answer) {
    EventLog& log = m_state->store.log();
    const PlanItem* const item = m_state->current();
    if (item == nullptr)
        throw Error(ErrorCode::conflict, "an answer", "every trial is answered already",
                    "go back with undo to change the last one");
    if (answer.value < 1 || answer.value > m_state->package.levels())
        throw Error(ErrorCode::config, "an answer",
                    "its value is not one of the scale's levels 1 to " +
                        std::to_string(m_state->package.levels()));
    if (answer.answeredNs < answer.firstFrameNs)
        throw Error(ErrorCode::config, "an answer", "it was given before the image was shown");
    if (!answer.telemetry.is_object() || jsonText(answer.telemetry).size() > kTelemetryLimit)
        throw Error(ErrorCode::config, "an answer",
                    "its telemetry is not a JSON object of at most 64 KiB");
    RatingEvent event = m_state->eventFor(*item);
    event.kind = EventKind::answer;
    event.value = answer.value;
    event.rtNs = answer.answeredNs - answer.firstFrameNs;
    event.monotonicNs = answer.answeredNs;
    event.input = answer.input;
    event.telemetry = answer.telemetry;
    log.append(std::move(event));
}

bool RatingSession::undo() {
    EventLog& log = m_state->store.log();
    const PlanItem* const item = m_state->lastAnswered();
    if (item == nullptr)
        return false;
    RatingEvent event = m_state->eventFor(*item);
    event.kind = EventKind::undo;
    event.monotonicNs = monotonicNow();
    log.append(std::move(event));
    return true;
}

fs::path RatingSession::exportRatings(const fs::path& folder) const {
    makeFolder(fs::absolute(folder));
    const std::string name =
        m_state->start.package.stem().string() + "--" + fileWord(m_state->start.rater) + ".ratings";
    const fs::path target = folder / name;
    writeRatings(target, m_state->store.content(), m_state->store.keys());
    return target;
}

std::string RatingSession::receipt() const {
    const EventLog* const log = m_state->store.logOrNull();
    return log == nullptr ? std::string() : log->head().substr(0, 8);
}

} // namespace likeness
