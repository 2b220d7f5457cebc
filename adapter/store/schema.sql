-- Format 1 of the store. Integer keys inside, text ids at the edge. The prose is docs/formats/store.md.

-- site_categories: the X- codes, one a line, in the order of their bits. data_as_of: the instant at
-- which the last finished ingest began.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE type (type INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- One row per logical id that was ever stored or referred to; version 0 is a mere target of a
-- reference, which does not exist for anyone. Each type has a sentinel of the id '~', which sorts
-- after every logical id, so that a look-up of `type = ? AND id >= ?` always finds a row and an
-- unknown id costs what a denied one costs.
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

-- What the sets of other rows are made of, kept as counts so that a change costs a few rows.
-- live: resources of the patient that need exactly these codes and carry no denying flag; a row
-- stays at 0, because the set of a tombstone is the union over all that ever were.
CREATE TABLE patient_needs (
  patient INTEGER NOT NULL, needs INTEGER NOT NULL, live INTEGER NOT NULL,
  PRIMARY KEY (patient, needs)
) STRICT, WITHOUT ROWID;
-- Resources of rule kUnionOfTargets: what they need where the union is empty, and its parts. `source`
-- is the resource whose content says so (a ServiceRequest's parts are said by what is based on it).
CREATE TABLE union_owner (rid INTEGER PRIMARY KEY, own_needs INTEGER NOT NULL) STRICT;
CREATE TABLE union_part (
  source INTEGER NOT NULL, owner INTEGER NOT NULL, part INTEGER NOT NULL,
  PRIMARY KEY (source, owner, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX union_part_owner ON union_part (owner, part);
CREATE INDEX union_part_part ON union_part (part, owner);

-- Source bookkeeping, written by adapter/ingest in the transaction of the resources.
CREATE TABLE source_root (root INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE mapping (mapping INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE source_file (
  file INTEGER PRIMARY KEY,        -- names the file in logs and Issues
  root INTEGER NOT NULL,
  path TEXT NOT NULL,              -- holds the patient number: shown inside the hospital only
  size INTEGER NOT NULL,
  modified INTEGER NOT NULL,       -- ns since 1970; -1: read it again at the next pass
  digest BLOB,                     -- first 16 bytes of SHA-256 of the content; NULL: not read
  type TEXT NOT NULL,              -- data type of the name; '' where it has none
  match_key TEXT,                  -- NULL where the name has none
  at TEXT NOT NULL,                -- date and time of the name, to tell the newest of a match key
  flag INTEGER NOT NULL,           -- condition flag 0, 1, 2; 9: none
  status INTEGER NOT NULL,         -- 1 mapped, 2 superseded, 3 deleted, 4 ignored, 5 quarantined
  reason TEXT NOT NULL,            -- of 4 and 5; docs/operations.md
  mapping INTEGER NOT NULL,
  resources INTEGER NOT NULL,      -- stored or unchanged when it was mapped
  rejected INTEGER NOT NULL,
  generation INTEGER NOT NULL      -- scan that met it last
) STRICT;
CREATE UNIQUE INDEX source_file_path ON source_file (root, path);
CREATE INDEX source_file_key ON source_file (root, match_key);
CREATE TABLE produced (
  file INTEGER NOT NULL, rid INTEGER NOT NULL, PRIMARY KEY (file, rid)
) STRICT, WITHOUT ROWID;
CREATE INDEX produced_rid ON produced (rid, file);
CREATE TABLE quarantine (
  file INTEGER PRIMARY KEY, reason TEXT NOT NULL, segment TEXT NOT NULL, field TEXT NOT NULL,
  rule TEXT NOT NULL, remedy TEXT NOT NULL
) STRICT;
CREATE TABLE rejected (
  file INTEGER NOT NULL, line INTEGER NOT NULL, rule TEXT NOT NULL, type TEXT NOT NULL,
  reason TEXT NOT NULL, expression TEXT NOT NULL, source TEXT NOT NULL, diagnostics TEXT NOT NULL,
  PRIMARY KEY (file, line)
) STRICT, WITHOUT ROWID;
-- kind: unread (a valued field that nothing reads), unmapped (a code without a target), issue.
CREATE TABLE coverage (
  mapping INTEGER NOT NULL, kind TEXT NOT NULL, profile TEXT NOT NULL, name TEXT NOT NULL,
  detail TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (mapping, kind, profile, name, detail)
) STRICT, WITHOUT ROWID;
-- The ingest job: the last one, running or ended.
CREATE TABLE job (
  job INTEGER PRIMARY KEY,
  generation INTEGER NOT NULL,
  started INTEGER NOT NULL,        -- ms since 1970
  first_file INTEGER NOT NULL,     -- files from this number on were first met by this job
  state TEXT NOT NULL,             -- running, done, stopped-for-loss
  plan TEXT NOT NULL,              -- digest of roots, mappings and options: resumes only the same
  root INTEGER NOT NULL,           -- place of the checkpoint
  path TEXT NOT NULL,
  hidden TEXT NOT NULL,            -- places of roots that could not be listed whole: "0 2 "
  report TEXT NOT NULL             -- figures so far, JSON
) STRICT;

INSERT INTO system VALUES (0, '');
-- rule 5 is kNeverReleased.
CREATE TRIGGER type_sentinel AFTER INSERT ON type BEGIN
  INSERT INTO resource VALUES (NULL, NEW.type, '~', 0, 0, 0, 5, NULL, NULL, 0, 0, 0, NULL, 0, '');
END;
-- What a look-up of a version that cannot be in resource_version asks for instead.
INSERT INTO resource_version VALUES (9223372036854775807, 9223372036854775807, 0, 0, 5, NULL, NULL,
  0, 0, 0, NULL, 0, '');
