"""psql's tab completion, in a terminal of its own: the starts of commands and what Tab offers, as with PostgreSQL 15."""

import os
import pty
import re
import sys
from urllib.parse import urlparse

SETUP = """
CREATE SCHEMA tab_schema;
CREATE TYPE tab_kind AS ENUM ('one', 'two');
CREATE DOMAIN tab_domain AS int CONSTRAINT tab_positive CHECK (VALUE > 0);
CREATE TABLE tab_first (tab_id int PRIMARY KEY, tab_banana text, "tab_Upper" tab_kind, CONSTRAINT tab_check CHECK (tab_id > 0));
CREATE TABLE tab_schema.inner_one (a int);
CREATE TABLE tab_schema.inner_two (a int);
CREATE VIEW tab_view AS SELECT * FROM tab_first;
CREATE MATERIALIZED VIEW tab_stored AS SELECT * FROM tab_first;
CREATE INDEX tab_index ON tab_first (tab_banana);
CREATE SEQUENCE tab_sequence;
CREATE ROLE tab_role;
CREATE POLICY tab_policy ON tab_first USING (true);
"""
CLEANUP = """
DROP MATERIALIZED VIEW tab_stored;
DROP VIEW tab_view;
DROP TABLE tab_first, tab_schema.inner_one, tab_schema.inner_two;
DROP SCHEMA tab_schema;
DROP SEQUENCE tab_sequence;
DROP DOMAIN tab_domain;
DROP TYPE tab_kind;
DROP ROLE tab_role;
"""
RELATIONS = ["tab_first", "tab_schema.", "tab_sequence", "tab_stored", "tab_view"]
TABLES = ["tab_first", "tab_schema."]
VACUUMED = ["tab_first", "tab_schema.", "tab_stored"]
CHANGED = ["tab_first", "tab_schema.", "tab_view"]
COLUMNS = ["tab_banana", "tab_id"]
INDEXES = ["tab_first_pkey", "tab_index", "tab_schema."]
TYPES = ["tab_domain", "tab_kind", "tab_schema."]
# Where several words fit, the list of them.
LISTS = {
    "SELECT * FROM tab_": RELATIONS,
    "SELECT * FROM tab_first JOIN tab_": RELATIONS,
    "TABLE tab_": RELATIONS,
    "GRANT SELECT ON tab_": RELATIONS,
    "\\dp tab_": RELATIONS,
    "UPDATE tab_": CHANGED,
    "INSERT INTO tab_": CHANGED,
    "DELETE FROM tab_": CHANGED,
    "MERGE INTO tab_": TABLES,
    "TRUNCATE tab_": TABLES,
    "COPY tab_": TABLES,
    "DROP TABLE tab_": TABLES,
    "ALTER TABLE tab_": TABLES,
    "LOCK TABLE tab_": TABLES,
    "VACUUM tab_": VACUUMED,
    "ANALYZE tab_": VACUUMED,
    "CREATE INDEX ON tab_": VACUUMED,
    "UPDATE tab_first SET ": ['"tab_Upper"', "tab_banana", "tab_id"],
    "DELETE FROM tab_first WHERE tab_": COLUMNS,
    "ALTER TABLE tab_first DROP COLUMN tab_": COLUMNS,
    "CREATE INDEX ON tab_first (tab_": COLUMNS,
    "ALTER TABLE tab_first DROP CONSTRAINT tab_": ["tab_check", "tab_first_pkey"],
    "DROP INDEX tab_": INDEXES,
    "REINDEX INDEX tab_": INDEXES,
    "\\di tab_": INDEXES,
    "DROP TYPE tab_": TYPES,
    "\\dT tab_": TYPES,
    "DROP DOMAIN tab_": ["tab_domain", "tab_schema."],
    "ALTER TYPE tab_kind RENAME VALUE '": ["one", "two"],
    "SET bytea_output TO ": ["DEFAULT", "escape", "hex"],
}
# Where one fits, the line it makes.
LINES = {
    "SELECT * FROM tab_schema.inner_o": "SELECT * FROM tab_schema.inner_one",
    "DROP SEQUENCE tab_seq": "DROP SEQUENCE tab_sequence",
    "DROP ROLE tab_": "DROP ROLE tab_role",
    "GRANT SELECT ON tab_first TO tab_": "GRANT SELECT ON tab_first TO tab_role",
    "ALTER DOMAIN tab_domain DROP CONSTRAINT ": "ALTER DOMAIN tab_domain DROP CONSTRAINT tab_positive",
    "DROP POLICY tab_": "DROP POLICY tab_policy",
    "SET ROLE tab_": "SET ROLE tab_role",
    "SET search_path TO tab_": "SET search_path TO tab_schema",
    "SHOW max_conn": "SHOW max_connections",
    "RESET statement_tim": "RESET statement_timeout",
    "\\df vector_no": "\\df vector_norm",
    "\\du tab_": "\\du tab_role",
}


class Psql:
    """psql in a terminal; what it says is read up to a marker, never for a time."""

    def __init__(self, url):
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.environ.update(TERM="dumb", LC_ALL="C.UTF-8", INPUTRC="/dev/null", PAGER="cat")
            os.execvp("psql", ["psql", "-X", "-q", "-h", url.hostname, "-p", str(url.port), "-U", url.username, url.path[1:]])
        self.count = 0
        self.said = ""
        self.prompt = url.path[1:] + "=# "
        self.until(self.prompt)

    def until(self, end):
        while end not in self.said:
            self.said += os.read(self.terminal, 65536).decode()
        before, self.said = self.said.split(end, 1)
        return re.sub(r"\x07|\r|\x1b\[[0-9;?]*[a-zA-Z]", "", before)

    def until_marker(self):
        self.count += 1
        # The marker as it is typed differs from the marker as it is printed.
        os.write(self.terminal, f"\\echo marker:' '{self.count}:end\n".encode())
        said = self.until(f"marker: {self.count}:end")
        # From the prompt on the terminal is psql's, before it would eat what is typed.
        self.until(self.prompt)
        return said

    def complete(self, line):
        os.write(self.terminal, line.encode() + b"\t\t\x15")
        return self.until_marker()

    def run(self, text):
        os.write(self.terminal, text.encode())
        return self.until_marker()


psql = Psql(urlparse(sys.argv[1]))
said = psql.run(SETUP)
assert "ERROR" not in said, said
for line, words in LISTS.items():
    said = psql.complete(line)
    offered = said.split(line, 1)[1].split("quiver=", 1)[0].split()
    assert offered == words, (line, words, said)
for line, completed in LINES.items():
    said = psql.complete(line)
    assert completed in said, (line, completed, said)
said = psql.run(CLEANUP)
assert "ERROR" not in said, said
print("ok")
