// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/brick.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace likeness {

/// Bricks of several sources in memory up to a number of bytes, read by threads of its own. Three
/// lanes: what is seen, in the order asked; what may be seen next; and, while neither has just been
/// asked for, steps of long work such as a pyramid. Every function may be called from any thread
/// and returns without waiting for a read.
class BrickCache {
public:
    struct Limits {
        std::int64_t bytes = std::int64_t{1} << 30U; ///< of all bricks, in the cache or given out
        int threads = 2;
    };

    using View = std::uint64_t;

    /// One turn of long work; false when there is no more. Throws nothing but Cancelled.
    using Step = std::function<bool(const std::stop_token&)>;

    explicit BrickCache(Limits limits);
    ~BrickCache(); ///< stops what runs and waits for it

    BrickCache(const BrickCache&) = delete;
    BrickCache& operator=(const BrickCache&) = delete;

    /// `ready` is called by a reading thread when something can be taken; it must be quick and call
    /// nothing here.
    [[nodiscard]] View addView(SliceSourcePtr source, std::function<void()> ready);

    /// `ready` is not called any more.
    void removeView(View view);

    /// All that the view still wants, in place of what it wanted before: the rest is dropped, also
    /// where it is being read, unless another view wants it too. Equal wishes are read once. Every
    /// one of `visible` comes as a delivery; `prefetch` only goes into the cache.
    void request(View view,
                 const std::vector<BrickKey>& visible,
                 const std::vector<BrickKey>& prefetch = {});

    /// What came of `visible` since the last call.
    [[nodiscard]] std::vector<BrickDelivery> take(View view);

    /// In place of the view's former work, which is dropped with the view.
    void setBackground(View view, Step step);

    /// Length that blocks should have for this cache.
    [[nodiscard]] std::int64_t brickBytes() const noexcept;

    [[nodiscard]] std::int64_t limit() const noexcept { return m_limits.bytes; }

    struct Use {
        std::int64_t bytes = 0; ///< of the bricks that exist now
        std::int64_t peakBytes = 0;
        std::int64_t reads = 0;
        std::int64_t dropped = 0; ///< reads that were broken off
    };

    [[nodiscard]] Use use() const;

private:
    using Clock = std::chrono::steady_clock;
    using Key = std::pair<const SliceSource*, BrickKey>;
    struct Ledger; ///< counts the bytes of bricks until their last holder lets go

    enum class State { queued, running, ready };

    struct Entry {
        State state = State::queued;
        SliceSourcePtr source;
        std::uint64_t turn = 0; ///< smaller is read first; of ready ones the last use
        std::set<View> wanting;
        std::set<View> prefetching;
        std::stop_source stop;
        BrickPtr brick;
    };

    struct Client {
        SliceSourcePtr source;
        std::function<void()> ready;
        std::set<BrickKey> visible;
        std::set<BrickKey> prefetch;
        std::vector<BrickDelivery> mailbox;
    };

    struct Background {
        View view = 0;
        Step step;
        std::stop_source stop;
    };

    void work(const std::stop_token& stop);
    void workBackground(const std::stop_token& stop);
    [[nodiscard]] bool isShown(const SliceSource* source) const;
    void dropWishes(View view, Client& client);
    void drop(const Key& key);
    void want(View view, Client& client, const BrickKey& key);
    [[nodiscard]] std::map<Key, Entry>::iterator nextQueued();
    [[nodiscard]] bool makeRoom(std::int64_t bytes);
    void finish(const Key& key, BrickPtr brick, const std::exception_ptr& error);
    void deliver(Entry& entry, const Key& key, const std::exception_ptr& error);
    [[nodiscard]] Volume::Box boxOf(const SliceSource& source, const BrickKey& key) const;
    [[nodiscard]] BrickPtr read(const SliceSource& source,
                                const Volume::Box& box,
                                const BrickKey& key,
                                const std::stop_token& stop) const;
    [[nodiscard]] bool mustYield() const;

    const Limits m_limits;
    std::shared_ptr<Ledger> m_ledger;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::map<Key, Entry> m_entries;
    std::map<View, Client> m_clients;
    std::list<Background> m_background;
    View m_lastView = 0;
    std::uint64_t m_turn = 0;
    Clock::time_point m_lastRequest;
    std::int64_t m_peak = 0;
    std::int64_t m_reads = 0;
    std::int64_t m_dropped = 0;
    std::vector<std::jthread> m_threads; ///< last: they end first
};

} // namespace likeness
