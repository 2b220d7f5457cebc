-- Format 2: resources that several messages make up ("updates": "merge" of a mapping profile). A row
-- is what one message of a file says of a resource; the resource is made of all of them, in their
-- order, whenever one comes or goes (docs/formats/store.md, "Parts").
CREATE TABLE message_part (
  rid INTEGER NOT NULL,
  file INTEGER NOT NULL,
  line INTEGER NOT NULL,           -- which part of the file
  sort TEXT NOT NULL,              -- when the message was written, UTC, and its source
  waiting INTEGER NOT NULL,        -- 0: counted as a resource; else as rejected, in this generation; -1: in none
  what TEXT NOT NULL,              -- JSON
  PRIMARY KEY (rid, file, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_part_file ON message_part (file, rid);

-- Which files are visits, without a look at all others: campaigns read them (visits.h).
CREATE INDEX source_file_visit ON source_file (flag) WHERE type IN ('ADT-12', 'ADT-22');
