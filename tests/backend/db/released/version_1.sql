-- A database of schema version 1 with a row in every table for each of two organisations.
PRAGMA user_version=1;
BEGIN TRANSACTION;
CREATE TABLE audit (
  org_id BIGINT NOT NULL,
  id VARCHAR NOT NULL,
  at DATETIME NOT NULL,
  user_id BIGINT,
  action VARCHAR NOT NULL,
  target VARCHAR NOT NULL,
  client VARCHAR NOT NULL,
  before_hash VARCHAR,
  after_hash VARCHAR,
  CONSTRAINT pk_audit PRIMARY KEY (org_id, id),
  CONSTRAINT fk_audit_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "audit" VALUES(1,'x','2026-03-02 09:00:00.000000',1,'x','x','x','x','x');
INSERT INTO "audit" VALUES(2,'x','2026-03-02 09:00:00.000000',2,'x','x','x','x','x');
CREATE TABLE campaign (
  org_id BIGINT NOT NULL,
  id VARCHAR(36) NOT NULL,
  content_json JSON NOT NULL,
  status VARCHAR NOT NULL,
  send_at DATETIME,
  segment_id VARCHAR(36),
  account_id BIGINT,
  audience_hash VARCHAR,
  paused_reason VARCHAR,
  revision INTEGER NOT NULL,
  started_at DATETIME,
  finished_at DATETIME,
  name VARCHAR NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  CONSTRAINT pk_campaign PRIMARY KEY (org_id, id),
  CONSTRAINT fk_campaign_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "campaign" VALUES(1,'x','{"subject": "of 1"}','x','2026-03-02 09:00:00.000000','x',1,'x','x',1,'2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','x','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000');
INSERT INTO "campaign" VALUES(2,'x','{"subject": "of 2"}','x','2026-03-02 09:00:00.000000','x',1,'x','x',1,'2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','x','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000');
CREATE TABLE campaign_revision (
  org_id BIGINT NOT NULL,
  campaign_id VARCHAR(36) NOT NULL,
  revision INTEGER NOT NULL,
  content_json JSON NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_campaign_revision PRIMARY KEY (org_id, campaign_id, revision),
  CONSTRAINT fk_campaign_revision_org_id_campaign_id_campaign FOREIGN KEY(org_id, campaign_id) REFERENCES campaign (org_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_campaign_revision_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "campaign_revision" VALUES(1,'x',1,'{"subject": "of 1"}','2026-03-02 09:00:00.000000');
INSERT INTO "campaign_revision" VALUES(2,'x',1,'{"subject": "of 2"}','2026-03-02 09:00:00.000000');
CREATE TABLE contact (
  org_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  email VARCHAR NOT NULL,
  name VARCHAR,
  name_folded VARCHAR,
  status VARCHAR NOT NULL,
  time_zone VARCHAR,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  rev BIGINT NOT NULL,
  last_sent_at DATETIME,
  t1 VARCHAR,
  t2 VARCHAR,
  t3 VARCHAR,
  t4 VARCHAR,
  t5 VARCHAR,
  t6 VARCHAR,
  t7 VARCHAR,
  t8 VARCHAR,
  t9 VARCHAR,
  t10 VARCHAR,
  t11 VARCHAR,
  t12 VARCHAR,
  t13 VARCHAR,
  t14 VARCHAR,
  t15 VARCHAR,
  t16 VARCHAR,
  n1 DOUBLE,
  n2 DOUBLE,
  n3 DOUBLE,
  n4 DOUBLE,
  n5 DOUBLE,
  n6 DOUBLE,
  n7 DOUBLE,
  n8 DOUBLE,
  n9 DOUBLE,
  n10 DOUBLE,
  n11 DOUBLE,
  n12 DOUBLE,
  n13 DOUBLE,
  n14 DOUBLE,
  n15 DOUBLE,
  n16 DOUBLE,
  CONSTRAINT pk_contact PRIMARY KEY (org_id, id),
  CONSTRAINT uq_contact_org_id_email UNIQUE (org_id, email),
  CONSTRAINT fk_contact_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
)
 WITHOUT ROWID

;
INSERT INTO "contact" VALUES(1,1,'x','x','x','x','x','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000',1,'2026-03-02 09:00:00.000000','x','x','x','x','x','x','x','x','x','x','x','x','x','x','x','x',0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5);
INSERT INTO "contact" VALUES(2,1,'x','x','x','x','x','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000',1,'2026-03-02 09:00:00.000000','x','x','x','x','x','x','x','x','x','x','x','x','x','x','x','x',0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5);
CREATE TABLE contact_attrs (
  org_id BIGINT NOT NULL,
  contact_id BIGINT NOT NULL,
  attrs JSON NOT NULL,
  CONSTRAINT pk_contact_attrs PRIMARY KEY (org_id, contact_id),
  CONSTRAINT fk_contact_attrs_org_id_contact_id_contact FOREIGN KEY(org_id, contact_id) REFERENCES contact (org_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_contact_attrs_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "contact_attrs" VALUES(1,1,'{"subject": "of 1"}');
INSERT INTO "contact_attrs" VALUES(2,1,'{"subject": "of 2"}');
CREATE TABLE delivery (
  org_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  source_id VARCHAR(36) NOT NULL,
  step_id VARCHAR NOT NULL,
  run_no INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  contact_id BIGINT NOT NULL,
  address VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  attempts INTEGER NOT NULL,
  due_at BIGINT,
  session_id VARCHAR,
  updated_at BIGINT NOT NULL,
  CONSTRAINT pk_delivery PRIMARY KEY (org_id, id),
  CONSTRAINT uq_delivery_org_id_source_id_step_id_run_no_contact_id UNIQUE (org_id, source_id, step_id, run_no, contact_id),
  CONSTRAINT fk_delivery_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
)
 WITHOUT ROWID

;
INSERT INTO "delivery" VALUES(1,1,'x','x',1,1,1,'x','x','x',1,1772442000000000,'x',1772442000000000);
INSERT INTO "delivery" VALUES(2,1,'x','x',1,1,1,'x','x','x',1,1772442000000000,'x',1772442000000000);
CREATE TABLE enrolment (
  org_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  sequence_id VARCHAR(36) NOT NULL,
  contact_id BIGINT NOT NULL,
  run_no INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  step_id VARCHAR,
  state VARCHAR NOT NULL,
  exit_reason VARCHAR NOT NULL,
  entered_at BIGINT NOT NULL,
  entered_step_at BIGINT NOT NULL,
  next_run_at BIGINT,
  CONSTRAINT pk_enrolment PRIMARY KEY (org_id, id),
  CONSTRAINT uq_enrolment_org_id_sequence_id_contact_id_run_no UNIQUE (org_id, sequence_id, contact_id, run_no),
  CONSTRAINT fk_enrolment_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
)
 WITHOUT ROWID

;
INSERT INTO "enrolment" VALUES(1,1,'x',1,1,1,'x','x','x',1772442000000000,1772442000000000,1772442000000000);
INSERT INTO "enrolment" VALUES(2,1,'x',1,1,1,'x','x','x',1772442000000000,1772442000000000,1772442000000000);
CREATE TABLE feed_entry (
  org_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  kind VARCHAR NOT NULL,
  doc_id VARCHAR NOT NULL,
  updated_at VARCHAR,
  deleted BOOLEAN NOT NULL,
  nonce VARCHAR NOT NULL,
  at DATETIME NOT NULL,
  CONSTRAINT pk_feed_entry PRIMARY KEY (org_id, seq),
  CONSTRAINT fk_feed_entry_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
)
 WITHOUT ROWID

;
INSERT INTO "feed_entry" VALUES(1,1,'x','x','x',0,'x','2026-03-02 09:00:00.000000');
INSERT INTO "feed_entry" VALUES(2,1,'x','x','x',0,'x','2026-03-02 09:00:00.000000');
CREATE TABLE field (
  org_id BIGINT NOT NULL,
  "key" VARCHAR NOT NULL,
  type VARCHAR NOT NULL,
  slot VARCHAR NOT NULL,
  label VARCHAR NOT NULL,
  choices JSON NOT NULL,
  CONSTRAINT pk_field PRIMARY KEY (org_id, "key"),
  CONSTRAINT uq_field_org_id_slot UNIQUE (org_id, slot),
  CONSTRAINT fk_field_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "field" VALUES(1,'x','x','x','x','{"subject": "of 1"}');
INSERT INTO "field" VALUES(2,'x','x','x','x','{"subject": "of 2"}');
CREATE TABLE idempotency (
  org_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  "key" VARCHAR NOT NULL,
  request_hash VARCHAR NOT NULL,
  answer VARCHAR,
  feed VARCHAR,
  at DATETIME NOT NULL,
  CONSTRAINT pk_idempotency PRIMARY KEY (org_id, user_id, "key"),
  CONSTRAINT fk_idempotency_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "idempotency" VALUES(1,1,'x','x','x','x','2026-03-02 09:00:00.000000');
INSERT INTO "idempotency" VALUES(2,2,'x','x','x','x','2026-03-02 09:00:00.000000');
CREATE TABLE org (
  id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  members_may_send BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_org PRIMARY KEY (id)
);
INSERT INTO "org" VALUES(1,'x',0,'2026-03-02 09:00:00.000000');
INSERT INTO "org" VALUES(2,'x',0,'2026-03-02 09:00:00.000000');
CREATE TABLE org_feed (
  org_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  pruned_through BIGINT NOT NULL,
  last_row_id BIGINT NOT NULL,
  CONSTRAINT pk_org_feed PRIMARY KEY (org_id),
  CONSTRAINT fk_org_feed_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "org_feed" VALUES(1,1,1,1);
INSERT INTO "org_feed" VALUES(2,1,1,1);
CREATE TABLE org_user (
  org_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  role VARCHAR NOT NULL,
  CONSTRAINT pk_org_user PRIMARY KEY (org_id, user_id),
  CONSTRAINT fk_org_user_org_id_org FOREIGN KEY(org_id) REFERENCES org (id),
  CONSTRAINT fk_org_user_user_id_user_account FOREIGN KEY(user_id) REFERENCES user_account (id)
);
INSERT INTO "org_user" VALUES(1,1,'x');
INSERT INTO "org_user" VALUES(2,2,'x');
CREATE TABLE segment (
  org_id BIGINT NOT NULL,
  id VARCHAR(36) NOT NULL,
  dsl_json JSON NOT NULL,
  name VARCHAR NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  CONSTRAINT pk_segment PRIMARY KEY (org_id, id),
  CONSTRAINT fk_segment_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "segment" VALUES(1,'x','{"subject": "of 1"}','x','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000');
INSERT INTO "segment" VALUES(2,'x','{"subject": "of 2"}','x','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000');
CREATE TABLE segment_member (
  org_id BIGINT NOT NULL,
  segment_id VARCHAR(36) NOT NULL,
  contact_id BIGINT NOT NULL,
  source VARCHAR NOT NULL,
  CONSTRAINT pk_segment_member PRIMARY KEY (org_id, segment_id, contact_id),
  CONSTRAINT fk_segment_member_org_id_segment_id_segment FOREIGN KEY(org_id, segment_id) REFERENCES segment (org_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_segment_member_org_id_contact_id_contact FOREIGN KEY(org_id, contact_id) REFERENCES contact (org_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_segment_member_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
)
 WITHOUT ROWID

;
INSERT INTO "segment_member" VALUES(1,'x',1,'x');
INSERT INTO "segment_member" VALUES(2,'x',1,'x');
CREATE TABLE sending_account (
  org_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  name VARCHAR NOT NULL,
  host VARCHAR NOT NULL,
  port INTEGER NOT NULL,
  tls VARCHAR NOT NULL,
  username VARCHAR NOT NULL,
  password_sealed VARCHAR NOT NULL,
  from_name VARCHAR NOT NULL,
  from_email VARCHAR NOT NULL,
  rate DOUBLE NOT NULL,
  lanes INTEGER NOT NULL,
  paused_reason VARCHAR,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_sending_account PRIMARY KEY (org_id, id),
  CONSTRAINT fk_sending_account_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "sending_account" VALUES(1,1,'x','x',1,'x','x','x','x','x',0.5,1,'x','2026-03-02 09:00:00.000000');
INSERT INTO "sending_account" VALUES(2,1,'x','x',1,'x','x','x','x','x',0.5,1,'x','2026-03-02 09:00:00.000000');
CREATE TABLE sending_secret (
  org_id BIGINT NOT NULL,
  secret VARCHAR NOT NULL,
  CONSTRAINT pk_sending_secret PRIMARY KEY (org_id),
  CONSTRAINT fk_sending_secret_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "sending_secret" VALUES(1,'x');
INSERT INTO "sending_secret" VALUES(2,'x');
CREATE TABLE sequence (
  org_id BIGINT NOT NULL,
  id VARCHAR(36) NOT NULL,
  status VARCHAR NOT NULL,
  segment_id VARCHAR(36),
  steps_json JSON NOT NULL,
  published_revision INTEGER NOT NULL,
  published_hash VARCHAR,
  name VARCHAR NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  CONSTRAINT pk_sequence PRIMARY KEY (org_id, id),
  CONSTRAINT fk_sequence_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "sequence" VALUES(1,'x','x','x','{"subject": "of 1"}',1,'x','x','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000');
INSERT INTO "sequence" VALUES(2,'x','x','x','{"subject": "of 2"}',1,'x','x','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000');
CREATE TABLE sequence_revision (
  org_id BIGINT NOT NULL,
  sequence_id VARCHAR(36) NOT NULL,
  revision INTEGER NOT NULL,
  steps_json JSON NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_sequence_revision PRIMARY KEY (org_id, sequence_id, revision),
  CONSTRAINT fk_sequence_revision_org_id_sequence_id_sequence FOREIGN KEY(org_id, sequence_id) REFERENCES sequence (org_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_sequence_revision_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "sequence_revision" VALUES(1,'x',1,'{"subject": "of 1"}','2026-03-02 09:00:00.000000');
INSERT INTO "sequence_revision" VALUES(2,'x',1,'{"subject": "of 2"}','2026-03-02 09:00:00.000000');
CREATE TABLE suppression (
  org_id BIGINT NOT NULL,
  address_hash VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  since DATETIME NOT NULL,
  undone_at DATETIME,
  CONSTRAINT pk_suppression PRIMARY KEY (org_id, address_hash),
  CONSTRAINT fk_suppression_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "suppression" VALUES(1,'x','x','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000');
INSERT INTO "suppression" VALUES(2,'x','x','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000');
CREATE TABLE token_family (
  org_id BIGINT NOT NULL,
  id VARCHAR NOT NULL,
  user_id BIGINT NOT NULL,
  generation INTEGER NOT NULL,
  rotated_at DATETIME NOT NULL,
  created_at DATETIME NOT NULL,
  revoked_at DATETIME,
  CONSTRAINT pk_token_family PRIMARY KEY (org_id, id),
  CONSTRAINT fk_token_family_org_id_user_id_org_user FOREIGN KEY(org_id, user_id) REFERENCES org_user (org_id, user_id),
  CONSTRAINT fk_token_family_org_id_org FOREIGN KEY(org_id) REFERENCES org (id)
);
INSERT INTO "token_family" VALUES(1,'x',1,1,'2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000');
INSERT INTO "token_family" VALUES(2,'x',2,1,'2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000');
CREATE TABLE user_account (
  id INTEGER NOT NULL,
  email VARCHAR NOT NULL,
  password_hash VARCHAR NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_user_account PRIMARY KEY (id),
  CONSTRAINT uq_user_account_email UNIQUE (email)
);
INSERT INTO "user_account" VALUES(1,'email of 1','x','2026-03-02 09:00:00.000000');
INSERT INTO "user_account" VALUES(2,'email of 2','x','2026-03-02 09:00:00.000000');
CREATE TABLE worker_session (
  id VARCHAR NOT NULL,
  started_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  fenced BOOLEAN NOT NULL,
  CONSTRAINT pk_worker_session PRIMARY KEY (id)
);
INSERT INTO "worker_session" VALUES('x',1772442000000000,1772442000000000,0);
CREATE INDEX ix_campaign_org_id_updated_at_id ON campaign (org_id, updated_at, id);
CREATE INDEX ix_campaign_status_send_at ON campaign (status, send_at);
CREATE INDEX ix_contact_org_id_rev ON contact (org_id, rev);
CREATE INDEX ix_contact_org_id_created_at_id ON contact (org_id, created_at, id);
CREATE UNIQUE INDEX ux_delivery_address ON delivery (org_id, source_id, step_id, run_no, address) WHERE state <> 'skipped';
CREATE INDEX ix_delivery_org_id_source_id_state ON delivery (org_id, source_id, state);
CREATE INDEX ix_delivery_held ON delivery (session_id) WHERE state IN ('claimed', 'handed');
CREATE INDEX ix_delivery_due ON delivery (org_id, source_id, due_at, id) WHERE state IN ('pending', 'soft');
CREATE INDEX ix_delivery_org_id_contact_id ON delivery (org_id, contact_id);
CREATE INDEX ix_feed_entry_org_id_kind_doc_id_seq ON feed_entry (org_id, kind, doc_id, seq);
CREATE INDEX ix_idempotency_at ON idempotency (at);
CREATE INDEX ix_sequence_org_id_updated_at_id ON sequence (org_id, updated_at, id);
CREATE UNIQUE INDEX ux_enrolment_active ON enrolment (org_id, sequence_id, contact_id) WHERE state = 'active';
CREATE INDEX ix_enrolment_due ON enrolment (org_id, sequence_id, next_run_at, id) WHERE state = 'active';
CREATE INDEX ix_enrolment_org_id_sequence_id_id ON enrolment (org_id, sequence_id, id);
CREATE INDEX ix_enrolment_org_id_contact_id ON enrolment (org_id, contact_id);
COMMIT;
