-- The inbox over phone numbers: contacts and how they are reached, carriers and what goes through them, campaigns,
-- credit, and calls to the customer's URLs.

-- Where a contact is reached, and what is known of them besides what is known of every person; templates name it. An
-- address is one contact's. Phones are E.164, e-mails in lower case.
CREATE TABLE contact (
    workspace BIGINT NOT NULL,
    person TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    page TEXT,
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    param1 TEXT NOT NULL DEFAULT '',
    param2 TEXT NOT NULL DEFAULT '',
    param3 TEXT NOT NULL DEFAULT '',
    param4 TEXT NOT NULL DEFAULT '',
    param5 TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, person),
    UNIQUE (workspace, phone),
    UNIQUE (workspace, email),
    UNIQUE (workspace, page)
) /* clustered */;

-- Lists and tags are the same thing under two names.
CREATE TABLE contact_list (
    workspace BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('list', 'tag')),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, kind, name)
) /* clustered */;
CREATE TABLE contact_list_member (
    workspace BIGINT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (workspace, kind, name, person)
) /* clustered */;
CREATE INDEX contact_list_member_by_person ON contact_list_member (workspace, person, kind, name);

-- Agents are few among many people, and looked for by other things than their ids.
CREATE INDEX person_by_kind ON person (workspace, kind, id);

-- Who wants to hear no more from the workspace, and in which words they said so.
CREATE TABLE opt_out (
    workspace BIGINT NOT NULL,
    address TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, address)
) /* clustered */;

-- A conversation with a contact over one of our addresses: one for each family of channels.
ALTER TABLE conversation ADD COLUMN contact TEXT;
ALTER TABLE conversation ADD COLUMN our_address TEXT;
ALTER TABLE conversation ADD COLUMN family TEXT CHECK (family IN ('phone', 'email', 'page', 'chat'));
ALTER TABLE conversation ADD COLUMN last_user_channel TEXT;
ALTER TABLE conversation ADD COLUMN purpose TEXT CHECK (purpose IN ('alert', 'wholesale'));
ALTER TABLE conversation ADD COLUMN color BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN assignee TEXT;
CREATE UNIQUE INDEX conversation_by_contact ON conversation (workspace, contact, our_address, family)
    WHERE contact IS NOT NULL;
-- All that is walked to a page of the inbox stands in the index.
CREATE INDEX conversation_of_inbox ON conversation (workspace, last_at, short_id, id, contact)
    WHERE contact IS NOT NULL;
ALTER TABLE counter ADD COLUMN line_count BIGINT NOT NULL DEFAULT 0;

-- Through which channel a message came or goes; and, of one that goes, what is known of its arrival.
ALTER TABLE message ADD COLUMN channel TEXT;
ALTER TABLE message ADD COLUMN delivery TEXT;

-- The other end of one of our addresses. The secret signs and checks what a gateway and we send each other; spelling is
-- how its reports spell the ids that it gave. Of several nodes its holder speaks with it, until its time is up.
CREATE TABLE carrier (
    workspace BIGINT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('handset', 'smpp', 'http', 'rcs')),
    address TEXT NOT NULL,
    url TEXT,
    secret TEXT,
    state TEXT NOT NULL,
    state_detail TEXT NOT NULL DEFAULT '',
    state_at BIGINT NOT NULL,
    spelling TEXT,
    holder TEXT,
    held_until BIGINT,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (workspace, id)
) /* clustered */;
CREATE UNIQUE INDEX carrier_by_address ON carrier (workspace, address) WHERE removed_at IS NULL;
-- A gateway names its carrier by id alone.
CREATE UNIQUE INDEX carrier_by_id ON carrier (id);

-- A message on its way to a carrier, and what became of it. due_at is NULL while nothing is to be done about it.
CREATE TABLE submission (
    workspace BIGINT NOT NULL,
    message TEXT NOT NULL,
    conversation TEXT NOT NULL,
    carrier TEXT NOT NULL,
    channel TEXT NOT NULL,
    from_address TEXT NOT NULL,
    to_address TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'accepted', 'delivered', 'undelivered', 'refused', 'simulated')),
    parts BIGINT NOT NULL,
    cost_micro BIGINT NOT NULL,
    campaign TEXT,
    attempts BIGINT NOT NULL,
    due_at BIGINT,
    detail TEXT NOT NULL DEFAULT '',
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, message)
) /* clustered */;
CREATE INDEX submission_due ON submission (workspace, carrier, due_at, message) WHERE due_at IS NOT NULL;

-- The ids that a carrier gave the parts of a message, in every spelling that its reports may use.
CREATE TABLE submission_part (
    workspace BIGINT NOT NULL,
    carrier TEXT NOT NULL,
    carrier_message TEXT NOT NULL,
    message TEXT NOT NULL,
    part BIGINT NOT NULL,
    spelling TEXT NOT NULL CHECK (spelling IN ('given', 'decimal', 'hexadecimal')),
    state TEXT NOT NULL,
    PRIMARY KEY (workspace, carrier, carrier_message, message, part)
) /* clustered */;
CREATE INDEX submission_part_by_message ON submission_part (workspace, message, part);

-- A report that came before the answer to its submit was stored; forgotten after some minutes.
CREATE TABLE early_report (
    workspace BIGINT NOT NULL,
    carrier TEXT NOT NULL,
    carrier_message TEXT NOT NULL,
    to_address TEXT NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, carrier, carrier_message, to_address)
) /* clustered */;
CREATE INDEX early_report_by_age ON early_report (workspace, at);

-- A text that was stored and whose carrier does not know that yet: the same text from an earlier session is that one.
CREATE TABLE received (
    workspace BIGINT NOT NULL,
    carrier TEXT NOT NULL,
    key TEXT NOT NULL,
    session TEXT NOT NULL,
    message TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, carrier, key, message)
) /* clustered */;
CREATE INDEX received_by_age ON received (workspace, at);

-- A part of a text that came in several: until the others have come, and then for as long as it may come again. The
-- octets are base64, because a character can begin in one part and end in the next.
CREATE TABLE received_part (
    workspace BIGINT NOT NULL,
    carrier TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    reference TEXT NOT NULL,
    total BIGINT NOT NULL,
    part BIGINT NOT NULL,
    coding BIGINT NOT NULL,
    octets TEXT NOT NULL,
    is_received BIGINT NOT NULL CHECK (is_received IN (0, 1)),
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, carrier, sender, recipient, reference, total, part)
) /* clustered */;
CREATE INDEX received_part_by_age ON received_part (workspace, carrier, at);

-- What a simulated handset has received.
CREATE TABLE handset_text (
    workspace BIGINT NOT NULL,
    phone TEXT NOT NULL,
    message TEXT NOT NULL,
    from_address TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, phone, message)
) /* clustered */;
CREATE INDEX handset_text_by_age ON handset_text (workspace, at);

-- A text to many. All recipients stand in one row, and become messages a few at a time; next_recipient says how far.
-- They are put on the list that is named.
CREATE TABLE campaign (
    workspace BIGINT NOT NULL,
    ticket TEXT NOT NULL,
    sender_person TEXT NOT NULL,
    channel TEXT NOT NULL,
    product TEXT NOT NULL,
    text TEXT NOT NULL,
    sender TEXT NOT NULL,
    list TEXT,
    purpose TEXT NOT NULL CHECK (purpose IN ('alert', 'wholesale')),
    state TEXT NOT NULL CHECK (state IN ('draft', 'computing', 'ready', 'scheduled', 'sending', 'done', 'cancelled',
                                         'failed')),
    simulated BIGINT NOT NULL CHECK (simulated IN (0, 1)),
    recipients TEXT NOT NULL,
    recipient_count BIGINT NOT NULL,
    next_recipient BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    cost_micro BIGINT NOT NULL,
    send_at BIGINT,
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, ticket)
) /* clustered */;
CREATE INDEX campaign_due ON campaign (due_at, workspace, ticket) WHERE due_at IS NOT NULL;

-- A request_id is taken for a day.
CREATE TABLE campaign_request (
    workspace BIGINT NOT NULL,
    request TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, request)
) /* clustered */;
CREATE INDEX campaign_request_by_age ON campaign_request (workspace, at);

-- Money in millionths of the unit of account. The balance can never fall below nothing; every change of it is a line.
CREATE TABLE wallet (
    workspace BIGINT NOT NULL PRIMARY KEY,
    balance_micro BIGINT NOT NULL CHECK (balance_micro >= 0),
    line_seq BIGINT NOT NULL
) /* clustered */;
CREATE TABLE ledger (
    workspace BIGINT NOT NULL,
    line BIGINT NOT NULL,
    amount_micro BIGINT NOT NULL,
    balance_micro BIGINT NOT NULL,
    reason TEXT NOT NULL,
    about TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, line)
) /* clustered */;
-- What a segment costs by product and country (ISO 3166, two letters; '' is any).
CREATE TABLE price (
    workspace BIGINT NOT NULL,
    product TEXT NOT NULL,
    country TEXT NOT NULL,
    amount_micro BIGINT NOT NULL CHECK (amount_micro >= 0),
    PRIMARY KEY (workspace, product, country)
) /* clustered */;
ALTER TABLE workspace ADD COLUMN billing BIGINT NOT NULL DEFAULT 1 CHECK (billing IN (0, 1));

-- An account's parameters by name: of the workspace (account '') or of a sub-account.
CREATE TABLE account_parameter (
    workspace BIGINT NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (workspace, account, name)
) /* clustered */;
CREATE TABLE sub_account (
    workspace BIGINT NOT NULL,
    person TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    company_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, person)
) /* clustered */;

-- A call to a customer's URL, made by a follower of the log. Its id is made of what it tells, so that the same is told
-- once. Calls are taken host by host, so that none waits for the host of another.
CREATE TABLE callback (
    workspace BIGINT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('delivery', 'inbound', 'opt_out')),
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    message TEXT NOT NULL,
    subject TEXT NOT NULL,
    number TEXT NOT NULL,
    delivery TEXT,
    text TEXT NOT NULL,
    our_address TEXT NOT NULL,
    channel TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'answered', 'given_up')),
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    tried_at BIGINT,
    outcome TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) /* clustered */;
CREATE INDEX callback_due ON callback (host, due_at, workspace, id) WHERE state = 'waiting';
CREATE INDEX callback_by_age ON callback (workspace, happened_at, id);

INSERT INTO follower (workspace, name, seq) SELECT workspace, 'callback', event_seq FROM counter;

-- With the id, so that a list of everything is walked in its index alone; SQLite has the key in every index anyway.
DROP INDEX conversation_by_activity;
CREATE INDEX conversation_by_activity ON conversation (workspace, closed, last_at, short_id, id);
DROP INDEX conversation_by_title;
CREATE INDEX conversation_by_title ON conversation (workspace, title, short_id, id);
