CREATE TABLE workspaces (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    template TEXT NOT NULL,
    template_hash TEXT NOT NULL,
    observed TEXT NOT NULL,
    desired TEXT NOT NULL,
    since TEXT NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    stop_reason TEXT NULL,
    actor TEXT NULL,
    sandbox TEXT NULL,
    document TEXT NOT NULL,
    health TEXT NOT NULL,
    job TEXT NULL,
    version BIGINT NOT NULL,
    created TEXT NOT NULL,
    last_used TEXT NOT NULL,
    deleted TEXT NULL,
    home_until TEXT NULL
);
CREATE UNIQUE INDEX workspaces_by_name ON workspaces (owner, name) WHERE deleted IS NULL;
CREATE INDEX workspaces_by_created ON workspaces (created, id);
CREATE TABLE workspace_shares (
    workspace TEXT NOT NULL REFERENCES workspaces (id),
    user_id TEXT NOT NULL,
    access TEXT NOT NULL,
    PRIMARY KEY (workspace, user_id)
);
CREATE INDEX workspace_shares_by_user ON workspace_shares (user_id);
CREATE TABLE workspace_leases (
    workspace TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    fence BIGINT NOT NULL,
    expires TEXT NOT NULL
);
CREATE TABLE layouts (
    workspace TEXT NOT NULL REFERENCES workspaces (id),
    user_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (workspace, user_id)
);
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL REFERENCES workspaces (id),
    owner TEXT NOT NULL,
    actor TEXT NOT NULL,
    template TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    created TEXT NOT NULL,
    queued TEXT NOT NULL,
    started TEXT NULL,
    ended TEXT NULL,
    error TEXT NULL,
    keep INTEGER NOT NULL,
    keep_until TEXT NULL
);
CREATE INDEX jobs_by_workspace ON jobs (workspace, created);
CREATE INDEX jobs_by_state ON jobs (state, queued);
CREATE INDEX jobs_by_template ON jobs (template, kind, ended);
CREATE TABLE job_steps (
    job TEXT NOT NULL REFERENCES jobs (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    started TEXT NULL,
    ended TEXT NULL,
    attempts INTEGER NOT NULL,
    message TEXT NULL,
    fix TEXT NULL,
    PRIMARY KEY (job, name)
);
CREATE TABLE job_log (
    id {identity},
    job TEXT NOT NULL REFERENCES jobs (id),
    step TEXT NOT NULL,
    time TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX job_log_by_job ON job_log (job, id);
CREATE TABLE idempotency_keys (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    workspace TEXT NOT NULL,
    job TEXT NOT NULL,
    created TEXT NOT NULL,
    PRIMARY KEY (owner, name)
);
CREATE TABLE event_stream (
    id {identity},
    time TEXT NOT NULL,
    type TEXT NOT NULL,
    object TEXT NOT NULL,
    owner TEXT NULL,
    workspace TEXT NULL,
    data TEXT NULL
);
