BEGIN TRANSACTION;
PRAGMA application_id = 1397050185;
PRAGMA user_version = 1;
CREATE TABLE coverage (
  mapping INTEGER NOT NULL, kind TEXT NOT NULL, profile TEXT NOT NULL, name TEXT NOT NULL,
  detail TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (mapping, kind, profile, name, detail)
) STRICT, WITHOUT ROWID;
INSERT INTO "coverage" VALUES(1,'issue','base.ssmix2.adt-00','profile.downgraded','Patient.identifier.value',5);
INSERT INTO "coverage" VALUES(1,'unread','base.ssmix2.oml-11','OBR-4','',4);
CREATE TABLE date (
  parameter INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, rid INTEGER NOT NULL,
  PRIMARY KEY (parameter, low, high, rid)
) STRICT, WITHOUT ROWID;
INSERT INTO "date" VALUES(86,1714519800000,1714519801000,6);
INSERT INTO "date" VALUES(86,1714519800000,1714519801000,10);
INSERT INTO "date" VALUES(86,1714519800000,1714519801000,13);
INSERT INTO "date" VALUES(86,1714519800000,1714519801000,16);
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
INSERT INTO "job" VALUES(1,2,1795050000000,9,'done','a428da789b1843f8c3a7827ea342d40bebd2e868ff437bd095edcc3b88af8fd3',0,'100/000/1000003/20240501/OML-11/1000003_20240501_OML-11_000000000000001_20240501090000000_01_1','','{"read":8,"mapped":1,"unchanged":7,"superseded":0,"deleted":0,"produced":12,"stored":1,"resourcesUnchanged":11,"tombstones":0,"issues":1,"ignored":{},"quarantined":{},"rejected":{},"milliseconds":0}');
CREATE TABLE link (
  target INTEGER NOT NULL, rid INTEGER NOT NULL,
  PRIMARY KEY (target, rid)
) STRICT, WITHOUT ROWID;
INSERT INTO "link" VALUES(4,6);
INSERT INTO "link" VALUES(9,10);
INSERT INTO "link" VALUES(12,13);
INSERT INTO "link" VALUES(15,16);
CREATE TABLE link_from (
  rid INTEGER NOT NULL, target INTEGER NOT NULL,
  PRIMARY KEY (rid, target)
) STRICT, WITHOUT ROWID;
INSERT INTO "link_from" VALUES(6,4);
INSERT INTO "link_from" VALUES(10,9);
INSERT INTO "link_from" VALUES(13,12);
INSERT INTO "link_from" VALUES(16,15);
CREATE TABLE mapping (mapping INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO "mapping" VALUES(1,'11d7a18f1d4026e8d253645c77e95ed2018f653ee08e94bc52a34f9fac5f713e');
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('data_as_of','2026-11-19T01:00:00.000Z');
CREATE TABLE patient_needs (
  patient INTEGER NOT NULL, needs INTEGER NOT NULL, live INTEGER NOT NULL,
  PRIMARY KEY (patient, needs)
) STRICT, WITHOUT ROWID;
INSERT INTO "patient_needs" VALUES(0,128,1);
INSERT INTO "patient_needs" VALUES(1,128,1);
INSERT INTO "patient_needs" VALUES(2,128,1);
INSERT INTO "patient_needs" VALUES(3,128,1);
CREATE TABLE produced (
  file INTEGER NOT NULL, rid INTEGER NOT NULL, PRIMARY KEY (file, rid)
) STRICT, WITHOUT ROWID;
INSERT INTO "produced" VALUES(1,2);
INSERT INTO "produced" VALUES(2,4);
INSERT INTO "produced" VALUES(2,6);
INSERT INTO "produced" VALUES(3,7);
INSERT INTO "produced" VALUES(4,9);
INSERT INTO "produced" VALUES(4,10);
INSERT INTO "produced" VALUES(5,11);
INSERT INTO "produced" VALUES(6,12);
INSERT INTO "produced" VALUES(6,13);
INSERT INTO "produced" VALUES(7,14);
INSERT INTO "produced" VALUES(8,15);
INSERT INTO "produced" VALUES(8,16);
CREATE TABLE quarantine (
  file INTEGER PRIMARY KEY, reason TEXT NOT NULL, segment TEXT NOT NULL, field TEXT NOT NULL,
  rule TEXT NOT NULL, remedy TEXT NOT NULL
) STRICT;
CREATE TABLE rejected (
  file INTEGER NOT NULL, line INTEGER NOT NULL, rule TEXT NOT NULL, type TEXT NOT NULL,
  reason TEXT NOT NULL, expression TEXT NOT NULL, source TEXT NOT NULL, diagnostics TEXT NOT NULL,
  PRIMARY KEY (file, line)
) STRICT, WITHOUT ROWID;
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
INSERT INTO "resource" VALUES(1,1,'~',0,0,0,5,NULL,NULL,0,0,0,NULL,0,'');
INSERT INTO "resource" VALUES(2,1,'7hf747gzyt4cjwjhnoce3i6yfj',2,1795050000000,0,1,0,NULL,0,128,0,NULL,1,'{"resourceType":"Patient","id":"7hf747gzyt4cjwjhnoce3i6yfj","meta":{"versionId":"2","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#hxk7tzrylvkrz6dihmcq57agrr","profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Patient"]},"identifier":[{"system":"urn:oid:1.2.392.100495.20.3.51.11318814790","value":"1000000"}],"name":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"ABC"}],"use":"official","text":"TEST PERSON","family":"TEST","given":["PERSON"]}],"gender":"female","birthDate":"1965-03-02","address":[{"use":"home","text":"KYOTO","postalCode":"1000001","country":"JP"}]}');
INSERT INTO "resource" VALUES(3,2,'~',0,0,0,5,NULL,NULL,0,0,0,NULL,0,'');
INSERT INTO "resource" VALUES(4,2,'4e73gwqktdmpiry7weog4ftdf4',1,1795050000000,0,2,0,NULL,0,128,0,19844,1,'{"resourceType":"Specimen","id":"4e73gwqktdmpiry7weog4ftdf4","meta":{"versionId":"1","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#x7suh4mfpvux2aca7srqqdjrns","profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Specimen"]},"identifier":[{"system":"http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier","value":"1318814790-4e73gwqktdmpiry7weog4ftdf4"}],"type":{"coding":[{"system":"http://jpfhir.jp/fhir/core/CodeSystem/JP_ObservationSampleMaterialCode_CS","code":"023","display":"SERUM"}],"text":"SERUM"},"subject":{"reference":"Patient/7hf747gzyt4cjwjhnoce3i6yfj"},"receivedTime":"2024-05-01T08:45:00+09:00","collection":{"collectedDateTime":"2024-05-01T08:30:00+09:00"}}');
INSERT INTO "resource" VALUES(5,3,'~',0,0,0,5,NULL,NULL,0,0,0,NULL,0,'');
INSERT INTO "resource" VALUES(6,3,'6ssj5rqxrab6ex5hrpvs24e2hg',1,1795050000000,0,0,0,NULL,128,0,0,19844,1,'{"resourceType":"Observation","id":"6ssj5rqxrab6ex5hrpvs24e2hg","meta":{"versionId":"1","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#x7suh4mfpvux2aca7srqqdjrns","profile":["http://jpfhir.jp/fhir/eCS/StructureDefinition/JP_Observation_LabResult_eCS"]},"extension":[{"url":"http://jpfhir.jp/fhir/clins/Extension/StructureDefinition/JP_eCS_InstitutionNumber","valueIdentifier":{"system":"http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no","value":"1318814790"}}],"identifier":[{"system":"http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier","value":"1318814790-6ssj5rqxrab6ex5hrpvs24e2hg"}],"status":"final","category":[{"coding":[{"system":"http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS","code":"laboratory"}]}],"code":{"coding":[{"system":"http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_LocalCode_CS","code":"1A990000000190153","display":"ITEM"},{"system":"http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS","code":"1A990000000190153","display":"U-TP"}],"text":"ITEM"},"subject":{"reference":"Patient/7hf747gzyt4cjwjhnoce3i6yfj"},"effectiveDateTime":"2024-05-01T08:30:00+09:00","valueQuantity":{"value":1.5,"unit":"mg/dl","system":"http://unitsofmeasure.org","code":"mg/dL"},"specimen":{"reference":"Specimen/4e73gwqktdmpiry7weog4ftdf4"}}');
INSERT INTO "resource" VALUES(7,1,'k426e52k7rztejpixfc4l2etde',1,1795050000000,0,1,1,NULL,0,128,0,NULL,1,'{"resourceType":"Patient","id":"k426e52k7rztejpixfc4l2etde","meta":{"versionId":"1","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#4mocnqkm4wkrbwru4sewnraupx","profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Patient"]},"identifier":[{"system":"urn:oid:1.2.392.100495.20.3.51.11318814790","value":"1000001"}],"name":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"ABC"}],"use":"official","text":"TEST PERSON","family":"TEST","given":["PERSON"]}],"gender":"female","birthDate":"1965-03-02","address":[{"use":"home","text":"TOKYO","postalCode":"1000001","country":"JP"}]}');
INSERT INTO "resource" VALUES(8,4,'~',0,0,0,5,NULL,NULL,0,0,0,NULL,0,'');
INSERT INTO "resource" VALUES(9,2,'t6gciz4jihxr5vp4lhkyyj2fjs',1,1795050000000,0,2,1,NULL,0,128,0,19844,1,'{"resourceType":"Specimen","id":"t6gciz4jihxr5vp4lhkyyj2fjs","meta":{"versionId":"1","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#jkxa76a2sodkokymup66ke454r","profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Specimen"]},"identifier":[{"system":"http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier","value":"1318814790-t6gciz4jihxr5vp4lhkyyj2fjs"}],"type":{"coding":[{"system":"http://jpfhir.jp/fhir/core/CodeSystem/JP_ObservationSampleMaterialCode_CS","code":"023","display":"SERUM"}],"text":"SERUM"},"subject":{"reference":"Patient/k426e52k7rztejpixfc4l2etde"},"receivedTime":"2024-05-01T08:45:00+09:00","collection":{"collectedDateTime":"2024-05-01T08:30:00+09:00"}}');
INSERT INTO "resource" VALUES(10,3,'lmypc5irr6wlbva3okpfo6yciz',1,1795050000000,0,0,1,NULL,128,0,0,19844,1,'{"resourceType":"Observation","id":"lmypc5irr6wlbva3okpfo6yciz","meta":{"versionId":"1","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#jkxa76a2sodkokymup66ke454r","profile":["http://jpfhir.jp/fhir/eCS/StructureDefinition/JP_Observation_LabResult_eCS"]},"extension":[{"url":"http://jpfhir.jp/fhir/clins/Extension/StructureDefinition/JP_eCS_InstitutionNumber","valueIdentifier":{"system":"http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no","value":"1318814790"}}],"identifier":[{"system":"http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier","value":"1318814790-lmypc5irr6wlbva3okpfo6yciz"}],"status":"final","category":[{"coding":[{"system":"http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS","code":"laboratory"}]}],"code":{"coding":[{"system":"http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_LocalCode_CS","code":"1A990000000190153","display":"ITEM"},{"system":"http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS","code":"1A990000000190153","display":"U-TP"}],"text":"ITEM"},"subject":{"reference":"Patient/k426e52k7rztejpixfc4l2etde"},"effectiveDateTime":"2024-05-01T08:30:00+09:00","valueQuantity":{"value":1.5,"unit":"mg/dl","system":"http://unitsofmeasure.org","code":"mg/dL"},"specimen":{"reference":"Specimen/t6gciz4jihxr5vp4lhkyyj2fjs"}}');
INSERT INTO "resource" VALUES(11,1,'jq2yhg4a4j2n6fesndzie27lrl',1,1795050000000,0,1,2,NULL,0,128,0,NULL,1,'{"resourceType":"Patient","id":"jq2yhg4a4j2n6fesndzie27lrl","meta":{"versionId":"1","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#a7juy74qs3dytlc67ntxuejrv5","profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Patient"]},"identifier":[{"system":"urn:oid:1.2.392.100495.20.3.51.11318814790","value":"1000002"}],"name":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"ABC"}],"use":"official","text":"TEST PERSON","family":"TEST","given":["PERSON"]}],"gender":"female","birthDate":"1965-03-02","address":[{"use":"home","text":"TOKYO","postalCode":"1000001","country":"JP"}]}');
INSERT INTO "resource" VALUES(12,2,'3p5tk7lnkdmg424fiwdebbirkq',1,1795050000000,0,2,2,NULL,0,128,0,19844,1,'{"resourceType":"Specimen","id":"3p5tk7lnkdmg424fiwdebbirkq","meta":{"versionId":"1","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#ac4j4zi7po6hwexjz6kg3v77rb","profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Specimen"]},"identifier":[{"system":"http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier","value":"1318814790-3p5tk7lnkdmg424fiwdebbirkq"}],"type":{"coding":[{"system":"http://jpfhir.jp/fhir/core/CodeSystem/JP_ObservationSampleMaterialCode_CS","code":"023","display":"SERUM"}],"text":"SERUM"},"subject":{"reference":"Patient/jq2yhg4a4j2n6fesndzie27lrl"},"receivedTime":"2024-05-01T08:45:00+09:00","collection":{"collectedDateTime":"2024-05-01T08:30:00+09:00"}}');
INSERT INTO "resource" VALUES(13,3,'oebc2ca4bxd7vkunf5mgo546pz',1,1795050000000,0,0,2,NULL,128,0,0,19844,1,'{"resourceType":"Observation","id":"oebc2ca4bxd7vkunf5mgo546pz","meta":{"versionId":"1","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#ac4j4zi7po6hwexjz6kg3v77rb","profile":["http://jpfhir.jp/fhir/eCS/StructureDefinition/JP_Observation_LabResult_eCS"]},"extension":[{"url":"http://jpfhir.jp/fhir/clins/Extension/StructureDefinition/JP_eCS_InstitutionNumber","valueIdentifier":{"system":"http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no","value":"1318814790"}}],"identifier":[{"system":"http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier","value":"1318814790-oebc2ca4bxd7vkunf5mgo546pz"}],"status":"final","category":[{"coding":[{"system":"http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS","code":"laboratory"}]}],"code":{"coding":[{"system":"http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_LocalCode_CS","code":"1A990000000190153","display":"ITEM"},{"system":"http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS","code":"1A990000000190153","display":"U-TP"}],"text":"ITEM"},"subject":{"reference":"Patient/jq2yhg4a4j2n6fesndzie27lrl"},"effectiveDateTime":"2024-05-01T08:30:00+09:00","valueQuantity":{"value":1.5,"unit":"mg/dl","system":"http://unitsofmeasure.org","code":"mg/dL"},"specimen":{"reference":"Specimen/3p5tk7lnkdmg424fiwdebbirkq"}}');
INSERT INTO "resource" VALUES(14,1,'inaj2z3pgrweoqar4b2yw6tft5',1,1795050000000,0,1,3,NULL,0,128,0,NULL,1,'{"resourceType":"Patient","id":"inaj2z3pgrweoqar4b2yw6tft5","meta":{"versionId":"1","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#tqitunfimyfl3wux3i2msba2xs","profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Patient"]},"identifier":[{"system":"urn:oid:1.2.392.100495.20.3.51.11318814790","value":"1000003"}],"name":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"ABC"}],"use":"official","text":"TEST PERSON","family":"TEST","given":["PERSON"]}],"gender":"female","birthDate":"1965-03-02","address":[{"use":"home","text":"TOKYO","postalCode":"1000001","country":"JP"}]}');
INSERT INTO "resource" VALUES(15,2,'uucy5pf25o7q2dlarsbrlora7n',1,1795050000000,0,2,3,NULL,0,128,0,19844,1,'{"resourceType":"Specimen","id":"uucy5pf25o7q2dlarsbrlora7n","meta":{"versionId":"1","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#iwx3vaxlzoyp2sqlzvcb5xbfs7","profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Specimen"]},"identifier":[{"system":"http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier","value":"1318814790-uucy5pf25o7q2dlarsbrlora7n"}],"type":{"coding":[{"system":"http://jpfhir.jp/fhir/core/CodeSystem/JP_ObservationSampleMaterialCode_CS","code":"023","display":"SERUM"}],"text":"SERUM"},"subject":{"reference":"Patient/inaj2z3pgrweoqar4b2yw6tft5"},"receivedTime":"2024-05-01T08:45:00+09:00","collection":{"collectedDateTime":"2024-05-01T08:30:00+09:00"}}');
INSERT INTO "resource" VALUES(16,3,'chydpbygyxexhhepmyoiq6uwib',1,1795050000000,0,0,3,NULL,128,0,0,19844,1,'{"resourceType":"Observation","id":"chydpbygyxexhhepmyoiq6uwib","meta":{"versionId":"1","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#iwx3vaxlzoyp2sqlzvcb5xbfs7","profile":["http://jpfhir.jp/fhir/eCS/StructureDefinition/JP_Observation_LabResult_eCS"]},"extension":[{"url":"http://jpfhir.jp/fhir/clins/Extension/StructureDefinition/JP_eCS_InstitutionNumber","valueIdentifier":{"system":"http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no","value":"1318814790"}}],"identifier":[{"system":"http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier","value":"1318814790-chydpbygyxexhhepmyoiq6uwib"}],"status":"final","category":[{"coding":[{"system":"http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS","code":"laboratory"}]}],"code":{"coding":[{"system":"http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_LocalCode_CS","code":"1A990000000190153","display":"ITEM"},{"system":"http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS","code":"1A990000000190153","display":"U-TP"}],"text":"ITEM"},"subject":{"reference":"Patient/inaj2z3pgrweoqar4b2yw6tft5"},"effectiveDateTime":"2024-05-01T08:30:00+09:00","valueQuantity":{"value":1.5,"unit":"mg/dl","system":"http://unitsofmeasure.org","code":"mg/dL"},"specimen":{"reference":"Specimen/uucy5pf25o7q2dlarsbrlora7n"}}');
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
INSERT INTO "resource_version" VALUES(2,1,1795050000000,0,1,0,NULL,0,128,0,NULL,0,'{"resourceType":"Patient","id":"7hf747gzyt4cjwjhnoce3i6yfj","meta":{"versionId":"1","lastUpdated":"2026-11-19T01:00:00.000Z","source":"urn:sekisho:feed:ssmix2-main#hxk7tzrylvkrz6dihmcq57agrr","profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Patient"]},"identifier":[{"system":"urn:oid:1.2.392.100495.20.3.51.11318814790","value":"1000000"}],"name":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"ABC"}],"use":"official","text":"TEST PERSON","family":"TEST","given":["PERSON"]}],"gender":"female","birthDate":"1965-03-02","address":[{"use":"home","text":"TOKYO","postalCode":"1000001","country":"JP"}]}');
INSERT INTO "resource_version" VALUES(9223372036854775807,9223372036854775807,0,0,5,NULL,NULL,0,0,0,NULL,0,'');
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
INSERT INTO "source_file" VALUES(1,1,'100/000/1000000/-/ADT-00/1000000_-_ADT-00_999999999999999_20240401090000000_01_1',215,1795186491538917299,X'030165385B5D9D737C61917645BFABF2','ADT-00','1000000_-_ADT-00_999999999999999','20240401090000000',1,1,'',1,1,0,2);
INSERT INTO "source_file" VALUES(2,1,'100/000/1000000/20240501/OML-11/1000000_20240501_OML-11_000000000000001_20240501090000000_01_1',422,1795186490939145203,X'E1CAFD1846F614E2E3D8B29A0BB4C030','OML-11','1000000_20240501_OML-11_000000000000001','20240501090000000',1,1,'',1,2,0,2);
INSERT INTO "source_file" VALUES(3,1,'100/000/1000001/-/ADT-00/1000001_-_ADT-00_999999999999999_20240401090000000_01_1',215,1795186490939145203,X'D91A74B4541F147969F6DBACA8C6CF53','ADT-00','1000001_-_ADT-00_999999999999999','20240401090000000',1,1,'',1,1,0,2);
INSERT INTO "source_file" VALUES(4,1,'100/000/1000001/20240501/OML-11/1000001_20240501_OML-11_000000000000001_20240501090000000_01_1',422,1795186490939706831,X'E58ED87B412A47BAB04D5CB1427199F0','OML-11','1000001_20240501_OML-11_000000000000001','20240501090000000',1,1,'',1,2,0,2);
INSERT INTO "source_file" VALUES(5,1,'100/000/1000002/-/ADT-00/1000002_-_ADT-00_999999999999999_20240401090000000_01_1',215,1795186490939706831,X'31C2754194DC5A256F7922A64869CDE7','ADT-00','1000002_-_ADT-00_999999999999999','20240401090000000',1,1,'',1,1,0,2);
INSERT INTO "source_file" VALUES(6,1,'100/000/1000002/20240501/OML-11/1000002_20240501_OML-11_000000000000001_20240501090000000_01_1',422,1795186490940113444,X'2A5A9D0DFC02AED34FB7508A19AED6F1','OML-11','1000002_20240501_OML-11_000000000000001','20240501090000000',1,1,'',1,2,0,2);
INSERT INTO "source_file" VALUES(7,1,'100/000/1000003/-/ADT-00/1000003_-_ADT-00_999999999999999_20240401090000000_01_1',215,1795186490940113444,X'DF502997A9E6229BBD7428F8E54DD30B','ADT-00','1000003_-_ADT-00_999999999999999','20240401090000000',1,1,'',1,1,0,2);
INSERT INTO "source_file" VALUES(8,1,'100/000/1000003/20240501/OML-11/1000003_20240501_OML-11_000000000000001_20240501090000000_01_1',422,1795186490940540452,X'D67A9576F7D86C3F5AB594770D4D41E6','OML-11','1000003_20240501_OML-11_000000000000001','20240501090000000',1,1,'',1,2,0,2);
CREATE TABLE source_root (root INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO "source_root" VALUES(1,'main');
CREATE TABLE system (system INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO "system" VALUES(0,'');
INSERT INTO "system" VALUES(1,'urn:oid:1.2.392.100495.20.3.51.11318814790');
INSERT INTO "system" VALUES(2,'http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier');
INSERT INTO "system" VALUES(3,'http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS');
INSERT INTO "system" VALUES(4,'http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_LocalCode_CS');
INSERT INTO "system" VALUES(5,'http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS');
INSERT INTO "system" VALUES(6,'http://hl7.org/fhir/observation-status');
CREATE TABLE token (
  parameter INTEGER NOT NULL, code TEXT NOT NULL, system INTEGER NOT NULL, rid INTEGER NOT NULL,
  PRIMARY KEY (parameter, code, system, rid)
) STRICT, WITHOUT ROWID;
INSERT INTO "token" VALUES(21,'1000000',1,2);
INSERT INTO "token" VALUES(21,'1000001',1,7);
INSERT INTO "token" VALUES(21,'1000002',1,11);
INSERT INTO "token" VALUES(21,'1000003',1,14);
INSERT INTO "token" VALUES(81,'1318814790-6ssj5rqxrab6ex5hrpvs24e2hg',2,6);
INSERT INTO "token" VALUES(81,'1318814790-chydpbygyxexhhepmyoiq6uwib',2,16);
INSERT INTO "token" VALUES(81,'1318814790-lmypc5irr6wlbva3okpfo6yciz',2,10);
INSERT INTO "token" VALUES(81,'1318814790-oebc2ca4bxd7vkunf5mgo546pz',2,13);
INSERT INTO "token" VALUES(84,'1A990000000190153',3,6);
INSERT INTO "token" VALUES(84,'1A990000000190153',3,10);
INSERT INTO "token" VALUES(84,'1A990000000190153',3,13);
INSERT INTO "token" VALUES(84,'1A990000000190153',3,16);
INSERT INTO "token" VALUES(84,'1A990000000190153',4,6);
INSERT INTO "token" VALUES(84,'1A990000000190153',4,10);
INSERT INTO "token" VALUES(84,'1A990000000190153',4,13);
INSERT INTO "token" VALUES(84,'1A990000000190153',4,16);
INSERT INTO "token" VALUES(85,'laboratory',5,6);
INSERT INTO "token" VALUES(85,'laboratory',5,10);
INSERT INTO "token" VALUES(85,'laboratory',5,13);
INSERT INTO "token" VALUES(85,'laboratory',5,16);
INSERT INTO "token" VALUES(87,'final',6,6);
INSERT INTO "token" VALUES(87,'final',6,10);
INSERT INTO "token" VALUES(87,'final',6,13);
INSERT INTO "token" VALUES(87,'final',6,16);
INSERT INTO "token" VALUES(101,'1318814790-3p5tk7lnkdmg424fiwdebbirkq',2,12);
INSERT INTO "token" VALUES(101,'1318814790-4e73gwqktdmpiry7weog4ftdf4',2,4);
INSERT INTO "token" VALUES(101,'1318814790-t6gciz4jihxr5vp4lhkyyj2fjs',2,9);
INSERT INTO "token" VALUES(101,'1318814790-uucy5pf25o7q2dlarsbrlora7n',2,15);
CREATE TABLE type (type INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO "type" VALUES(1,'Patient');
INSERT INTO "type" VALUES(2,'Specimen');
INSERT INTO "type" VALUES(3,'Observation');
INSERT INTO "type" VALUES(4,'Coverage');
CREATE TABLE union_owner (rid INTEGER PRIMARY KEY, own_needs INTEGER NOT NULL) STRICT;
CREATE TABLE union_part (
  source INTEGER NOT NULL, owner INTEGER NOT NULL, part INTEGER NOT NULL,
  PRIMARY KEY (source, owner, part)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX resource_id ON resource (type, id);
CREATE INDEX resource_patient ON resource (patient, type);
CREATE INDEX resource_updated ON resource (type, last_updated);
CREATE INDEX union_part_owner ON union_part (owner, part);
CREATE INDEX union_part_part ON union_part (part, owner);
CREATE UNIQUE INDEX source_file_path ON source_file (root, path);
CREATE INDEX source_file_key ON source_file (root, match_key);
CREATE INDEX produced_rid ON produced (rid, file);
CREATE TRIGGER type_sentinel AFTER INSERT ON type BEGIN
  INSERT INTO resource VALUES (NULL, NEW.type, '~', 0, 0, 0, 5, NULL, NULL, 0, 0, 0, NULL, 0, '');
END;
COMMIT;
