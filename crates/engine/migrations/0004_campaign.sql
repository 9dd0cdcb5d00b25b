-- Campaigns to lists of any size, and what their texts must say.

-- The recipients of a campaign, a few dozen in a row; first_recipient is the number of the first of them, counted from 0. What
-- they cost together stands beside them, so that what was not sent is known without reading them.
CREATE TABLE campaign_recipients (
    workspace BIGINT NOT NULL,
    ticket TEXT NOT NULL,
    first_recipient BIGINT NOT NULL,
    cost_micro BIGINT NOT NULL,
    recipients TEXT NOT NULL,
    PRIMARY KEY (workspace, ticket, first_recipient)
) /* clustered */;

-- Until now all recipients of a campaign stood in its own row; now they are its first and only page.
INSERT INTO campaign_recipients (workspace, ticket, first_recipient, cost_micro, recipients)
    SELECT workspace, ticket, 0, cost_micro, recipients FROM campaign;
ALTER TABLE campaign DROP COLUMN recipients;

-- How many of the recipients are not written to, because they want to hear no more. Of a campaign that was made before
-- this step that is not known, and they are counted among those who are.
ALTER TABLE campaign ADD COLUMN left_out_count BIGINT NOT NULL DEFAULT 0;
-- The list or the tag of whose contacts it is computed to whom the campaign goes, and after whom that goes on.
ALTER TABLE campaign ADD COLUMN source_kind TEXT CHECK (source_kind IN ('list', 'tag'));
ALTER TABLE campaign ADD COLUMN source_name TEXT;
ALTER TABLE campaign ADD COLUMN source_after TEXT;
-- Why it failed.
ALTER TABLE campaign ADD COLUMN problem TEXT NOT NULL DEFAULT '';

-- Whether a text that advertises something in France must say how to hear no more.
ALTER TABLE workspace ADD COLUMN stop_mention BIGINT NOT NULL DEFAULT 1 CHECK (stop_mention IN (0, 1));
