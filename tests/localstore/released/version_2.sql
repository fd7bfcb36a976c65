BEGIN TRANSACTION;
CREATE TABLE "doc" (
  kind TEXT NOT NULL CHECK (kind IN ('segment', 'campaign', 'sequence')),
  id TEXT NOT NULL,
  base_json TEXT, base_rev TEXT,
  mine_json TEXT, mine_seq INTEGER NOT NULL DEFAULT 0, synced_seq INTEGER NOT NULL DEFAULT 0,
  flight_body TEXT, flight_op TEXT, flight_seq INTEGER, flight_verb TEXT
    CHECK (flight_verb IN ('create', 'save', 'delete')),
  theirs_json TEXT, theirs_rev TEXT,
  facts_json TEXT NOT NULL DEFAULT '{}',
  hold TEXT CHECK (
    hold IN ('conflict', 'rejected', 'forbidden', 'gone', 'needs_parent', 'locked', 'rewound')),
  hold_detail TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0, next_attempt_at REAL NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  recency INTEGER NOT NULL DEFAULT 0,
  waiting_since REAL NOT NULL DEFAULT 0,
  content_schema INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (kind, id),
  CHECK ((base_json IS NULL) = (base_rev IS NULL)),
  CHECK ((flight_op IS NULL) = (flight_body IS NULL)),
  CHECK ((flight_op IS NULL) = (flight_seq IS NULL)),
  CHECK ((flight_op IS NULL) = (flight_verb IS NULL)),
  CHECK (flight_seq IS NULL OR flight_seq <= mine_seq),
  CHECK (flight_op IS NULL OR hold IS NULL),
  CHECK ((theirs_json IS NULL) = (theirs_rev IS NULL)),
  CHECK (synced_seq <= mine_seq),
  CHECK (mine_json IS NOT NULL OR mine_seq <> synced_seq),
  CHECK (hold IS NOT 'conflict' OR theirs_rev IS NOT NULL)
);
INSERT INTO "doc" VALUES('campaign','018f0000-0000-7000-8000-000000000006','{"contentJson":{"blocks":[{"id":"text0","text":"deleted here","type":"text"}],"subject":"Hello","version":1},"name":"Spring offer","segmentId":null,"sendAt":null}','r1',NULL,1,0,NULL,NULL,NULL,NULL,NULL,NULL,'{}',NULL,'',0,0.0,'',1,1770000000.0,1);
INSERT INTO "doc" VALUES('campaign','018f0000-0000-7000-8000-000000000004','{"contentJson":{"blocks":[{"id":"text0","text":"base","type":"text"}],"subject":"Hello","version":1},"name":"Spring offer","segmentId":null,"sendAt":null}','r1','{"contentJson":{"blocks":[{"id":"text0","text":"mine","type":"text"}],"subject":"Hello","version":1},"name":"Spring offer","segmentId":null,"sendAt":null}',2,0,NULL,NULL,NULL,NULL,'{"contentJson":{"blocks":[{"id":"text0","text":"theirs","type":"text"}],"subject":"Hello","version":1},"name":"Spring offer","segmentId":null,"sendAt":null}','r2','{}','conflict','Someone changed this in the meantime.',0,0.0,'',2,1770000001.0,1);
INSERT INTO "doc" VALUES('campaign','018f0000-0000-7000-8000-000000000005',NULL,NULL,'{"contentJson":{"blocks":[{"id":"text0","text":"refused","type":"text"}],"subject":"Hello","version":1},"name":"Spring offer","segmentId":null,"sendAt":null}',1,0,NULL,NULL,NULL,NULL,NULL,NULL,'{}','rejected','name: too long',0,0.0,'',3,1770000002.0,1);
INSERT INTO "doc" VALUES('campaign','018f0000-0000-7000-8000-000000000001','{"contentJson":{"blocks":[{"id":"text0","text":"clean","type":"text"}],"subject":"Hello","version":1},"name":"Spring offer","segmentId":null,"sendAt":null}','2026-03-01T10:00:00.000001Z','{"contentJson":{"blocks":[{"id":"text0","text":"clean","type":"text"}],"subject":"Hello","version":1},"name":"Spring offer","segmentId":null,"sendAt":null}',0,0,NULL,NULL,NULL,NULL,NULL,NULL,'{}',NULL,'',0,0.0,'',4,1770000003.0,1);
INSERT INTO "doc" VALUES('campaign','018f0000-0000-7000-8000-000000000003',NULL,NULL,'{"contentJson":{"blocks":[{"id":"text0","text":"typed on","type":"text"}],"subject":"Hello","version":1},"name":"Spring offer","segmentId":null,"sendAt":null}',5,0,'{"id":"018f0000-0000-7000-8000-000000000003","contentJson":{"blocks":[{"id":"text0","text":"on the way","type":"text"}],"subject":"Hello","version":1},"name":"Spring offer","segmentId":null,"sendAt":null}','018f0000-0000-7000-8000-000000000009',4,'create',NULL,NULL,'{}',NULL,'',2,1770000060.0,'',5,1770000004.0,1);
INSERT INTO "doc" VALUES('campaign','018f0000-0000-7000-8000-000000000002',NULL,NULL,'{"contentJson":{"blocks":[{"id":"text0","text":"never pushed","type":"text"}],"subject":"Hello","version":1},"name":"Spring offer","segmentId":null,"sendAt":null}',3,0,NULL,NULL,NULL,NULL,NULL,NULL,'{}',NULL,'',0,0.0,'',6,1770000005.0,1);
CREATE TABLE history (
  n INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL,
  at REAL NOT NULL, why TEXT NOT NULL, body TEXT NOT NULL
, seq INTEGER NOT NULL DEFAULT 0, base_json TEXT, base_rev TEXT, day INTEGER NOT NULL DEFAULT 0);
INSERT INTO "history" VALUES(1,'campaign','018f0000-0000-7000-8000-000000000006',1770000000.0,'deleted here','{"contentJson":{"blocks":[{"id":"text0","text":"deleted here","type":"text"}],"subject":"Hello","version":1},"name":"Spring offer","segmentId":null,"sendAt":null}',0,NULL,NULL,1);
CREATE TABLE member_op (
  segment_id TEXT NOT NULL, contact_id TEXT NOT NULL, sign INTEGER NOT NULL CHECK (sign IN (-1, 1)),
  n INTEGER NOT NULL UNIQUE, refused TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (segment_id, contact_id)
) WITHOUT ROWID;
CREATE TABLE meta (k TEXT PRIMARY KEY, v TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "meta" VALUES('cursor','1.feed');
CREATE INDEX history_doc ON history (kind, id, n);
CREATE INDEX doc_recency ON doc (kind, recency DESC);
CREATE INDEX history_day ON history (day);
PRAGMA user_version = 2;
COMMIT;
