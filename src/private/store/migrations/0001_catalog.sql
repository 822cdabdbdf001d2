-- The catalog: products in the shop's default locale, their translations, prices by version.
-- Flags are 0 or 1, money is in minor units, times are milliseconds since 1970 UTC.

CREATE TABLE locations (
  id TEXT PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE categories (
  id TEXT PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL
) STRICT;

CREATE TABLE category_texts (
  category_id TEXT NOT NULL REFERENCES categories (id),
  locale TEXT NOT NULL,
  title TEXT NOT NULL,
  PRIMARY KEY (category_id, locale)
) STRICT;

-- Pictures that the shop holds itself; the bytes lie in <data>/private/assets/<sha256>.
CREATE TABLE assets (
  sha256 TEXT PRIMARY KEY,
  content_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  width_px INTEGER NOT NULL,
  height_px INTEGER NOT NULL
) STRICT;

CREATE TABLE products (
  id TEXT PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  description_html TEXT NOT NULL,
  seo_title TEXT NOT NULL,
  seo_description TEXT NOT NULL,
  vendor TEXT NOT NULL,
  category_id TEXT REFERENCES categories (id),
  status TEXT NOT NULL CHECK (status IN ('active', 'draft', 'archived')),
  published INTEGER NOT NULL CHECK (published IN (0, 1)),
  gift_card INTEGER NOT NULL CHECK (gift_card IN (0, 1))
) STRICT;

-- field: title, description_html, seo_title, seo_description, image_alt (of the first image).
CREATE TABLE product_texts (
  product_id TEXT NOT NULL REFERENCES products (id),
  field TEXT NOT NULL,
  locale TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (product_id, field, locale)
) STRICT;

CREATE TABLE product_tags (
  product_id TEXT NOT NULL REFERENCES products (id),
  position INTEGER NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (product_id, position)
) STRICT;

CREATE TABLE product_options (
  product_id TEXT NOT NULL REFERENCES products (id),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (product_id, position)
) STRICT;

-- Translations of option names (value '') and of their values, by their text in the default locale,
-- so that they outlive a new import of the product.
CREATE TABLE option_texts (
  product_id TEXT NOT NULL REFERENCES products (id),
  option_name TEXT NOT NULL,
  value TEXT NOT NULL,
  locale TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (product_id, option_name, value, locale)
) STRICT;

-- Either sha256 (an asset) or remote_url is set.
CREATE TABLE product_images (
  product_id TEXT NOT NULL REFERENCES products (id),
  position INTEGER NOT NULL,
  sha256 TEXT REFERENCES assets (sha256),
  remote_url TEXT NOT NULL,
  alt TEXT NOT NULL,
  PRIMARY KEY (product_id, position)
) STRICT;

-- A variant is never deleted, since orders name it: one that left its product is archived.
CREATE TABLE variants (
  id TEXT PRIMARY KEY,
  product_id TEXT NOT NULL REFERENCES products (id),
  position INTEGER NOT NULL,
  archived INTEGER NOT NULL CHECK (archived IN (0, 1)),
  sku TEXT NOT NULL,
  barcode TEXT NOT NULL,
  option1 TEXT NOT NULL,
  option2 TEXT NOT NULL,
  option3 TEXT NOT NULL,
  currency TEXT NOT NULL,
  price INTEGER NOT NULL CHECK (price >= 0),
  compare_at_price INTEGER,
  weight_grams INTEGER NOT NULL CHECK (weight_grams >= 0),
  taxable INTEGER NOT NULL CHECK (taxable IN (0, 1)),
  requires_shipping INTEGER NOT NULL CHECK (requires_shipping IN (0, 1)),
  image_position INTEGER,
  imported_quantity INTEGER
) STRICT;
CREATE INDEX variants_by_product ON variants (product_id);
CREATE INDEX variants_by_sku ON variants (sku);

-- One row per version of the catalog: the shop's rules then (pricing::Rules as JSON) and a digest of
-- every shop setting that edges see. The newest row is the current version.
CREATE TABLE catalog_versions (
  version INTEGER PRIMARY KEY,
  created_ms INTEGER NOT NULL,
  rules_json TEXT NOT NULL,
  shop_digest TEXT NOT NULL
) STRICT;

-- What a variant costs from this version on, until its next row; sellable 0: not for sale.
CREATE TABLE price_history (
  variant_id TEXT NOT NULL REFERENCES variants (id),
  catalog_version INTEGER NOT NULL,
  sellable INTEGER NOT NULL CHECK (sellable IN (0, 1)),
  currency TEXT NOT NULL,
  price INTEGER NOT NULL,
  weight_grams INTEGER NOT NULL,
  taxable INTEGER NOT NULL,
  requires_shipping INTEGER NOT NULL,
  PRIMARY KEY (variant_id, catalog_version)
) STRICT;
