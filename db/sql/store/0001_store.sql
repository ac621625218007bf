-- The local store of one rater at one plan of one study. Holds no truth.

CREATE TABLE store (
    only   INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    chain  TEXT NOT NULL CHECK (length(chain) = 32),
    header TEXT NOT NULL CHECK (substr(header, 1, 1) = '{'),
    origin TEXT NOT NULL CHECK (length(origin) = 64) -- SHA-256 of the header: the hash before the first event
) STRICT;

CREATE TRIGGER store_fixed BEFORE UPDATE ON store
BEGIN
    SELECT raise(ABORT, 'a rating store keeps its header');
END;

CREATE TRIGGER store_kept BEFORE DELETE ON store
BEGIN
    SELECT raise(ABORT, 'a rating store keeps its header');
END;

CREATE TABLE rating_event (
    id           TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    chain        TEXT NOT NULL CHECK (length(chain) = 32),
    seq          INTEGER NOT NULL CHECK (seq >= 1),
    study        TEXT NOT NULL CHECK (length(study) = 64),
    rater        TEXT NOT NULL CHECK (length(rater) > 0),
    session      TEXT NOT NULL CHECK (length(session) = 32),
    kind         TEXT NOT NULL CHECK (kind IN ('answer', 'undo')),
    plan_seq     INTEGER NOT NULL CHECK (plan_seq >= 1),
    stimulus     TEXT NOT NULL CHECK (length(stimulus) > 0),
    value        INTEGER CHECK (value BETWEEN 1 AND 1000),
    supersedes   TEXT REFERENCES rating_event (id),
    rt_ns        INTEGER NOT NULL CHECK (rt_ns >= 0),
    utc          TEXT NOT NULL,
    monotonic_ns INTEGER NOT NULL,
    boot_id      TEXT NOT NULL,
    app_version  TEXT NOT NULL,
    simulated    INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    input        TEXT NOT NULL,
    telemetry    TEXT NOT NULL CHECK (substr(telemetry, 1, 1) = '{'),
    prev_hash    TEXT NOT NULL CHECK (length(prev_hash) = 64),
    hash         TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
    UNIQUE (chain, seq),
    UNIQUE (supersedes, kind),
    CHECK ((kind = 'answer') = (value IS NOT NULL)),
    CHECK (kind = 'answer' OR supersedes IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX rating_event_first ON rating_event (chain, plan_seq)
WHERE kind = 'answer' AND supersedes IS NULL;

CREATE TRIGGER rating_event_fixed BEFORE UPDATE ON rating_event
BEGIN
    SELECT raise(ABORT, 'rating events cannot be changed');
END;

CREATE TRIGGER rating_event_kept BEFORE DELETE ON rating_event
BEGIN
    SELECT raise(ABORT, 'rating events cannot be removed');
END;

-- The answer that stands for each trial: the last event, if it is an answer.
CREATE VIEW current_answer AS
SELECT event.*
FROM rating_event AS event
JOIN (SELECT chain, plan_seq, max(seq) AS seq FROM rating_event GROUP BY chain, plan_seq) AS last
    ON last.chain = event.chain AND last.seq = event.seq
WHERE event.kind = 'answer';
