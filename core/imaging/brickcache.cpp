// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/brickcache.h"

#include "core/base/error.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

namespace likeness {

namespace {

/// How long work in the background waits for what was asked for to be seen.
constexpr auto kHeadStart = std::chrono::milliseconds(250);
constexpr auto kLookAgain = std::chrono::milliseconds(20);

/// Who reads comes after who draws. Where the system does not allow it nothing is lost.
void standBack(int by) {
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), by);
}

} // namespace

struct BrickCache::Ledger {
    std::atomic<std::int64_t> bytes{0};
};

BrickCache::BrickCache(Limits limits)
    : m_limits(limits)
    , m_ledger(std::make_shared<Ledger>()) {
    for (int i = 0; i < std::max(1, limits.threads); ++i)
        m_threads.emplace_back([this](const std::stop_token& stop) { work(stop); });
    m_threads.emplace_back([this](const std::stop_token& stop) { workBackground(stop); });
}

BrickCache::~BrickCache() {
    {
        const std::scoped_lock lock(m_mutex);
        for (auto& [key, entry] : m_entries)
            entry.stop.request_stop();
        for (Background& work : m_background)
            work.stop.request_stop();
    }
    for (std::jthread& thread : m_threads)
        thread.request_stop();
    m_threads.clear();
}

std::int64_t BrickCache::brickBytes() const noexcept {
    constexpr std::int64_t kUsual = std::int64_t{4} << 20U;
    return std::clamp<std::int64_t>(m_limits.bytes / 16, 1024, kUsual);
}

BrickCache::View BrickCache::addView(SliceSourcePtr source, std::function<void()> ready) {
    const std::scoped_lock lock(m_mutex);
    Client client;
    client.source = std::move(source);
    client.ready = std::move(ready);
    m_clients.emplace(++m_lastView, std::move(client));
    return m_lastView;
}

void BrickCache::removeView(View view) {
    const std::scoped_lock lock(m_mutex);
    const auto found = m_clients.find(view);
    if (found == m_clients.end())
        return;
    dropWishes(view, found->second);
    const SliceSource* const source = found->second.source.get();
    for (const auto& wishes : {found->second.visible, found->second.prefetch}) {
        for (const BrickKey& key : wishes)
            drop({source, key});
    }
    for (Background& work : m_background) {
        if (work.view == view)
            work.stop.request_stop();
    }
    std::erase_if(m_background, [&](const Background& work) { return work.view == view; });
    m_clients.erase(found);
    if (!isShown(source))
        std::erase_if(m_entries, [&](const auto& one) {
            return one.first.first == source && one.second.state == State::ready;
        });
    m_changed.notify_all();
}

bool BrickCache::isShown(const SliceSource* source) const {
    return std::any_of(m_clients.begin(), m_clients.end(),
                       [&](const auto& one) { return one.second.source.get() == source; });
}

void BrickCache::dropWishes(View view, Client& client) {
    for (const auto& wishes : {client.visible, client.prefetch}) {
        for (const BrickKey& key : wishes) {
            const auto found = m_entries.find({client.source.get(), key});
            if (found == m_entries.end())
                continue;
            found->second.wanting.erase(view);
            found->second.prefetching.erase(view);
        }
    }
}

/// What nobody wants any more is not read.
void BrickCache::drop(const Key& key) {
    const auto found = m_entries.find(key);
    if (found == m_entries.end() || !found->second.wanting.empty() ||
        !found->second.prefetching.empty())
        return;
    if (found->second.state == State::queued)
        m_entries.erase(found);
    else if (found->second.state == State::running)
        found->second.stop.request_stop();
}

void BrickCache::request(View view,
                         const std::vector<BrickKey>& visible,
                         const std::vector<BrickKey>& prefetch) {
    const std::scoped_lock lock(m_mutex);
    const auto found = m_clients.find(view);
    if (found == m_clients.end())
        return;
    Client& client = found->second;
    dropWishes(view, client);
    client.mailbox.clear(); // what is wanted still is in the cache, too
    const std::set<BrickKey> former = std::exchange(client.visible, {});
    const std::set<BrickKey> formerPrefetch = std::exchange(client.prefetch, {});
    for (const BrickKey& key : visible) {
        if (client.visible.insert(key).second)
            want(view, client, key);
    }
    for (const BrickKey& key : prefetch) {
        if (client.visible.contains(key) || !client.prefetch.insert(key).second)
            continue;
        const auto [entry, isNew] = m_entries.try_emplace({client.source.get(), key});
        entry->second.prefetching.insert(view);
        if (isNew) {
            entry->second.source = client.source;
            entry->second.turn = ++m_turn;
        }
    }
    for (const auto& wishes : {former, formerPrefetch}) {
        for (const BrickKey& key : wishes)
            drop({client.source.get(), key});
    }
    if (!visible.empty())
        m_lastRequest = Clock::now();
    m_changed.notify_all();
}

void BrickCache::want(View view, Client& client, const BrickKey& key) {
    const auto [at, isNew] = m_entries.try_emplace({client.source.get(), key});
    Entry& entry = at->second;
    entry.turn = ++m_turn;
    if (isNew)
        entry.source = client.source;
    if (entry.state == State::ready)
        client.mailbox.push_back({key, entry.brick, nullptr});
    else
        entry.wanting.insert(view);
}

std::vector<BrickDelivery> BrickCache::take(View view) {
    const std::scoped_lock lock(m_mutex);
    const auto found = m_clients.find(view);
    if (found == m_clients.end())
        return {};
    m_changed.notify_all();
    return std::exchange(found->second.mailbox, {});
}

void BrickCache::setBackground(View view, Step step) {
    const std::scoped_lock lock(m_mutex);
    for (Background& work : m_background) {
        if (work.view == view)
            work.stop.request_stop();
    }
    std::erase_if(m_background, [&](const Background& work) { return work.view == view; });
    if (step)
        m_background.push_back({view, std::move(step), {}});
    m_changed.notify_all();
}

BrickCache::Use BrickCache::use() const {
    const std::scoped_lock lock(m_mutex);
    return {m_ledger->bytes.load(), m_peak, m_reads, m_dropped};
}

Volume::Box BrickCache::boxOf(const SliceSource& source, const BrickKey& key) const {
    const SliceSource::Size full = source.sizeOf(key.level);
    const SliceSource::Size edge = source.blockSize(key.level, key.axis, brickBytes());
    SliceSource::Size from{};
    SliceSource::Size size{};
    for (std::size_t i = 0; i < 3; ++i) {
        from[i] = key.index[i] * edge[i];
        size[i] = std::min(edge[i], full[i] - from[i]);
    }
    return {from[0], from[1], from[2], size[0], size[1], size[2]};
}

std::map<BrickCache::Key, BrickCache::Entry>::iterator BrickCache::nextQueued() {
    auto best = m_entries.end();
    const auto rank = [](const Entry& entry) {
        return std::pair(entry.wanting.empty(), entry.turn);
    };
    for (auto it = m_entries.begin(); it != m_entries.end(); ++it) {
        if (it->second.state == State::queued &&
            (best == m_entries.end() || rank(it->second) < rank(best->second)))
            best = it;
    }
    return best;
}

/// Bricks that somebody holds cannot go.
bool BrickCache::makeRoom(std::int64_t bytes) {
    while (m_ledger->bytes.load() + bytes > m_limits.bytes) {
        auto oldest = m_entries.end();
        for (auto it = m_entries.begin(); it != m_entries.end(); ++it) {
            if (it->second.state == State::ready && it->second.brick.use_count() == 1 &&
                (oldest == m_entries.end() || it->second.turn < oldest->second.turn))
                oldest = it;
        }
        if (oldest == m_entries.end())
            return false;
        m_entries.erase(oldest);
    }
    return true;
}

BrickPtr BrickCache::read(const SliceSource& source,
                          const Volume::Box& box,
                          const BrickKey& key,
                          const std::stop_token& stop) const {
    const auto bytes =
        static_cast<std::size_t>(box.width * box.height * box.depth) * source.voxelBytes();
    const auto giveBack = [ledger = m_ledger, bytes](Brick* brick) {
        delete brick;
        ledger->bytes -= static_cast<std::int64_t>(bytes);
    };
    const std::shared_ptr<Brick> brick(new Brick{box, nullptr}, giveBack);
    brick->bytes = std::make_unique_for_overwrite<std::byte[]>(bytes);
    source.readBlock(key.level, box, {brick->bytes.get(), bytes}, stop);
    return brick;
}

void BrickCache::work(const std::stop_token& stop) {
    standBack(5);
    std::unique_lock lock(m_mutex);
    while (!stop.stop_requested()) {
        const auto next = nextQueued();
        if (next == m_entries.end()) {
            m_changed.wait(lock, stop, [&] { return nextQueued() != m_entries.end(); });
            continue;
        }
        const Key key = next->first;
        const SliceSourcePtr source = next->second.source;
        const Volume::Box box = boxOf(*source, key.second);
        const std::int64_t bytes =
            box.width * box.height * box.depth * static_cast<std::int64_t>(source->voxelBytes());
        if (bytes > m_limits.bytes) {
            finish(key, nullptr,
                   std::make_exception_ptr(
                       Error(ErrorCode::memory, source->header().path.string(),
                             "a part of it needs " + std::to_string(bytes >> 10U) +
                                 " KiB, more than the memory set for images on disk",
                             "allow more of it in the settings")));
            continue;
        }
        if (!makeRoom(bytes)) {
            if (next->second.wanting.empty())
                m_entries.erase(next);
            else
                m_changed.wait_for(lock, kLookAgain);
            continue;
        }
        m_ledger->bytes += bytes;
        m_peak = std::max(m_peak, m_ledger->bytes.load());
        ++m_reads;
        next->second.state = State::running;
        next->second.stop = std::stop_source();
        const std::stop_token token = next->second.stop.get_token();
        lock.unlock();
        BrickPtr brick;
        std::exception_ptr error;
        try {
            brick = read(*source, box, key.second, token);
        } catch (...) {
            error = std::current_exception();
        }
        lock.lock();
        finish(key, std::move(brick), error);
    }
}

void BrickCache::finish(const Key& key, BrickPtr brick, const std::exception_ptr& error) {
    const auto found = m_entries.find(key);
    Entry& entry = found->second;
    const bool wasStopped = entry.stop.stop_requested();
    if (wasStopped && error)
        ++m_dropped;
    if (brick && !isShown(key.first)) {
        m_entries.erase(found); // its last view was closed meanwhile
    } else if (brick) {
        entry.state = State::ready;
        entry.brick = std::move(brick);
        entry.turn = ++m_turn;
        entry.prefetching.clear();
        deliver(entry, key, nullptr);
    } else if (wasStopped && (!entry.wanting.empty() || !entry.prefetching.empty())) {
        // Wanted again while its reading was being broken off.
        entry.state = State::queued;
        entry.stop = std::stop_source();
    } else {
        if (!wasStopped)
            deliver(entry, key, error);
        m_entries.erase(found);
    }
    m_changed.notify_all();
}

void BrickCache::deliver(Entry& entry, const Key& key, const std::exception_ptr& error) {
    for (const View view : entry.wanting) {
        Client& client = m_clients.at(view);
        client.mailbox.push_back({key.second, entry.brick, error});
        if (client.ready)
            client.ready();
    }
    entry.wanting.clear();
}

bool BrickCache::mustYield() const {
    return Clock::now() - m_lastRequest < kHeadStart &&
           std::any_of(m_entries.begin(), m_entries.end(), [](const auto& one) {
               return one.second.state != State::ready && !one.second.wanting.empty();
           });
}

void BrickCache::workBackground(const std::stop_token& stop) {
    standBack(10);
    std::unique_lock lock(m_mutex);
    while (!stop.stop_requested()) {
        if (m_background.empty()) {
            m_changed.wait(lock, stop, [&] { return !m_background.empty(); });
            continue;
        }
        if (mustYield()) {
            m_changed.wait_for(lock, kLookAgain);
            continue;
        }
        // In turn, so that two volumes grow together.
        Background turn = m_background.front();
        m_background.splice(m_background.end(), m_background, m_background.begin());
        lock.unlock();
        bool more = false;
        try {
            more = turn.step(turn.stop.get_token());
        } catch (const Cancelled&) {
            more = false;
        }
        lock.lock();
        if (!more)
            std::erase_if(m_background,
                          [&](const Background& work) { return work.stop == turn.stop; });
    }
}

} // namespace likeness
