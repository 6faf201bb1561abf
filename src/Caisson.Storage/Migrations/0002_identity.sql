CREATE TABLE users (
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    created TEXT NOT NULL,
    last_login TEXT NULL,
    disabled TEXT NULL,
    settings TEXT NULL,
    settings_version INTEGER NOT NULL
);
CREATE TABLE user_subjects (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    linked TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    previous_hash TEXT NULL,
    previous_until TEXT NULL,
    rotate INTEGER NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    created TEXT NOT NULL,
    last_used TEXT NOT NULL,
    expires TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    issuer TEXT NULL,
    subject TEXT NULL,
    provider_session TEXT NULL,
    granted TEXT NULL,
    refresh_by TEXT NULL,
    reason TEXT NULL,
    notice TEXT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_previous ON sessions (previous_hash);
CREATE TABLE login_links (
    hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    created TEXT NOT NULL,
    expires TEXT NOT NULL,
    used TEXT NULL,
    session_id TEXT NULL,
    reason TEXT NULL
);
CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created TEXT NOT NULL,
    expires TEXT NOT NULL,
    last_used TEXT NULL,
    last_address TEXT NULL
);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);
CREATE TABLE oidc_attempts (
    state_hash TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    next TEXT NOT NULL,
    expires TEXT NOT NULL
);
CREATE TABLE access_events (
    id {identity},
    time TEXT NOT NULL,
    action TEXT NOT NULL,
    actor TEXT NOT NULL,
    acting_for TEXT NULL,
    source TEXT NULL,
    peer TEXT NULL,
    agent TEXT NULL,
    request TEXT NULL,
    object TEXT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NULL,
    old_value TEXT NULL,
    new_value TEXT NULL
);
CREATE INDEX access_events_by_actor ON access_events (actor, id);
CREATE INDEX access_events_by_object ON access_events (object, id);
