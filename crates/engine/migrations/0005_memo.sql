-- E-mails to addresses that accounts have named: about a text that came in, or credit that has become low. There is one
-- for each address and occasion until it is sent or given up; whoever claims one moves due_at.
CREATE TABLE memo (
    workspace BIGINT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'credit')),
    address TEXT NOT NULL,
    message TEXT,
    balance_micro BIGINT NOT NULL,
    bound_micro BIGINT NOT NULL,
    happened_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, id)
) /* clustered */;
CREATE INDEX memo_due ON memo (due_at, workspace, id);
CREATE INDEX memo_by_age ON memo (workspace, happened_at);

-- What all accounts say of one thing is asked for with every text that comes in and every move of credit.
CREATE INDEX account_parameter_by_name ON account_parameter (workspace, name, account);
