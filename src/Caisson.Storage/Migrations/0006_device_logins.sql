CREATE TABLE device_logins (
    device_hash TEXT PRIMARY KEY,
    user_code TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    address TEXT NOT NULL,
    redirect TEXT,
    created TEXT NOT NULL,
    expires TEXT NOT NULL,
    user_id TEXT,
    approved INTEGER,
    code_hash TEXT
);
CREATE UNIQUE INDEX device_logins_code ON device_logins (user_code);
