CREATE INDEX workspaces_listed ON workspaces (created DESC, id, owner) WHERE deleted IS NULL;
