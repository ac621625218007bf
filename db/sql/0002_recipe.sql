-- How a sample was made from another one or from seeds, and the mask of an inpainting: a PNG among
-- the assets.

ALTER TABLE sample ADD COLUMN recipe TEXT NOT NULL DEFAULT '{}' CHECK (substr(recipe, 1, 1) = '{');
ALTER TABLE sample ADD COLUMN mask_sha256 TEXT CHECK (length(mask_sha256) = 64);

CREATE INDEX sample_by_mask ON sample (mask_sha256) WHERE mask_sha256 IS NOT NULL;
