"""The tables. Times are text in UTC, so that they compare as text, but where it is said otherwise."""

from __future__ import annotations

import sqlalchemy as sa

SCHEMA = 3  # raised when a table below changes; one that is added is made on opening

metadata = sa.MetaData()

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False, unique=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("url_key", sa.Text, unique=True),
    sa.Column("title_key", sa.Text, nullable=False, index=True),
    sa.Column("fold", sa.Text, nullable=False, index=True),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    sa.Column("added", sa.Text, nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False, default=False),
)
versions = sa.Table(
    "versions",
    metadata,
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("published", sa.Text),
    sa.Column("fetched", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("paragraphs", sa.JSON, nullable=False),
)
bands = sa.Table(
    "bands",
    metadata,
    sa.Column("band", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), primary_key=True),
    sqlite_with_rowid=False,
)
digests = sa.Table(
    "digests",
    metadata,
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("method", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("maker", sa.Text, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
)
findings = sa.Table(
    "findings",
    metadata,
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),  # that was checked against
    sa.Column("method", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("maker", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),  # the maker of what was checked
    sa.Column("verdicts", sa.JSON, nullable=False),
)
translations = sa.Table(  # of titles and digests; derived
    "translations",
    metadata,
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("maker", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),  # method, language and maker of what was translated
    sa.Column("title", sa.JSON(none_as_null=True)),
    sa.Column("points", sa.JSON, nullable=False),
)
translated = sa.Table(  # in which order translations of documents changed last, so that an index can follow
    "translated",
    metadata,
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
)
news = sa.Table(  # which documents tell the same news in different languages; derived
    "news",
    metadata,
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("maker", sa.Text, nullable=False),
    sa.Column("shared", sa.Text, index=True),  # one text for all that tell it; None where no other does
)
claimed = sa.Table(  # which version the claims held were taken from; a document may have none
    "claimed",
    metadata,
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("maker", sa.Text, nullable=False),
    sa.Column("published", sa.Text),  # in UTC, so that claims can be sorted by it
)
answers = sa.Table(  # of models, about documents; derived, but paid for
    "answers",
    metadata,
    sa.Column("fingerprint", sa.Text, primary_key=True),  # of what was asked, and whom
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
)
claims = sa.Table(
    "claims",
    metadata,
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),  # in the order of the text
    sa.Column("subjects", sa.Text, nullable=False),  # ids or words without case, a line for each
    sa.Column("counterparties", sa.Text, nullable=False),
    sa.Column("measure", sa.Text, index=True),
    sa.Column("stage", sa.Text),
    sa.Column("materials", sa.Text, nullable=False),
    sa.Column("form", sa.Text),
    sa.Column("low", sa.Float),
    sa.Column("high", sa.Float),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("period", sa.Text),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("modality", sa.Text, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("tells", sa.Boolean, nullable=False),  # more than a number, and nobody marked it as wrong
    sa.Column("body", sa.JSON, nullable=False),  # the whole claim
    sa.Column("as_read", sa.JSON(none_as_null=True)),  # as it was before people corrected it
    sa.Column("lost", sa.Boolean, nullable=False),  # kept by its corrections alone: it is no longer read
    sqlite_with_rowid=False,
)
corrections = sa.Table(
    "corrections",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("paragraph", sa.Integer, nullable=False),
    sa.Column("point", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),  # a hash of the paragraph's
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("figure", sa.Text, nullable=False),
    sa.Column("slot", sa.Text, nullable=False),
    sa.Column("old", sa.Text, nullable=False),
    sa.Column("new", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
    sa.Column("claim", sa.JSON, nullable=False),  # as it was read then
    sa.UniqueConstraint("document", "text", "start", "end", "slot"),
)
topics = sa.Table(
    "topics",
    metadata,
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("queries", sa.JSON, nullable=False),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
)
topic_documents = sa.Table(
    "topic_documents",
    metadata,
    sa.Column("topic", sa.Text, sa.ForeignKey("topics.slug"), primary_key=True),
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), primary_key=True),
)
sources = sa.Table(
    "sources",
    metadata,
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("interval", sa.Float),
    sa.Column("due", sa.Text, index=True),
    sa.Column("checked", sa.Text),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("documents", sa.Integer, nullable=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("modified", sa.Text, nullable=False),
)
watches = sa.Table(
    "watches",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("body", sa.JSON, nullable=False),  # what is looked out for
    sa.Column("webhook", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),  # of the last change looked at
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
)
matches = sa.Table(
    "matches",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),  # in the order they were found
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("watch", sa.Text, sa.ForeignKey("watches.id"), nullable=False),
    sa.Column("key", sa.Text, nullable=False),  # the same for what is to appear but once
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("paragraph", sa.Integer, nullable=False),
    sa.Column("point", sa.Integer, nullable=False),
    sa.Column("offset", sa.Integer, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("claim", sa.JSON),
    sa.Column("seen", sa.Text, nullable=False),
    sa.Column("read", sa.Boolean, nullable=False, index=True),
    sa.UniqueConstraint("watch", "key"),
)
deliveries = sa.Table(  # to webhooks; what has arrived goes out
    "deliveries",
    metadata,
    sa.Column("match", sa.Integer, sa.ForeignKey("matches.number"), primary_key=True),
    sa.Column("due", sa.Text, nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
folders = sa.Table(  # that documents are uploaded into
    "folders",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
)
uploads = sa.Table(  # asked for, whether read yet or not
    "uploads",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),  # in the order they were asked for
    sa.Column("id", sa.Text, nullable=False),  # of the document, as it was promised
    sa.Column("folder", sa.Text, sa.ForeignKey("folders.id"), nullable=False, index=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("published", sa.Text),  # keeps its zone
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("metadata", sa.JSON, nullable=False),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("document", sa.Text, index=True),  # that it became, mostly the one promised
    sa.Column("brought", sa.Boolean, nullable=False),  # the library did not have it before
    sa.UniqueConstraint("id", "folder"),
)
leases = sa.Table(  # what a process does alone, of those that share the library
    "leases",
    metadata,
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
)
follow_groups = sa.Table(
    "follow_groups",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
)
follows = sa.Table(
    "follows",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("group", sa.Text, primary_key=True),  # the id of a group, "" for none
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
)
conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("meta", sa.JSON, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
    sa.UniqueConstraint("owner", "session"),
)
messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),  # in the order they were written
    sa.Column("conversation", sa.Integer, sa.ForeignKey("conversations.id"), nullable=False, index=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
)
message_events = sa.Table(
    "message_events",
    metadata,
    sa.Column("message", sa.Integer, sa.ForeignKey("messages.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
)
keys = sa.Table(  # of the API; the keys themselves are nowhere
    "keys",
    metadata,
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("per_minute", sa.Integer, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
    sa.Column("used", sa.Text),
)
accounts = sa.Table(  # of people whom an OpenID provider has named
    "accounts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
    sa.Column("used", sa.Text),
    sa.UniqueConstraint("issuer", "subject"),
)
sessions = sa.Table(  # log-ins; the cookies themselves are nowhere
    "sessions",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, index=True),  # the fingerprint of the key that it was begun with …
    sa.Column("account", sa.Text, index=True),  # … or an account's id
    sa.Column("begun", sa.Text, nullable=False),
    sa.Column("asked", sa.Text, nullable=False),  # when it was last used, to the minute
)
rates = sa.Table(  # how much of what it may ask each caller has left, over all servers
    "rates",
    metadata,
    sa.Column("caller", sa.Text, primary_key=True),
    sa.Column("tokens", sa.Float, nullable=False),
    sa.Column("filled", sa.Float, nullable=False),  # s since 1970
)
audit = sa.Table(  # who did what
    "audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),  # in the order it was done
    sa.Column("at", sa.Text, nullable=False, index=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)
topic_searches = sa.Table(  # what news searches are asked for a topic
    "topic_searches",
    metadata,
    sa.Column("topic", sa.Text, sa.ForeignKey("topics.slug"), primary_key=True),
    sa.Column("service", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("query", sa.Text, primary_key=True),
    sa.Column("days", sa.Float, nullable=False),
    sa.Column("interval", sa.Float),
    sa.Column("due", sa.Text, index=True),
    sa.Column("checked", sa.Text),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("modified", sa.Text, nullable=False),
    sa.Column("found", sa.Integer, nullable=False),
    sa.Column("kept", sa.Integer, nullable=False),
)
brief_mails = sa.Table(  # of topics whose brief goes out by mail
    "brief_mails",
    metadata,
    sa.Column("topic", sa.Text, sa.ForeignKey("topics.slug"), primary_key=True),
    sa.Column("schedule", sa.JSON, nullable=False),
    sa.Column("due", sa.Text, nullable=False, index=True),
    sa.Column("sent", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
news_hits = sa.Table(  # what they found, and what became of it
    "news_hits",
    metadata,
    sa.Column("topic", sa.Text, sa.ForeignKey("topics.slug"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),  # the part of the address that names the page
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("published", sa.Text),  # keeps its zone
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("document", sa.Text),
)
jobs = sa.Table(  # runs of models
    "jobs",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),  # in the order they were asked for
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("input", sa.Text, nullable=False),  # JSON of the type that the kind declares
    sa.Column("fingerprint", sa.Text, nullable=False, index=True),  # of input and program
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("part", sa.Float, nullable=False),
    sa.Column("doing", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("created", sa.Text, nullable=False),
    sa.Column("started", sa.Text),
    sa.Column("finished", sa.Text),
    sa.Column("worker", sa.Text),  # who has it on lease …
    sa.Column("leased_until", sa.Text),  # … and until when, unless it is renewed
    sa.Column("error", sa.JSON(none_as_null=True)),
)
job_results = sa.Table(  # apart, so that asking how far a job is does not read them
    "job_results",
    metadata,
    sa.Column("job", sa.Text, sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("answer", sa.LargeBinary, nullable=False),  # JSON, as the API gives it
    sa.Column("kept", sa.LargeBinary, nullable=False),  # what a page is drawn of
)
