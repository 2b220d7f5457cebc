-- Format 1 of the store. Integer keys inside, text ids at the edge. The prose is docs/formats/store.md.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE type (type INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- One row per logical id that was ever stored or referred to; version 0 is a mere target of a
-- reference, which does not exist for anyone. The last row of the index (type 32767) is a sentinel, so
-- that a look-up of `(type, id) >= (?, ?)` always finds a row and an unknown id costs what a denied
-- one costs.
CREATE TABLE resource (
  rid INTEGER PRIMARY KEY,
  type INTEGER NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  last_updated INTEGER NOT NULL,     -- ms since 1970, UTC
  deleted INTEGER NOT NULL,          -- 1: tombstone, with the sets of its last version
  rule INTEGER NOT NULL,             -- fhir::SetRule
  patient INTEGER,                   -- registry patient number of the first subject; NULL: none
  more_patients BLOB,                -- further subjects, 4 bytes little-endian each; NULL: none
  needs INTEGER NOT NULL,            -- CategorySet of rules kNeeds and kUnionOfTargets
  carried INTEGER NOT NULL,          -- CategorySet of the carried rules
  flags INTEGER NOT NULL,            -- fhir::data_flag; kSubjectUnresolved where a subject is unknown
  data_date INTEGER,                 -- days since 1970, Japan; NULL: none or partial
  plain INTEGER NOT NULL,            -- 1: every reference is to the same patient, inside the row's sets
  text TEXT NOT NULL                 -- serialized, with meta; empty for tombstones and version 0
) STRICT;
CREATE UNIQUE INDEX resource_id ON resource (type, id);
CREATE INDEX resource_patient ON resource (patient, type);
CREATE INDEX resource_updated ON resource (type, last_updated);

-- Superseded versions, each with its own sets.
CREATE TABLE resource_version (
  rid INTEGER NOT NULL,
  version INTEGER NOT NULL,
  last_updated INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  rule INTEGER NOT NULL,
  patient INTEGER,
  more_patients BLOB,
  needs INTEGER NOT NULL,
  carried INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  data_date INTEGER,
  plain INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (rid, version)
) STRICT, WITHOUT ROWID;

-- The search index of current versions. parameter: fhir::SearchParameter::number.
CREATE TABLE system (system INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE token (
  parameter INTEGER NOT NULL, code TEXT NOT NULL, system INTEGER NOT NULL, rid INTEGER NOT NULL,
  PRIMARY KEY (parameter, code, system, rid)
) STRICT, WITHOUT ROWID;
CREATE TABLE date (
  parameter INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, rid INTEGER NOT NULL,
  PRIMARY KEY (parameter, low, high, rid)
) STRICT, WITHOUT ROWID;

-- References to other resources than the row's own Patient (that one is resource.patient).
CREATE TABLE link (
  target INTEGER NOT NULL, rid INTEGER NOT NULL,
  PRIMARY KEY (target, rid)
) STRICT, WITHOUT ROWID;
CREATE TABLE link_from (
  rid INTEGER NOT NULL, target INTEGER NOT NULL,
  PRIMARY KEY (rid, target)
) STRICT, WITHOUT ROWID;
