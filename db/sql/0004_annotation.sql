-- What people mark in images. Every change of an annotation is a row of its own, so that nothing written is lost and every
-- step can be taken back; the row with the highest seq of an id is how it stands. Rows go when their image is purged.

CREATE TABLE annotation (
    seq       INTEGER NOT NULL PRIMARY KEY,
    id        TEXT NOT NULL CHECK (length(id) = 16),
    sample_id TEXT NOT NULL REFERENCES sample (id),
    removed   INTEGER NOT NULL CHECK (removed IN (0, 1)),
    kind      TEXT NOT NULL CHECK (kind IN ('point', 'box', 'polygon')),
    axis      INTEGER NOT NULL CHECK (axis BETWEEN 0 AND 2),
    slice     INTEGER NOT NULL CHECK (slice >= 0),
    points    TEXT NOT NULL CHECK (substr(points, 1, 1) = '['),
    text      TEXT NOT NULL,
    author    TEXT NOT NULL,
    at        TEXT NOT NULL
) STRICT;

CREATE INDEX annotation_by_id ON annotation (id, seq);
CREATE INDEX annotation_by_sample ON annotation (sample_id);

CREATE TRIGGER annotation_fixed BEFORE UPDATE ON annotation
BEGIN
    SELECT raise(ABORT, 'annotations cannot be changed');
END;

CREATE TRIGGER annotation_kept BEFORE DELETE ON annotation
WHEN EXISTS (SELECT 1 FROM sample WHERE sample.id = old.sample_id AND sample.deleted_at IS NULL)
BEGIN
    SELECT raise(ABORT, 'annotations cannot be removed');
END;
