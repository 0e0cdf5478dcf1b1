"""psycopg2: simple protocol, literals made by the client, named cursors, COPY, arrays, JSON, errors."""

import datetime
import decimal
import io
import json
import sys
import uuid

import psycopg2
import psycopg2.errorcodes
import psycopg2.extensions
import psycopg2.extras

url = sys.argv[1]


def values_of_every_type(connection):
    psycopg2.extras.register_uuid(conn_or_curs=connection)
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TABLE two_types (id serial PRIMARY KEY, a smallint, b bigint, c numeric(12,3), d double precision,
               e text, f bytea, g boolean, h date, i time, j timestamp, k timestamptz, l interval, m uuid, n jsonb,
               o integer[], p text[], q vector(3))"""
        )
        row = (
            1, 2**40, decimal.Decimal("12.345"), 1.5, "it's \\ 'x' é", b"\x00\x01\xff", True,
            datetime.date(2024, 2, 29), datetime.time(1, 2, 3, 456), datetime.datetime(2024, 1, 2, 3, 4, 5, 678),
            datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc), datetime.timedelta(days=3, seconds=5),
            uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), psycopg2.extras.Json({"a": [1, None, "x"]}),
            [1, None, 3], ["a,b", None, 'q"'], "[1,2,3]",
        )
        cursor.execute(
            "INSERT INTO two_types (a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q)"
            " VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s) RETURNING *",
            row,
        )
        got = list(cursor.fetchone())[1:]
        got[5] = bytes(got[5])
        expected = list(row)
        expected[13] = {"a": [1, None, "x"]}
        assert got == expected, (got, expected)
        assert [d.name for d in cursor.description][:3] == ["id", "a", "b"]
        assert cursor.description[3].precision == 12 and cursor.description[3].scale == 3
        cursor.execute("UPDATE two_types SET a = a + 1 WHERE id = %(id)s", {"id": 1})
        assert cursor.rowcount == 1 and cursor.statusmessage == "UPDATE 1"
    connection.commit()


def cursors_and_batches(connection):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE two_items (id int PRIMARY KEY, name text, embedding vector(2))")
        psycopg2.extras.execute_values(
            cursor, "INSERT INTO two_items VALUES %s", [(i, f"n{i}", f"[{i},1]") for i in range(1000)], page_size=300
        )
        psycopg2.extras.execute_batch(cursor, "UPDATE two_items SET name = %s WHERE id = %s", [(f"m{i}", i) for i in range(50)])
        cursor.execute("SELECT count(*) FROM two_items WHERE name LIKE 'm%%'")
        assert cursor.fetchone() == (50,)
    connection.commit()
    with connection.cursor("named", scrollable=True) as cursor:
        cursor.itersize = 100
        cursor.execute("SELECT id FROM two_items ORDER BY id")
        assert cursor.fetchmany(3) == [(0,), (1,), (2,)]
        cursor.scroll(-1)
        assert cursor.fetchone() == (2,)
        assert len(cursor.fetchall()) == 997
    connection.commit()
    with connection.cursor("held", withhold=True) as cursor:
        cursor.execute("SELECT id FROM two_items ORDER BY id")
        connection.commit()
        assert sum(1 for _ in cursor) == 1000
    connection.commit()


def copies(connection):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE two_copy (id int, name text)")
        cursor.copy_from(io.StringIO("1\ta\n2\t\\N\n"), "two_copy", columns=("id", "name"))
        assert cursor.rowcount == 2
        cursor.copy_expert("COPY two_copy FROM STDIN WITH (FORMAT csv, HEADER)", io.StringIO('id,name\n3,"x,y"\n'))
        out = io.StringIO()
        cursor.copy_expert("COPY (SELECT * FROM two_copy ORDER BY id) TO STDOUT WITH CSV", out)
        assert out.getvalue() == '1,a\n2,\n3,"x,y"\n', out.getvalue()
    connection.commit()


def errors_and_transactions(connection):
    with connection.cursor() as cursor:
        try:
            cursor.execute("INSERT INTO two_items VALUES (1, 'x', NULL)")
            raise AssertionError("a duplicate key was taken")
        except psycopg2.errors.UniqueViolation as e:
            assert e.pgcode == psycopg2.errorcodes.UNIQUE_VIOLATION
            assert e.diag.constraint_name == "two_items_pkey" and e.diag.table_name == "two_items", vars(e.diag)
            assert e.diag.message_detail == "Key (id)=(1) already exists."
        assert connection.info.transaction_status == psycopg2.extensions.TRANSACTION_STATUS_INERROR
        connection.rollback()
        for level in ("REPEATABLE READ", "READ COMMITTED"):
            connection.set_session(isolation_level=level)
            cursor.execute("SHOW transaction_isolation")
            assert cursor.fetchone()[0] == level.lower()
            connection.rollback()
        connection.set_session(readonly=True)
        try:
            cursor.execute("DELETE FROM two_items")
            raise AssertionError("a read only transaction wrote")
        except psycopg2.errors.ReadOnlySqlTransaction:
            connection.rollback()
        connection.set_session(readonly=False)
    connection.autocommit = True
    with connection.cursor(cursor_factory=psycopg2.extras.DictCursor) as cursor:
        cursor.execute("SELECT 1 AS one, 'two' AS two")
        assert dict(cursor.fetchone()) == {"one": 1, "two": "two"}
        cursor.execute("SELECT * FROM two_items WHERE id = ANY(%s) AND (id, name) IN %s ORDER BY id", ([1, 2], ((1, "m1"), (2, "m2"))))
        assert len(cursor.fetchall()) == 2
        cursor.execute("SELECT typname, oid FROM pg_type WHERE oid IN (to_regtype('vector'), to_regtype('_vector'))")
        assert {r[0] for r in cursor.fetchall()} == {"vector", "_vector"}
        cursor.execute("LISTEN quiet")
        cursor.execute("NOTIFY quiet, 'hello'")
        connection.poll()
        assert [(n.channel, n.payload) for n in connection.notifies] == [("quiet", "hello")]
        cursor.execute("SELECT 1; SELECT 2")
        assert cursor.fetchone() == [2]
    assert connection.server_version // 10000 == 15
    assert connection.encoding == "UTF8"
    assert connection.get_parameter_status("integer_datetimes") == "on"


def composites_and_ranges(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT ROW(1, 'a')::text, ARRAY[ARRAY[1,2],ARRAY[3,4]], ARRAY['2024-01-01'::date], NULL::int[], '{}'::text[]")
        assert cursor.fetchone() == ("(1,a)", [[1, 2], [3, 4]], [datetime.date(2024, 1, 1)], None, [])
        cursor.execute("SELECT %s::json", (json.dumps({"k": "v"}),))
        assert cursor.fetchone()[0] == {"k": "v"}
        cursor.execute("SELECT int4range(1, 5), '[2024-01-01,2024-02-01)'::daterange")
        first, second = cursor.fetchone()
        assert first == psycopg2.extras.NumericRange(1, 5, "[)"), first
        assert second.lower == datetime.date(2024, 1, 1)


connection = psycopg2.connect(url)
for step in (values_of_every_type, cursors_and_batches, copies, errors_and_transactions, composites_and_ranges):
    step(connection)
connection.close()
print("psycopg2", psycopg2.__version__.split()[0], "ok")
