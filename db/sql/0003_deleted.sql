-- The trash: what was deleted stays, with the time of the deletion, until the trash is emptied. All that one deletion took
-- has one time. A deleted set gives its name free: `name` becomes its id and `deleted_name` keeps the word.

ALTER TABLE set_ ADD COLUMN deleted_at TEXT;
ALTER TABLE set_ ADD COLUMN deleted_name TEXT;
ALTER TABLE sample ADD COLUMN deleted_at TEXT;
ALTER TABLE checkpoint ADD COLUMN deleted_at TEXT;

CREATE INDEX sample_by_parent ON sample (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX sample_by_checkpoint ON sample (checkpoint_id) WHERE checkpoint_id IS NOT NULL;
CREATE INDEX sample_deleted ON sample (deleted_at) WHERE deleted_at IS NOT NULL;
