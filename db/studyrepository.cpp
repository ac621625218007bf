// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/studyrepository.h"

#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/study/canonicaljson.h"
#include "db/clock.h"
#include "db/statement.h"

#include <map>

namespace likeness {

namespace {

constexpr const char* kSelect =
    "SELECT id, name, protocol, state, definition, definition_sha256, created_at, frozen_at, "
    "unblinded_at, coalesce(json_extract(public_definition, '$.plans[0].trials'), 0), "
    "(SELECT count(*) FROM study_plan WHERE study_id = study.id), "
    "(SELECT count(*) FROM current_answer AS answer JOIN rating_chain AS chain "
    "ON chain.chain = answer.chain WHERE chain.study_id = study.id), "
    "EXISTS (SELECT 1 FROM rating_chain WHERE study_id = study.id AND simulated = 1) FROM study ";

StudyState stateFrom(const std::string& word) {
    return word == "draft"    ? StudyState::draft
           : word == "frozen" ? StudyState::frozen
                              : StudyState::unblinded;
}

StudyRecord studyOf(const Statement& row) {
    StudyRecord study;
    study.id = row.text(0);
    study.name = row.text(1);
    study.protocol = row.text(2);
    study.state = stateFrom(row.text(3));
    study.definition = row.json(4);
    study.definitionSha256 = row.text(5);
    study.createdAt = row.text(6);
    study.frozenAt = row.text(7);
    study.unblindedAt = row.text(8);
    study.trialsPerRater = row.integer(9);
    study.raters = row.integer(10);
    study.answers = row.integer(11);
    study.simulated = row.integer(12) != 0;
    return study;
}

[[noreturn]] void throwAltered(const std::string& study, const std::string& what) {
    throw Error(ErrorCode::database, "study " + study, what + " was altered after it was frozen",
                "restore a backup of the project");
}

void requireDraft(const StudyRecord& study) {
    if (study.state != StudyState::draft)
        throw Error(ErrorCode::conflict, "study " + study.name, "it is frozen already",
                    "make a new study to change anything");
}

} // namespace

StudyRepository::StudyRepository(Database& database, AssetStore& assets, AuditLog& audit)
    : m_database(database)
    , m_assets(assets)
    , m_audit(audit) {}

StudyRecord StudyRepository::addDraft(const std::string& name,
                                      const std::string& protocol,
                                      const Json& definition) {
    if (name.empty() || name.size() > 200)
        throw Error(ErrorCode::config, "a study", "its name must have 1 to 200 characters");
    Statement known(m_database, "SELECT 1 FROM study WHERE name = ?");
    if (known.bind(name).step())
        throw Error(ErrorCode::conflict, "study " + name, "there is one of this name already",
                    "choose another name");
    const std::string id = randomId(8);
    Database::Transaction transaction(m_database);
    Statement(m_database, "INSERT INTO study (id, name, protocol, definition, created_at) "
                          "VALUES (?,?,?,?,?)")
        .bind(id, name, protocol, definition, utcNow())
        .run();
    m_audit.add("study.add", id, {{"name", name}});
    transaction.commit();
    return byNameOrId(id);
}

std::vector<StudyRecord> StudyRepository::all() {
    Statement rows(m_database, std::string(kSelect) + "ORDER BY study.rowid");
    std::vector<StudyRecord> studies;
    while (rows.step())
        studies.push_back(studyOf(rows));
    return studies;
}

StudyRecord StudyRepository::byNameOrId(const std::string& nameOrId) {
    Statement row(m_database,
                  std::string(kSelect) + "WHERE name = ?1 OR id = ?1 ORDER BY name = ?1 DESC");
    row.bind(nameOrId);
    if (!row.step())
        throw Error(ErrorCode::notFound, "study " + nameOrId, "the project has no such study",
                    "list its studies");
    return studyOf(row);
}

void StudyRepository::freeze(const std::string& studyId,
                             const FrozenStudy& frozen,
                             const KeyPair& lead) {
    const StudyRecord study = byNameOrId(studyId);
    requireDraft(study);
    if (canonicalSha256(frozen.publicDefinition) != frozen.definitionSha256)
        throw Error(ErrorCode::config, "study " + study.name,
                    "its frozen definition does not have the hash it claims");
    const std::string key = jsonText(frozen.key);
    const std::string keySha256 = sha256Hex(key);
    Database::Transaction transaction(m_database);
    Statement stimulus(m_database, "INSERT INTO study_stimulus (study_id, stimulus_id, sha256) "
                                   "VALUES (?,?,?)");
    for (const FrozenStimulus& item : frozen.stimuli)
        stimulus.bind(study.id, item.id, m_assets.putBytes(item.pixels, "raw").sha256).run();
    Statement plan(m_database,
                   "INSERT INTO study_plan (study_id, slot, plan, sha256) VALUES (?,?,?,?)");
    for (const Plan& item : frozen.plans)
        plan.bind(study.id, item.slot, canonicalJson(planToJson(item)), item.sha256).run();
    Statement(m_database,
              "UPDATE study SET state = 'frozen', public_definition = ?, definition_sha256 = ?, "
              "sealed_key = ?, key_sha256 = ?, frozen_at = ? WHERE id = ?")
        .bind(canonicalJson(frozen.publicDefinition), frozen.definitionSha256,
              std::span<const std::byte>(seal(key, lead.sealingKey())), keySha256, utcNow(),
              study.id)
        .run();
    m_audit.add("study.freeze", study.id,
                {{"definition_sha256", frozen.definitionSha256},
                 {"key_sha256", keySha256},
                 {"warnings", frozen.warnings}});
    static_cast<void>(packageSource(study.id)); // whatever is not as frozen shows now, not later
    transaction.commit();
}

Json StudyRepository::frozenDefinition(const std::string& studyId) {
    const StudyRecord study = byNameOrId(studyId);
    if (study.state == StudyState::draft)
        throw Error(ErrorCode::conflict, "study " + study.name, "it is not frozen yet",
                    "freeze it first");
    Statement row(m_database, "SELECT public_definition FROM study WHERE id = ?");
    row.bind(study.id);
    const Json definition = row.step() ? row.json(0) : Json();
    if (!definition.is_object() || canonicalSha256(definition) != study.definitionSha256)
        throwAltered(study.name, "its definition");
    return definition;
}

PackageSource StudyRepository::packageSource(const std::string& studyId) {
    const std::string id = byNameOrId(studyId).id;
    PackageSource source;
    source.definition = frozenDefinition(id);
    Statement plans(m_database, "SELECT plan FROM study_plan WHERE study_id = ? ORDER BY slot");
    plans.bind(id);
    while (plans.step())
        source.plans.push_back(plans.json(0));
    const Json& named = source.definition.at("plans");
    bool sound = named.size() == source.plans.size();
    for (std::size_t i = 0; sound && i < source.plans.size(); ++i)
        sound = named[i].at("sha256") == canonicalSha256(source.plans[i]);
    if (!sound)
        throwAltered(studyId, "a plan");
    std::map<std::string, std::string> assets;
    Statement rows(m_database, "SELECT stimulus_id, sha256 FROM study_stimulus WHERE study_id = ?");
    rows.bind(id);
    while (rows.step())
        assets[rows.text(0)] = rows.text(1);
    for (const Json& stimulus : source.definition.at("stimuli"))
        if (assets[stimulus.at("id")] != stimulus.at("sha256"))
            throwAltered(studyId, "a stimulus");
    source.pixels = [this, assets = std::move(assets)](const std::string& stimulusId) {
        const auto found = assets.find(stimulusId);
        if (found == assets.end())
            throw Error(ErrorCode::notFound, "stimulus " + stimulusId,
                        "the study does not have it");
        return m_assets.bytes(found->second, "raw");
    };
    return source;
}

std::string StudyRepository::unsealedKey(const StudyRecord& study, const KeyPair& lead) {
    Statement row(m_database, "SELECT sealed_key, key_sha256 FROM study WHERE id = ?");
    row.bind(study.id);
    static_cast<void>(row.step());
    std::string text = lead.unseal(row.blob(0));
    if (sha256Hex(text) != row.text(1))
        throwAltered(study.name, "its key");
    return text;
}

Json StudyRepository::keyForSimulation(const std::string& studyId, const KeyPair& lead) {
    const StudyRecord study = byNameOrId(studyId);
    if (study.state == StudyState::draft)
        throw Error(ErrorCode::conflict, "study " + study.name, "it is not frozen yet",
                    "freeze it first");
    if (study.answers > 0 && !study.simulated)
        throw Error(ErrorCode::conflict, "study " + study.name, "it holds the answers of people",
                    "make a second study from the same definition");
    const std::string text = unsealedKey(study, lead);
    Database::Transaction transaction(m_database);
    m_audit.add("study.simulate", study.id, Json::object());
    transaction.commit();
    return Json::parse(text);
}

Json StudyRepository::unblind(const std::string& studyId,
                              const KeyPair& lead,
                              const std::string& reason,
                              const std::string& by) {
    const StudyRecord study = byNameOrId(studyId);
    const auto isBlank = [](const std::string& text) {
        return text.find_first_not_of(" \t\r\n") == std::string::npos;
    };
    if (isBlank(reason) || isBlank(by))
        throw Error(ErrorCode::config, "unblinding study " + study.name,
                    "who opens the key and why must be told", "give a name and a reason");
    if (study.state != StudyState::frozen)
        throw Error(ErrorCode::conflict, "study " + study.name,
                    study.state == StudyState::draft ? "it is not frozen yet"
                                                     : "its key was opened before",
                    study.state == StudyState::draft ? "freeze it first" : "look at its results");
    if (study.answers == 0)
        throw Error(ErrorCode::conflict, "study " + study.name, "no ratings are merged yet",
                    "merge the raters' files first");
    const std::string text = unsealedKey(study, lead);
    Database::Transaction transaction(m_database);
    const std::string now = utcNow();
    Statement(m_database, "INSERT INTO unblinding_event (id, study_id, at, by, reason, "
                          "definition_sha256, answers, key) VALUES (?,?,?,?,?,?,?,?)")
        .bind(randomId(16), study.id, now, by, reason, study.definitionSha256, study.answers, text)
        .run();
    Statement(m_database, "UPDATE study SET state = 'unblinded', unblinded_at = ? WHERE id = ?")
        .bind(now, study.id)
        .run();
    m_audit.add("study.unblind", study.id,
                {{"by", by}, {"reason", reason}, {"answers", study.answers}});
    transaction.commit();
    return Json::parse(text);
}

std::optional<Json> StudyRepository::openedKey(const std::string& studyId) {
    const StudyRecord study = byNameOrId(studyId);
    Statement row(m_database, "SELECT event.key, study.key_sha256 FROM unblinding_event AS event "
                              "JOIN study ON study.id = event.study_id WHERE study.id = ?");
    row.bind(study.id);
    if (!row.step())
        return std::nullopt;
    if (sha256Hex(row.text(0)) != row.text(1))
        throwAltered(study.name, "its opened key");
    return row.json(0);
}

std::vector<UnblindingRecord> StudyRepository::unblindings(const std::string& studyId) {
    Statement rows(m_database, "SELECT study_id, at, by, reason, definition_sha256, answers "
                               "FROM unblinding_event WHERE study_id = ? ORDER BY rowid");
    rows.bind(byNameOrId(studyId).id);
    std::vector<UnblindingRecord> records;
    while (rows.step())
        records.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4),
                           rows.integer(5)});
    return records;
}

std::vector<std::string> StudyRepository::faults() {
    std::vector<std::string> faults = ratingFaults();
    for (const StudyRecord& study : all()) {
        if (study.state == StudyState::draft)
            continue;
        try {
            static_cast<void>(packageSource(study.id));
            static_cast<void>(openedKey(study.id));
        } catch (const Error& error) {
            faults.emplace_back(error.what());
        }
    }
    return faults;
}

} // namespace likeness
