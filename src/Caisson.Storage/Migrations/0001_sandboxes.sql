CREATE TABLE sandboxes (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    created TEXT NOT NULL,
    slot INTEGER NULL,
    document TEXT NOT NULL,
    runtime TEXT NULL,
    process BIGINT NULL,
    exit_code INTEGER NULL,
    detail TEXT NULL,
    stages TEXT NULL
);
CREATE TABLE events (
    id {identity},
    sandbox TEXT NOT NULL,
    time TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX events_by_sandbox ON events (sandbox, id);
