"""psycopg 3: extended protocol, binary parameters and results, TypeInfo, pipelines, COPY, server cursors."""

import datetime
import decimal
import ipaddress
import sys
import uuid

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types import TypeInfo
from psycopg.types.json import Jsonb
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

url = sys.argv[1]

VALUES = {
    "int2": 5, "int4": 2**20, "int8": 2**40, "float8": 1.25, "numeric": decimal.Decimal("-12.3400"), "text": "é\n\\x",
    "bytea": b"\x00\xfe", "bool": True, "date": datetime.date(2024, 2, 29), "time": datetime.time(23, 59, 59, 999999),
    "timestamp": datetime.datetime(1999, 12, 31, 23, 59, 59, 5), "uuid": uuid.UUID(int=7),
    "timestamptz": datetime.datetime(2024, 6, 1, tzinfo=datetime.timezone.utc),
    "interval": datetime.timedelta(days=1, hours=2, microseconds=3), "int4[]": [1, None, 3], "text[]": ["a", None],
    "float8[]": [1.0, 2.5], "inet": ipaddress.ip_address("10.0.0.1"), "int4range": Range(1, 5), "daterange": Range(datetime.date(2024, 1, 1), None),
    "int8multirange": Multirange([Range(1, 3), Range(7, 9)]), "numrange": Range(decimal.Decimal("1.5"), decimal.Decimal("2.5")),
}


def every_type(connection):
    for name, value in VALUES.items():
        for binary in (False, True):
            for placeholder in ("%t", "%b"):
                got = connection.execute(f"SELECT {placeholder}::{name}", (value,), binary=binary).fetchone()[0]
                assert got == value, (name, binary, placeholder, got)
    got = connection.execute("SELECT %s::jsonb", (Jsonb({"a": 1}),), binary=True).fetchone()[0]
    assert got == {"a": 1}


def type_info(connection):
    for name in ("vector", "halfvec", "sparsevec", "bit"):
        info = TypeInfo.fetch(connection, name)
        assert info is not None and info.oid and info.array_oid, name
        info.register(connection)
    assert TypeInfo.fetch(connection, "nothing_of_the_kind") is None


def tables(connection):
    connection.execute("CREATE TABLE three_items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, embedding vector(3), n int)")
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO three_items (name, embedding, n) VALUES (%s, %s, %s) RETURNING id",
            [(f"n{i}", f"[{i},0,1]", i) for i in range(20)],
            returning=True,
        )
        ids = [cursor.fetchone()[0]]
        while cursor.nextset():
            ids.append(cursor.fetchone()[0])
        assert ids == list(range(1, 21)), ids
    for _ in range(8):  # past prepare_threshold
        rows = connection.execute("SELECT id FROM three_items ORDER BY embedding <-> %s LIMIT %s", ("[3,0,1]", 2)).fetchall()
        assert rows[0] == (4,), rows
        assert connection.execute("SELECT name FROM three_items WHERE id = %s", (2,)).fetchone() == ("n1",)
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT id, name FROM three_items WHERE n = ANY(%s) ORDER BY id", ([1, 2],)).fetchone()
        assert row == {"id": 2, "name": "n1"}
    query = sql.SQL("SELECT {} FROM {} WHERE {} = %s").format(sql.Identifier("name"), sql.Identifier("three_items"), sql.Identifier("id"))
    assert connection.execute(query, (1,)).fetchone() == ("n0",)
    connection.execute("DEALLOCATE ALL")
    connection.commit()


def server_cursors(connection):
    with connection.cursor("named") as cursor:
        cursor.itersize = 7
        cursor.execute("SELECT id FROM three_items WHERE id > %s ORDER BY id", (0,))
        assert [r[0] for r in cursor] == list(range(1, 21))
    with connection.cursor("back", scrollable=True, binary=True) as cursor:
        cursor.execute("SELECT id FROM three_items ORDER BY id")
        cursor.fetchmany(5)
        cursor.scroll(0, mode="absolute")
        assert cursor.fetchone() == (1,)
    assert sum(1 for _ in connection.cursor().stream("SELECT * FROM three_items")) == 20
    connection.commit()


def copies(connection):
    with connection.cursor() as cursor:
        with cursor.copy("COPY three_items (name, n) FROM STDIN") as copy:
            copy.write_row(("copied\t1", 100))
            copy.write_row((None, 101))
        with cursor.copy("COPY three_items (name, n) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["text", "int4"])
            copy.write_row(("binary", 102))
        with cursor.copy("COPY (SELECT name, n FROM three_items WHERE n >= 100 ORDER BY n) TO STDOUT (FORMAT BINARY)") as copy:
            copy.set_types(["text", "int4"])
            assert list(copy.rows()) == [("copied\t1", 100), (None, 101), ("binary", 102)]
    connection.commit()


def pipelines(connection):
    with connection.pipeline() as pipeline:
        first = connection.execute("SELECT %s::int", (1,))
        second = connection.execute("INSERT INTO three_items (name) VALUES (%s) RETURNING name", ("piped",))
        pipeline.sync()
        assert first.fetchone() == (1,) and second.fetchone() == ("piped",)
    connection.commit()
    try:
        with connection.pipeline() as pipeline:
            connection.execute("SELECT 1/%s", (0,))
            connection.execute("SELECT 1")
            pipeline.sync()
        raise AssertionError("a division by zero passed")
    except psycopg.errors.DivisionByZero:
        connection.rollback()


def transactions(connection):
    with connection.transaction():
        connection.execute("UPDATE three_items SET n = 0 WHERE id = 1")
        try:
            with connection.transaction():
                connection.execute("UPDATE three_items SET n = 1 WHERE id = 1")
                raise psycopg.Rollback()
        except psycopg.Rollback:
            pass
    assert connection.execute("SELECT n FROM three_items WHERE id = 1").fetchone() == (0,)
    try:
        with connection.transaction():
            connection.execute("INSERT INTO three_items (n) VALUES ('x')")
    except psycopg.errors.InvalidTextRepresentation as e:
        assert e.diag.sqlstate == "22P02" and e.diag.statement_position == "37", e.diag.statement_position
    connection.rollback()
    connection.notifies()
    assert connection.info.parameter_status("TimeZone")


with psycopg.connect(url) as connection:
    for step in (every_type, type_info, tables, server_cursors, copies, transactions):
        step(connection)
    if psycopg.capabilities.has_pipeline() if hasattr(psycopg, "capabilities") else psycopg.pq.version() >= 140000:
        pipelines(connection)
print("psycopg", psycopg.__version__, "ok")
