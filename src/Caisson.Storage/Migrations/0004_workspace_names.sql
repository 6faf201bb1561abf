ALTER TABLE workspaces ADD COLUMN work TEXT NULL;
CREATE TABLE workspace_names (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    workspace TEXT NOT NULL REFERENCES workspaces (id),
    until TEXT NOT NULL,
    PRIMARY KEY (owner, name)
);
CREATE INDEX workspace_names_by_until ON workspace_names (until);
