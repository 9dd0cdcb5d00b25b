-- What waits for somebody, so that it can be called off when they want to hear no more.
CREATE INDEX submission_by_address ON submission (workspace, to_address, message) WHERE due_at IS NOT NULL;
