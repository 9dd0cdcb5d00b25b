-- What waits of a campaign, so that it can be told, and called off with it.
CREATE INDEX submission_by_campaign ON submission (workspace, campaign, message) WHERE due_at IS NOT NULL;
