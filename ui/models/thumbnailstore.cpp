// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/thumbnailstore.h"

#include "core/base/error.h"
#include "core/base/log.h"
#include "ui/words.h"
#include "viewers/support/spanimage.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace likeness {

namespace {

constexpr int kCacheKib = 64 * 1024;
constexpr std::size_t kBatch = 6; // decoded in one job, so that other pictures get their turn
constexpr std::size_t kLongestQueue = 400;

struct Decoded {
    QString id;
    QImage image; // null: failed
};

std::vector<Decoded> decode(const std::vector<SampleRecord>& batch,
                            const PixelSource& source,
                            int edge,
                            JobContext& job) {
    std::vector<Decoded> decoded;
    for (const SampleRecord& sample : batch) {
        job.throwIfStopped();
        const QString id = words::text(sample.id);
        try {
            decoded.push_back({id, makeThumbnail(source(sample), edge)});
        } catch (const Cancelled&) {
            throw;
        } catch (const std::exception& error) {
            log(LogLevel::warning,
                std::string("No thumbnail of sample ") + sample.id + ": " + error.what());
            decoded.push_back({id, {}});
        }
    }
    return decoded;
}

} // namespace

QImage makeThumbnail(const Volume& volume, int edge) {
    const Volume* shown = &volume;
    Volume grey;
    if (volume.channels() != 1 && volume.channels() != 3) {
        grey = toGrey(volume.span());
        shown = &grey;
    }
    const ImageSpan plane = shown->span().slice(shown->depth() / 2);
    return thumbnailOf(plane, firstViewOf(plane), QSize(edge, edge));
}

ThumbnailStore::ThumbnailStore(JobRunner& jobs,
                               std::function<PixelSource()> source,
                               int edge,
                               QObject* parent)
    : QObject(parent)
    , m_source(std::move(source))
    , m_edge(edge)
    , m_cache(kCacheKib)
    , m_job(jobs) {}

QImage ThumbnailStore::thumbnail(const SampleRecord& sample) {
    const QString id = words::text(sample.id);
    if (const QImage* cached = m_cache.object(id))
        return *cached;
    if (m_failed.contains(id) || m_wanted.contains(id))
        return {};
    m_wanted.insert(id);
    m_queue.push_back(sample);
    if (m_queue.size() > kLongestQueue) {
        m_wanted.remove(words::text(m_queue.front().id));
        m_queue.erase(m_queue.begin());
    }
    decodeNext();
    return {};
}

bool ThumbnailStore::failed(const std::string& sampleId) const {
    return m_failed.contains(words::text(sampleId));
}

void ThumbnailStore::clear() {
    m_job.drop();
    m_decoding = false;
    m_cache.clear();
    m_failed.clear();
    m_wanted.clear();
    m_queue.clear();
}

void ThumbnailStore::decodeNext() {
    if (m_decoding || m_queue.empty())
        return;
    m_decoding = true;
    std::vector<SampleRecord> batch;
    while (!m_queue.empty() && batch.size() < kBatch) {
        batch.push_back(std::move(m_queue.back()));
        m_queue.pop_back();
    }
    m_job.start(
        JobSpec{tr("Making thumbnails"), Lane::pictures, false}, this,
        [batch = std::move(batch), source = m_source(), edge = m_edge](JobContext& job) {
            return decode(batch, source, edge, job);
        },
        [this](const std::vector<Decoded>& decoded) {
            m_decoding = false;
            for (const Decoded& item : decoded) {
                m_wanted.remove(item.id);
                if (item.image.isNull())
                    m_failed.insert(item.id);
                else
                    m_cache.insert(item.id, new QImage(item.image),
                                   std::max(1, static_cast<int>(item.image.sizeInBytes() / 1024)));
            }
            for (const Decoded& item : decoded)
                Q_EMIT ready(item.id);
            decodeNext();
        });
}

} // namespace likeness
