// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/checkpointlistmodel.h"

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/sha256.h"
#include "core/generation/client/workerclient.h"
#include "ui/models/itemroles.h"
#include "ui/widgets/theme.h"
#include "ui/words.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace likeness {

namespace {

// A value of the manifest, wherever the trainer put it: at the top or under "labels" or "config".
const Json* lookUp(const Json& metadata, const char* key) {
    for (const char* part : {"", "labels", "config"}) {
        const Json* where = &metadata;
        if (*part != '\0') {
            const auto found = metadata.find(part);
            if (found == metadata.end() || !found->is_object())
                continue;
            where = &*found;
        }
        if (const auto value = where->find(key); value != where->end())
            return &*value;
    }
    return nullptr;
}

std::string textOf(const Json& metadata, const char* key) {
    const Json* value = lookUp(metadata, key);
    return value && value->is_string() ? value->get<std::string>() : std::string();
}

std::int64_t integerOf(const Json& metadata, const char* key) {
    const Json* value = lookUp(metadata, key);
    return value && value->is_number_integer() ? value->get<std::int64_t>() : 0;
}

void fillFromManifest(CheckpointEntry& entry, const Json& metadata) {
    if (!metadata.is_object())
        return;
    entry.metadata = metadata;
    entry.size = static_cast<int>(integerOf(metadata, "size"));
    entry.simulated = textOf(metadata, "origin") == toString(Origin::phantom);
    if (entry.trainedOn.empty())
        entry.trainedOn = textOf(metadata, "set");
}

} // namespace

CheckpointEntry entryOf(const CheckpointRecord& record, const std::vector<SetRecord>& sets) {
    CheckpointEntry entry;
    entry.id = record.id;
    entry.name = record.name;
    entry.model = record.model;
    entry.preset = record.preset;
    entry.domain = record.domain;
    entry.sha256 = record.sha256;
    entry.steps = record.steps;
    entry.shipped = !record.setId;
    if (!entry.shipped)
        entry.madeAt = record.createdAt;
    for (const SetRecord& set : sets) {
        if (record.setId == set.id)
            entry.trainedOn = set.name;
    }
    fillFromManifest(entry, record.metadata);
    return entry;
}

std::vector<CheckpointEntry> shippedCheckpoints(const std::filesystem::path& folder) {
    std::vector<CheckpointEntry> entries;
    std::error_code error;
    const std::filesystem::directory_iterator files(folder, error);
    if (error)
        log(LogLevel::warning, "The shipped models cannot be listed: " + error.message());
    for (const auto& file : files) {
        if (file.path().extension() != ".safetensors")
            continue;
        try {
            const Json metadata = WorkerClient::checkpointMetadata(file.path());
            CheckpointEntry entry;
            entry.file = file.path();
            entry.shipped = true;
            entry.name = textOf(metadata, "name");
            if (entry.name.empty())
                entry.name = file.path().stem().string();
            entry.model = textOf(metadata, "model");
            entry.preset = textOf(metadata, "preset");
            entry.domain = domainFrom(textOf(metadata, "domain"));
            entry.steps = integerOf(metadata, "steps");
            entry.sha256 = sha256OfFile(file.path());
            fillFromManifest(entry, metadata);
            entries.push_back(std::move(entry));
        } catch (const Error& failure) {
            log(LogLevel::warning, std::string("A shipped model was left out: ") + failure.what());
        }
    }
    std::sort(entries.begin(), entries.end(),
              [](const CheckpointEntry& a, const CheckpointEntry& b) { return a.name < b.name; });
    return entries;
}

std::vector<CheckpointEntry> mergedCheckpoints(std::vector<CheckpointEntry> own,
                                               const std::vector<CheckpointEntry>& shipped) {
    for (const CheckpointEntry& entry : shipped) {
        const bool known = std::any_of(own.begin(), own.end(), [&](const CheckpointEntry& other) {
            return other.sha256 == entry.sha256;
        });
        if (!known)
            own.push_back(entry);
    }
    return own;
}

CheckpointListModel::CheckpointListModel(QObject* parent)
    : QAbstractListModel(parent) {}

void CheckpointListModel::setEntries(std::vector<CheckpointEntry> entries) {
    beginResetModel();
    m_entries = std::move(entries);
    endResetModel();
}

const CheckpointEntry* CheckpointListModel::at(int row) const {
    return row >= 0 && row < static_cast<int>(m_entries.size())
               ? &m_entries[static_cast<std::size_t>(row)]
               : nullptr;
}

int CheckpointListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant CheckpointListModel::data(const QModelIndex& index, int role) const {
    const CheckpointEntry* entry = index.isValid() ? at(index.row()) : nullptr;
    if (!entry)
        return {};
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return words::text(entry->name);
    case IdRole:
        return words::text(entry->id);
    case ColourRole:
        return entry->domain ? QVariant(theme::colour(*entry->domain)) : QVariant();
    case DetailRole: {
        QStringList parts;
        if (!entry->model.empty())
            parts << words::text(entry->model);
        if (entry->steps > 0)
            parts << tr("%L1 steps").arg(entry->steps);
        if (!entry->trainedOn.empty())
            parts << (entry->simulated ? tr("trained on %1 (simulated)") : tr("trained on %1"))
                         .arg(words::text(entry->trainedOn));
        if (!entry->madeAt.empty())
            parts << words::when(entry->madeAt);
        return parts.join(QStringLiteral(" \u00b7 "));
    }
    case BadgeRole:
        return entry->shipped ? tr("Shipped") : QString();
    case BadgeColourRole:
        return theme::kMuted;
    default:
        return {};
    }
}

} // namespace likeness
