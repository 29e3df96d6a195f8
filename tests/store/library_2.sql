BEGIN TRANSACTION;
CREATE TABLE answers (
	fingerprint TEXT NOT NULL, 
	document TEXT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (fingerprint), 
	FOREIGN KEY(document) REFERENCES documents (id)
);
CREATE TABLE bands (
	band TEXT NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (band, document), 
	FOREIGN KEY(document) REFERENCES documents (id)
)
 WITHOUT ROWID

;
CREATE TABLE claimed (
	document TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	maker TEXT NOT NULL, 
	published TEXT, 
	PRIMARY KEY (document), 
	FOREIGN KEY(document) REFERENCES documents (id)
);
CREATE TABLE claims (
	document TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	subjects TEXT NOT NULL, 
	counterparties TEXT NOT NULL, 
	measure TEXT, 
	stage TEXT, 
	materials TEXT NOT NULL, 
	form TEXT, 
	low FLOAT, 
	high FLOAT, 
	unit TEXT NOT NULL, 
	period TEXT, 
	direction TEXT NOT NULL, 
	modality TEXT NOT NULL, 
	confidence FLOAT NOT NULL, 
	tells BOOLEAN NOT NULL, 
	body JSON NOT NULL, 
	as_read JSON, 
	lost BOOLEAN NOT NULL, 
	PRIMARY KEY (document, position), 
	FOREIGN KEY(document) REFERENCES documents (id)
)
 WITHOUT ROWID

;
CREATE TABLE conversations (
	id INTEGER NOT NULL, 
	owner TEXT NOT NULL, 
	session TEXT NOT NULL, 
	title TEXT NOT NULL, 
	meta JSON NOT NULL, 
	made TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (owner, session)
);
CREATE TABLE corrections (
	id TEXT NOT NULL, 
	document TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	paragraph INTEGER NOT NULL, 
	point INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	figure TEXT NOT NULL, 
	slot TEXT NOT NULL, 
	old TEXT NOT NULL, 
	new TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	made TEXT NOT NULL, 
	claim JSON NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (document, text, start, "end", slot), 
	FOREIGN KEY(document) REFERENCES documents (id)
);
CREATE TABLE deliveries (
	"match" INTEGER NOT NULL, 
	due TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY ("match"), 
	FOREIGN KEY("match") REFERENCES matches (number)
);
CREATE TABLE digests (
	document TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	method TEXT NOT NULL, 
	language TEXT NOT NULL, 
	maker TEXT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (document, version, method, language), 
	FOREIGN KEY(document) REFERENCES documents (id)
);
CREATE TABLE documents (
	id TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	url_key TEXT, 
	title_key TEXT NOT NULL, 
	fold TEXT NOT NULL, 
	signature BLOB NOT NULL, 
	added TEXT NOT NULL, 
	removed BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (seq), 
	UNIQUE (url_key)
);
CREATE TABLE findings (
	document TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	method TEXT NOT NULL, 
	language TEXT NOT NULL, 
	maker TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	verdicts JSON NOT NULL, 
	PRIMARY KEY (document, version, method, language), 
	FOREIGN KEY(document) REFERENCES documents (id)
);
CREATE TABLE folders (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	made TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE follow_groups (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	name TEXT NOT NULL, 
	made TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE follows (
	owner TEXT NOT NULL, 
	"group" TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	value TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	made TEXT NOT NULL, 
	PRIMARY KEY (owner, "group", kind, value)
);
CREATE TABLE job_results (
	job TEXT NOT NULL, 
	answer BLOB NOT NULL, 
	kept BLOB NOT NULL, 
	PRIMARY KEY (job), 
	FOREIGN KEY(job) REFERENCES jobs (id)
);
CREATE TABLE jobs (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	input TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	page TEXT NOT NULL, 
	state TEXT NOT NULL, 
	part FLOAT NOT NULL, 
	doing TEXT NOT NULL, 
	tries INTEGER NOT NULL, 
	created TEXT NOT NULL, 
	started TEXT, 
	finished TEXT, 
	worker TEXT, 
	leased_until TEXT, 
	error JSON, 
	PRIMARY KEY (number), 
	UNIQUE (id)
);
CREATE TABLE keys (
	fingerprint TEXT NOT NULL, 
	name TEXT NOT NULL, 
	scopes JSON NOT NULL, 
	per_minute INTEGER NOT NULL, 
	made TEXT NOT NULL, 
	used TEXT, 
	PRIMARY KEY (fingerprint), 
	UNIQUE (name)
);
INSERT INTO "keys" VALUES('c1ab0492528eea3f1577a87396ac8642431009c4ba4ee89b3546879a813862f3','reader','["read"]',600,'2026-11-30T18:21:20.155108+00:00',NULL);
INSERT INTO "keys" VALUES('9a45de3cf7db70f494047f28566518e62cdfc172085bc0177fac36ea96ade77a','editor','["read", "write"]',600,'2026-11-30T18:21:20.157880+00:00',NULL);
INSERT INTO "keys" VALUES('17ede36882d2a422b5bde4d7269290a36be77e2efb4250fb2573e49977148536','owner','["admin", "read", "write"]',600,'2026-11-30T18:21:20.171476+00:00',NULL);
CREATE TABLE matches (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	watch TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	document TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	paragraph INTEGER NOT NULL, 
	point INTEGER NOT NULL, 
	"offset" INTEGER NOT NULL, 
	sentence TEXT NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	claim JSON, 
	seen TEXT NOT NULL, 
	read BOOLEAN NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (watch, "key"), 
	UNIQUE (id), 
	FOREIGN KEY(watch) REFERENCES watches (id), 
	FOREIGN KEY(document) REFERENCES documents (id)
);
CREATE TABLE message_events (
	message INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (message, number), 
	FOREIGN KEY(message) REFERENCES messages (id)
);
CREATE TABLE messages (
	id INTEGER NOT NULL, 
	conversation INTEGER NOT NULL, 
	role TEXT NOT NULL, 
	status TEXT NOT NULL, 
	text TEXT NOT NULL, 
	body JSON NOT NULL, 
	made TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE news_hits (
	topic TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	url TEXT NOT NULL, 
	title TEXT NOT NULL, 
	source TEXT NOT NULL, 
	service TEXT NOT NULL, 
	language TEXT NOT NULL, 
	"query" TEXT NOT NULL, 
	published TEXT, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	document TEXT, 
	PRIMARY KEY (topic, "key"), 
	FOREIGN KEY(topic) REFERENCES topics (slug)
);
CREATE TABLE sources (
	what TEXT NOT NULL, 
	interval FLOAT, 
	due TEXT, 
	checked TEXT, 
	failures INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	documents INTEGER NOT NULL, 
	etag TEXT NOT NULL, 
	modified TEXT NOT NULL, 
	PRIMARY KEY (what)
);
INSERT INTO "sources" VALUES('https://example.com/feed.xml',3600.0,NULL,NULL,0,'',0,'','');
CREATE TABLE topic_documents (
	topic TEXT NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (topic, document), 
	FOREIGN KEY(topic) REFERENCES topics (slug), 
	FOREIGN KEY(document) REFERENCES documents (id)
);
CREATE TABLE topic_searches (
	topic TEXT NOT NULL, 
	service TEXT NOT NULL, 
	language TEXT NOT NULL, 
	"query" TEXT NOT NULL, 
	days FLOAT NOT NULL, 
	interval FLOAT, 
	due TEXT, 
	checked TEXT, 
	failures INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	etag TEXT NOT NULL, 
	modified TEXT NOT NULL, 
	found INTEGER NOT NULL, 
	kept INTEGER NOT NULL, 
	PRIMARY KEY (topic, service, language, "query"), 
	FOREIGN KEY(topic) REFERENCES topics (slug)
);
CREATE TABLE topics (
	slug TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	names JSON NOT NULL, 
	queries JSON NOT NULL, 
	tags JSON NOT NULL, 
	PRIMARY KEY (slug)
);
INSERT INTO "topics" VALUES('magnets',1,'Magnets','{"zh": "磁体"}','["magnets"]','["autos"]');
CREATE TABLE translations (
	document TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	language TEXT NOT NULL, 
	maker TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	title JSON, 
	points JSON NOT NULL, 
	PRIMARY KEY (document, version, language), 
	FOREIGN KEY(document) REFERENCES documents (id)
);
CREATE TABLE uploads (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	folder TEXT NOT NULL, 
	url TEXT NOT NULL, 
	name TEXT NOT NULL, 
	published TEXT, 
	category TEXT NOT NULL, 
	metadata JSON NOT NULL, 
	tags JSON NOT NULL, 
	status TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	document TEXT, 
	brought BOOLEAN NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (id, folder), 
	FOREIGN KEY(folder) REFERENCES folders (id)
);
CREATE TABLE versions (
	document TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	source TEXT NOT NULL, 
	url TEXT, 
	published TEXT, 
	fetched TEXT NOT NULL, 
	language TEXT NOT NULL, 
	category TEXT NOT NULL, 
	tags JSON NOT NULL, 
	paragraphs JSON NOT NULL, 
	PRIMARY KEY (document, number), 
	FOREIGN KEY(document) REFERENCES documents (id)
);
CREATE TABLE watches (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	body JSON NOT NULL, 
	webhook TEXT NOT NULL, 
	secret TEXT NOT NULL, 
	made TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "watches" VALUES('be50a5571145','European stocks','{"topic": "magnets", "query": "stocks", "claims": null, "bound": null}','','whsec_c2VjcmV0','2026-11-30T18:21:20.122995+00:00',0);
CREATE INDEX ix_documents_title_key ON documents (title_key);
CREATE INDEX ix_documents_fold ON documents (fold);
CREATE INDEX ix_sources_due ON sources (due);
CREATE INDEX ix_follow_groups_owner ON follow_groups (owner);
CREATE INDEX ix_jobs_state ON jobs (state);
CREATE INDEX ix_jobs_fingerprint ON jobs (fingerprint);
CREATE INDEX ix_answers_document ON answers (document);
CREATE INDEX ix_claims_measure ON claims (measure);
CREATE INDEX ix_corrections_document ON corrections (document);
CREATE INDEX ix_matches_document ON matches (document);
CREATE INDEX ix_matches_read ON matches (read);
CREATE INDEX ix_uploads_status ON uploads (status);
CREATE INDEX ix_uploads_folder ON uploads (folder);
CREATE INDEX ix_uploads_document ON uploads (document);
CREATE INDEX ix_messages_conversation ON messages (conversation);
CREATE INDEX ix_topic_searches_due ON topic_searches (due);
CREATE INDEX ix_news_hits_state ON news_hits (state);
CREATE INDEX ix_deliveries_due ON deliveries (due);
COMMIT;
PRAGMA user_version = 2;
