-- One text for SQLite and PostgreSQL: TEXT and BIGINT alone, times in microseconds, flags 0 or 1.
-- `/* clustered */` closes a table whose rows SQLite keeps in the order of the primary key (its WITHOUT ROWID),
-- so that the messages of a conversation lie side by side; PostgreSQL reads a comment.

CREATE TABLE installation (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    secret TEXT NOT NULL,
    workspace_seq BIGINT NOT NULL,
    settings_version BIGINT NOT NULL
) /* clustered */;

-- Left by a commit whose answer may be lost on the way back; its age is in its UUIDv7.
CREATE TABLE commit_mark (id TEXT NOT NULL PRIMARY KEY) /* clustered */;

CREATE TABLE workspace (
    id BIGINT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    remove_links BIGINT NOT NULL CHECK (remove_links IN (0, 1)),
    remove_emoji BIGINT NOT NULL CHECK (remove_emoji IN (0, 1)),
    mask_profanity BIGINT NOT NULL CHECK (mask_profanity IN (0, 1)),
    jwt_secret TEXT UNIQUE,
    jwks_url TEXT UNIQUE,
    created_at BIGINT NOT NULL
) /* clustered */;

-- What every write of a workspace moves. Kept apart from the settings so that the hot row is small; on
-- PostgreSQL it is also the lock behind which the batches of several nodes queue.
CREATE TABLE counter (
    workspace BIGINT NOT NULL PRIMARY KEY,
    event_seq BIGINT NOT NULL,
    conversation_seq BIGINT NOT NULL,
    people_version BIGINT NOT NULL
) /* clustered */;

CREATE TABLE person (
    workspace BIGINT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'agent', 'contact', 'bot')),
    external_id TEXT,
    username TEXT,
    name TEXT,
    email TEXT,
    phone TEXT,
    avatar TEXT,
    cover TEXT,
    profile TEXT,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    reviews BIGINT NOT NULL,
    rating_milli BIGINT NOT NULL,
    score_milli BIGINT NOT NULL,
    sales BIGINT NOT NULL,
    purchases BIGINT NOT NULL,
    joined_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, id),
    UNIQUE (workspace, external_id)
) /* clustered */;

-- An e-mail address that opens one account in the whole installation, so the key is the address itself.
CREATE TABLE login (
    email TEXT NOT NULL PRIMARY KEY,
    workspace BIGINT NOT NULL,
    person TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    UNIQUE (workspace, person)
) /* clustered */;

CREATE TABLE membership (
    workspace BIGINT NOT NULL,
    person TEXT NOT NULL,
    domain TEXT NOT NULL,
    aggregate TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, person, domain, aggregate, aggregate_id)
) /* clustered */;

CREATE TABLE token (
    workspace BIGINT NOT NULL,
    id TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL,
    label TEXT,
    can_write BIGINT NOT NULL CHECK (can_write IN (0, 1)),
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    used_at BIGINT,
    PRIMARY KEY (workspace, id)
) /* clustered */;

CREATE INDEX token_by_person ON token (workspace, person, id);

CREATE TABLE conversation (
    workspace BIGINT NOT NULL,
    id TEXT NOT NULL,
    short_id BIGINT NOT NULL,
    locked BIGINT NOT NULL CHECK (locked IN (0, 1)),
    source_type TEXT,
    source_id TEXT,
    shared_domain TEXT,
    shared_aggregate TEXT,
    shared_id TEXT,
    created_by TEXT NOT NULL,
    recipient TEXT,
    pair TEXT,
    message_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, id),
    UNIQUE (workspace, short_id),
    UNIQUE (workspace, pair, source_type, source_id)
) /* clustered */;

CREATE TABLE participant (
    workspace BIGINT NOT NULL,
    conversation TEXT NOT NULL,
    person TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    read_index BIGINT NOT NULL,
    unread BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, conversation, person)
) /* clustered */;

-- An inbox page is one range of one of these, forwards or backwards; ids are in order of creation.
CREATE INDEX participant_by_update ON participant (workspace, person, updated_at, conversation);
CREATE INDEX participant_by_creation ON participant (workspace, person, conversation);

-- What a person has unread in all, and the version under which a page of their inbox may be kept.
CREATE TABLE inbox (
    workspace BIGINT NOT NULL,
    person TEXT NOT NULL,
    version BIGINT NOT NULL,
    unread BIGINT NOT NULL,
    PRIMARY KEY (workspace, person)
) /* clustered */;

CREATE TABLE message (
    workspace BIGINT NOT NULL,
    conversation TEXT NOT NULL,
    idx BIGINT NOT NULL,
    id TEXT NOT NULL,
    author TEXT NOT NULL,
    body TEXT NOT NULL,
    attachments BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    viewed_at BIGINT,
    PRIMARY KEY (workspace, conversation, idx),
    UNIQUE (workspace, id)
) /* clustered */;

CREATE TABLE file (
    workspace BIGINT NOT NULL,
    id TEXT NOT NULL,
    conversation TEXT NOT NULL,
    message TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'uploaded', 'rejected', 'attached', 'deleted')),
    content_type TEXT,
    size_bytes BIGINT,
    width_px BIGINT,
    height_px BIGINT,
    reasons TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, id)
) /* clustered */;

CREATE INDEX file_by_message ON file (workspace, message, id);
CREATE INDEX file_by_state ON file (workspace, state, changed_at);

CREATE TABLE idempotency (
    workspace BIGINT NOT NULL,
    person TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, person, key)
) /* clustered */;

CREATE INDEX idempotency_by_age ON idempotency (workspace, created_at);

CREATE TABLE event (
    workspace BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT,
    conversation TEXT,
    message TEXT,
    person TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, seq)
) /* clustered */;
