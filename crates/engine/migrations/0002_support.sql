-- Support tickets: how a conversation stands, what it is about, who hears of it, and files that are no pictures.

-- Empty until somebody gives it one or says the first thing.
ALTER TABLE conversation ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN status TEXT NOT NULL DEFAULT 'open'
    CHECK (status IN ('open', 'answered', 'inProgress', 'waiting', 'closed'));
-- Follows from the status. It stands before the time in the index of lists, so that open and closed conversations are
-- a range each.
ALTER TABLE conversation ADD COLUMN closed BIGINT NOT NULL DEFAULT 0 CHECK (closed IN (0, 1));
ALTER TABLE conversation ADD COLUMN category TEXT;
ALTER TABLE conversation ADD COLUMN main_person TEXT;
ALTER TABLE conversation ADD COLUMN related_domain TEXT;
ALTER TABLE conversation ADD COLUMN related_aggregate TEXT;
ALTER TABLE conversation ADD COLUMN related_id TEXT;
ALTER TABLE conversation ADD COLUMN notification_roles TEXT NOT NULL DEFAULT '';
-- How many of its messages are for agents alone; and the newest message that everybody in the conversation may see:
-- 0 and nobody when there is none, and then last_at is when the conversation began.
ALTER TABLE conversation ADD COLUMN internal_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN last_idx BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN last_author TEXT;
ALTER TABLE conversation ADD COLUMN last_at BIGINT NOT NULL DEFAULT 0;

ALTER TABLE message ADD COLUMN kind TEXT NOT NULL DEFAULT 'message' CHECK (kind IN ('message', 'service_request'));
ALTER TABLE message ADD COLUMN internal BIGINT NOT NULL DEFAULT 0 CHECK (internal IN (0, 1));
ALTER TABLE message ADD COLUMN payload TEXT;
ALTER TABLE message ADD COLUMN edited_at BIGINT;

UPDATE conversation SET
    last_idx = message_count,
    last_at = CASE WHEN message_count = 0 THEN created_at ELSE updated_at END;
UPDATE conversation SET
    last_author = (SELECT m.author FROM message m WHERE m.workspace = conversation.workspace
                   AND m.conversation = conversation.id AND m.idx = conversation.last_idx),
    last_at = COALESCE((SELECT m.created_at FROM message m WHERE m.workspace = conversation.workspace
                        AND m.conversation = conversation.id AND m.idx = conversation.last_idx), created_at),
    title = COALESCE((SELECT REPLACE(SUBSTR(m.body, 1, 80), '
', ' ') FROM message m WHERE m.workspace = conversation.workspace
                      AND m.conversation = conversation.id AND m.idx = 1), '');

CREATE INDEX membership_by_aggregate ON membership (workspace, domain, aggregate, aggregate_id, person);
CREATE INDEX conversation_by_activity ON conversation (workspace, closed, last_at, short_id);
CREATE INDEX conversation_by_title ON conversation (workspace, title, short_id);
CREATE INDEX conversation_by_share ON conversation (workspace, shared_domain, shared_aggregate, shared_id, id)
    WHERE shared_domain IS NOT NULL;

ALTER TABLE counter ADD COLUMN closed_conversations BIGINT NOT NULL DEFAULT 0;
ALTER TABLE counter ADD COLUMN file_seq BIGINT NOT NULL DEFAULT 0;

-- What a message said before it was edited, for whoever audits; version 1 is what was said first.
CREATE TABLE message_version (
    workspace BIGINT NOT NULL,
    message TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    editor TEXT NOT NULL,
    replaced_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, message, version)
) /* clustered */;

-- That a conversation came to another status, and after which of its messages.
CREATE TABLE status_update (
    workspace BIGINT NOT NULL,
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    status TEXT NOT NULL,
    after_idx BIGINT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, conversation, seq)
) /* clustered */;

-- Categories of the workspace's own, and built-in ones that it wants otherwise.
CREATE TABLE category (
    workspace BIGINT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    reference_types TEXT NOT NULL,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    PRIMARY KEY (workspace, id),
    UNIQUE (workspace, name)
) /* clustered */;

-- Who a customer's conversations go to, by category; the category '' is any other.
CREATE TABLE preference (
    workspace BIGINT NOT NULL,
    customer TEXT NOT NULL,
    category TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (workspace, customer, category)
) /* clustered */;

-- How far somebody who follows the event log has come: what is done after a write and not in it.
CREATE TABLE follower (
    workspace BIGINT NOT NULL,
    name TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (workspace, name)
) /* clustered */;

-- That somebody else said something to a person; made by a follower of the log, and named by its message.
CREATE TABLE notification (
    workspace BIGINT NOT NULL,
    person TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    message TEXT NOT NULL,
    conversation TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('message', 'service_request')),
    severity TEXT NOT NULL CHECK (severity IN ('success', 'info', 'warning', 'error')),
    read_at BIGINT,
    PRIMARY KEY (workspace, person, created_at, message)
) /* clustered */;

CREATE INDEX notification_unread ON notification (workspace, person, severity) WHERE read_at IS NULL;
CREATE INDEX notification_by_age ON notification (workspace, created_at);

-- Nobody is told of what was said before there was anything to tell it with.
INSERT INTO follower (workspace, name, seq) SELECT workspace, 'notification', event_seq FROM counter;
INSERT INTO follower (workspace, name, seq) SELECT workspace, 'notice', event_seq FROM counter;

-- When somebody last asked for anything, to the minute.
CREATE TABLE presence (
    workspace BIGINT NOT NULL,
    person TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, person)
) /* clustered */;

-- The e-mail that a person is owed about a conversation: everything after message since_idx. due_at is NULL while
-- nothing is owed.
CREATE TABLE notice (
    workspace BIGINT NOT NULL,
    person TEXT NOT NULL,
    conversation TEXT NOT NULL,
    since_idx BIGINT NOT NULL,
    due_at BIGINT,
    attempts BIGINT NOT NULL,
    sent_at BIGINT,
    PRIMARY KEY (workspace, person, conversation)
) /* clustered */;

CREATE INDEX notice_due ON notice (due_at) WHERE due_at IS NOT NULL;

-- Who wants no e-mail.
CREATE TABLE unsubscribed (
    workspace BIGINT NOT NULL,
    person TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, person)
) /* clustered */;

ALTER TABLE person ADD COLUMN avatar_file TEXT;
ALTER TABLE token ADD COLUMN session BIGINT NOT NULL DEFAULT 0 CHECK (session IN (0, 1));
ALTER TABLE login ADD COLUMN changed_at BIGINT;
-- What may be uploaded here: extensions separated by spaces, and bytes; NULL is what Parlance allows by default.
ALTER TABLE workspace ADD COLUMN file_extensions TEXT;
ALTER TABLE workspace ADD COLUMN file_bytes_max BIGINT;

-- A file may now be uploaded before it is known which message it will hang on, or hang on none: an avatar.
-- token_hash is what is kept of the token that is good for one upload.
CREATE TABLE file_next (
    workspace BIGINT NOT NULL,
    id TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('picture', 'document', 'avatar')),
    short_id BIGINT NOT NULL,
    conversation TEXT,
    message TEXT,
    owner TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'uploaded', 'rejected', 'attached', 'deleted')),
    token_hash TEXT UNIQUE,
    name TEXT,
    content_type TEXT,
    size_bytes BIGINT,
    width_px BIGINT,
    height_px BIGINT,
    reasons TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, id),
    UNIQUE (workspace, short_id)
) /* clustered */;
INSERT INTO file_next (workspace, id, purpose, short_id, conversation, message, owner, state, content_type,
                       size_bytes, width_px, height_px, reasons, created_at, changed_at)
    SELECT workspace, id, 'picture', ROW_NUMBER() OVER (PARTITION BY workspace ORDER BY id), conversation, message,
           owner, state, content_type, size_bytes, width_px, height_px, reasons, created_at, changed_at FROM file;
UPDATE counter SET file_seq = (SELECT COUNT(*) FROM file_next f WHERE f.workspace = counter.workspace);
DROP TABLE file;
ALTER TABLE file_next RENAME TO file;
CREATE INDEX file_by_message ON file (workspace, message, id);
-- A picture of a person is found by its id alone.
CREATE INDEX file_avatar ON file (id) WHERE purpose = 'avatar';
CREATE INDEX file_by_state ON file (workspace, state, changed_at);
