-- Samples and what they come from. Times are UTC, ISO 8601; ids are made by the store.

CREATE TABLE set_ (
    id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    domain     TEXT NOT NULL CHECK (domain IN ('rock', 'fibre', 'root')),
    origin     TEXT NOT NULL CHECK (origin IN ('real', 'synthetic', 'phantom')),
    generator  TEXT NOT NULL DEFAULT '',
    masks      INTEGER NOT NULL DEFAULT 0 CHECK (masks IN (0, 1)),
    notes      TEXT NOT NULL DEFAULT '{}' CHECK (substr(notes, 1, 1) = '{'),
    created_at TEXT NOT NULL,
    CHECK (origin = 'synthetic' OR generator = '')
) STRICT;

CREATE TABLE checkpoint (
    id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT NOT NULL,
    model      TEXT NOT NULL,
    preset     TEXT NOT NULL,
    domain     TEXT NOT NULL CHECK (domain IN ('rock', 'fibre', 'root')),
    set_id     TEXT REFERENCES set_ (id),
    sha256     TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
    metadata   TEXT NOT NULL DEFAULT '{}' CHECK (substr(metadata, 1, 1) = '{'),
    steps      INTEGER NOT NULL CHECK (steps >= 0),
    seconds    REAL NOT NULL CHECK (seconds >= 0),
    device     TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE sample (
    id            TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    set_id        TEXT NOT NULL REFERENCES set_ (id),
    position      INTEGER NOT NULL CHECK (position >= 0),
    sha256        TEXT NOT NULL CHECK (length(sha256) = 64),
    extension     TEXT NOT NULL CHECK (extension IN ('png', 'tif', 'npy')),
    pixels_sha256 TEXT NOT NULL CHECK (length(pixels_sha256) = 64),
    type          TEXT NOT NULL CHECK (type IN ('uint8', 'uint16', 'float32')),
    width         INTEGER NOT NULL CHECK (width > 0),
    height        INTEGER NOT NULL CHECK (height > 0),
    depth         INTEGER NOT NULL CHECK (depth > 0),
    channels      INTEGER NOT NULL CHECK (channels > 0),
    voxel_x_um    REAL CHECK (voxel_x_um > 0),
    voxel_y_um    REAL CHECK (voxel_y_um > 0),
    voxel_z_um    REAL CHECK (voxel_z_um > 0),
    voxel_source  TEXT NOT NULL DEFAULT '',
    specimen      TEXT NOT NULL DEFAULT '',
    source_name   TEXT NOT NULL DEFAULT '',
    source_slice  INTEGER,
    seed          INTEGER, -- the 64 bits of an unsigned number
    checkpoint_id TEXT REFERENCES checkpoint (id),
    parent_id     TEXT REFERENCES sample (id),
    prompt        TEXT,
    truth         TEXT NOT NULL DEFAULT '{}' CHECK (substr(truth, 1, 1) = '{'),
    created_at    TEXT NOT NULL,
    UNIQUE (set_id, position),
    CHECK ((voxel_x_um IS NULL) = (voxel_y_um IS NULL) AND (voxel_x_um IS NULL) = (voxel_z_um IS NULL))
) STRICT;

CREATE INDEX sample_by_pixels ON sample (set_id, pixels_sha256);
CREATE INDEX sample_by_asset ON sample (sha256);

CREATE TABLE metric_value (
    id               TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    set_id           TEXT NOT NULL REFERENCES set_ (id),
    reference_set_id TEXT REFERENCES set_ (id),
    sample_id        TEXT REFERENCES sample (id),
    metric           TEXT NOT NULL,
    value            REAL,
    lo               REAL,
    hi               REAL,
    n                INTEGER NOT NULL CHECK (n >= 0),
    unit             TEXT NOT NULL DEFAULT '',
    encoder          TEXT NOT NULL DEFAULT '',
    reason_if_null   TEXT NOT NULL DEFAULT '',
    conventions      TEXT NOT NULL DEFAULT '{}' CHECK (substr(conventions, 1, 1) = '{'),
    computed_at      TEXT NOT NULL,
    CHECK (value IS NOT NULL OR reason_if_null <> ''),
    CHECK (lo IS NULL OR hi IS NULL OR lo <= hi)
) STRICT;

CREATE INDEX metric_by_set ON metric_value (set_id, metric);

-- A study: a draft can be changed, a frozen one cannot.

CREATE TABLE study (
    id                TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name              TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    protocol          TEXT NOT NULL,
    state             TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'frozen', 'unblinded')),
    definition        TEXT NOT NULL CHECK (substr(definition, 1, 1) = '{'),
    public_definition TEXT CHECK (substr(public_definition, 1, 1) = '{'),
    definition_sha256 TEXT UNIQUE CHECK (length(definition_sha256) = 64),
    sealed_key        BLOB, -- to the lead's public key
    key_sha256        TEXT CHECK (length(key_sha256) = 64),
    created_at        TEXT NOT NULL,
    frozen_at         TEXT,
    unblinded_at      TEXT,
    CHECK ((state = 'draft') = (definition_sha256 IS NULL)),
    CHECK ((state = 'draft') = (public_definition IS NULL)),
    CHECK ((state = 'draft') = (sealed_key IS NULL)),
    CHECK ((state = 'draft') = (key_sha256 IS NULL)),
    CHECK ((state = 'draft') = (frozen_at IS NULL)),
    CHECK ((state = 'unblinded') = (unblinded_at IS NOT NULL))
) STRICT;

CREATE TRIGGER study_frozen BEFORE UPDATE ON study
WHEN old.state <> 'draft' AND (
    new.id IS NOT old.id OR new.name IS NOT old.name OR new.protocol IS NOT old.protocol
    OR new.definition IS NOT old.definition OR new.public_definition IS NOT old.public_definition
    OR new.definition_sha256 IS NOT old.definition_sha256 OR new.sealed_key IS NOT old.sealed_key
    OR new.key_sha256 IS NOT old.key_sha256 OR new.created_at IS NOT old.created_at
    OR new.frozen_at IS NOT old.frozen_at OR new.state = 'draft' OR old.state = 'unblinded')
BEGIN
    SELECT raise(ABORT, 'a frozen study cannot be changed');
END;

CREATE TRIGGER study_kept BEFORE DELETE ON study
WHEN old.state <> 'draft'
BEGIN
    SELECT raise(ABORT, 'a frozen study cannot be removed');
END;

-- Which asset holds a stimulus' pixels. Which sample it is stands in the sealed key only.
CREATE TABLE study_stimulus (
    study_id    TEXT NOT NULL REFERENCES study (id),
    stimulus_id TEXT NOT NULL CHECK (length(stimulus_id) BETWEEN 1 AND 64),
    sha256      TEXT NOT NULL CHECK (length(sha256) = 64),
    PRIMARY KEY (study_id, stimulus_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX study_stimulus_by_asset ON study_stimulus (sha256);

CREATE TABLE study_plan (
    study_id TEXT NOT NULL REFERENCES study (id),
    slot     INTEGER NOT NULL CHECK (slot >= 1),
    plan     TEXT NOT NULL CHECK (substr(plan, 1, 1) = '{'),
    sha256   TEXT NOT NULL CHECK (length(sha256) = 64),
    PRIMARY KEY (study_id, slot)
) STRICT;

-- Merged ratings. A chain is one rating store: one rater at one plan of one study.

CREATE TABLE rating_chain (
    chain       TEXT NOT NULL PRIMARY KEY CHECK (length(chain) = 32),
    study_id    TEXT NOT NULL REFERENCES study (id),
    rater       TEXT NOT NULL CHECK (length(rater) > 0),
    slot        INTEGER NOT NULL,
    simulated   INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    header      TEXT NOT NULL CHECK (substr(header, 1, 1) = '{'),
    signing_key TEXT NOT NULL CHECK (length(signing_key) = 64),
    merged_at   TEXT NOT NULL,
    FOREIGN KEY (study_id, slot) REFERENCES study_plan (study_id, slot),
    UNIQUE (study_id, rater)
) STRICT;

CREATE TABLE rating_event (
    id           TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    chain        TEXT NOT NULL REFERENCES rating_chain (chain),
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

CREATE TRIGGER rating_chain_fixed BEFORE UPDATE ON rating_chain
BEGIN
    SELECT raise(ABORT, 'rating chains cannot be changed');
END;

CREATE TRIGGER rating_chain_kept BEFORE DELETE ON rating_chain
BEGIN
    SELECT raise(ABORT, 'rating chains cannot be removed');
END;

-- The answer that stands for each trial: the last event, if it is an answer.
CREATE VIEW current_answer AS
SELECT event.*
FROM rating_event AS event
JOIN (SELECT chain, plan_seq, max(seq) AS seq FROM rating_event GROUP BY chain, plan_seq) AS last
    ON last.chain = event.chain AND last.seq = event.seq
WHERE event.kind = 'answer';

-- Events that disagree with what is here already; kept beside, never used.
CREATE TABLE rating_conflict (
    id       INTEGER NOT NULL PRIMARY KEY,
    study_id TEXT NOT NULL REFERENCES study (id),
    event    TEXT NOT NULL UNIQUE CHECK (substr(event, 1, 1) = '{'),
    reason   TEXT NOT NULL,
    at       TEXT NOT NULL
) STRICT;

-- Every opening of a key, and what it said.
CREATE TABLE unblinding_event (
    id                TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    study_id          TEXT NOT NULL REFERENCES study (id),
    at                TEXT NOT NULL,
    by                TEXT NOT NULL CHECK (length(by) > 0),
    reason            TEXT NOT NULL CHECK (length(reason) > 0),
    definition_sha256 TEXT NOT NULL CHECK (length(definition_sha256) = 64),
    answers           INTEGER NOT NULL CHECK (answers > 0),
    key               TEXT NOT NULL CHECK (substr(key, 1, 1) = '{')
) STRICT;

CREATE TRIGGER unblinding_event_fixed BEFORE UPDATE ON unblinding_event
BEGIN
    SELECT raise(ABORT, 'unblinding events cannot be changed');
END;

CREATE TRIGGER unblinding_event_kept BEFORE DELETE ON unblinding_event
BEGIN
    SELECT raise(ABORT, 'unblinding events cannot be removed');
END;

CREATE TABLE audit (
    seq       INTEGER NOT NULL PRIMARY KEY CHECK (seq >= 1),
    batch     INTEGER NOT NULL CHECK (batch BETWEEN 1 AND seq),
    at        TEXT NOT NULL,
    actor     TEXT NOT NULL,
    action    TEXT NOT NULL CHECK (length(action) > 0),
    target    TEXT NOT NULL,
    details   TEXT NOT NULL CHECK (substr(details, 1, 1) = '{'),
    prev_hash TEXT NOT NULL CHECK (length(prev_hash) = 64),
    hash      TEXT NOT NULL UNIQUE CHECK (length(hash) = 64)
) STRICT;

CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit
BEGIN
    SELECT raise(ABORT, 'the audit trail cannot be changed');
END;

CREATE TRIGGER audit_kept BEFORE DELETE ON audit
BEGIN
    SELECT raise(ABORT, 'the audit trail cannot be shortened');
END;

-- What this project is: fixed when it is made, the origin of its audit chain.
CREATE TABLE project (
    id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    created_at TEXT NOT NULL,
    app_version TEXT NOT NULL
) STRICT;
