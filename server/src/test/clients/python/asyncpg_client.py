"""asyncpg: everything prepared and binary, type introspection by recursive query, pools, cursors, COPY of records."""

import asyncio
import datetime
import decimal
import ipaddress
import sys
import uuid

import asyncpg

url = sys.argv[1]

VALUES = {
    "int2": 5, "int4": -7, "int8": 2**40, "float4": 0.5, "float8": 1.25, "numeric": decimal.Decimal("-12.3400"), "text": "é\n\\x", "varchar": "v",
    "bytea": b"\x00\xfe", "bool": True, "date": datetime.date(2024, 2, 29), "time": datetime.time(23, 59, 59, 999999),
    "timestamp": datetime.datetime(1999, 12, 31, 23, 59, 59, 5), "uuid": uuid.UUID(int=7), "json": '{"a": 1}', "jsonb": '{"a": 1}',
    "timestamptz": datetime.datetime(2024, 6, 1, tzinfo=datetime.timezone.utc), "interval": datetime.timedelta(days=1, hours=2, microseconds=3),
    "int4[]": [1, None, 3], "text[]": ["a", None], "inet": ipaddress.ip_interface("10.0.0.1/24"), "cidr": ipaddress.ip_network("10.0.0.0/8"),
    "bit": asyncpg.BitString("1"), "varbit": asyncpg.BitString("10110"), "oid": 7, "name": "n", "int4range": asyncpg.Range(1, 5),
    "tstzrange": asyncpg.Range(datetime.datetime(2024, 6, 1, tzinfo=datetime.timezone.utc), None),
    "int4multirange": [asyncpg.Range(1, 5), asyncpg.Range(7, 9)], "macaddr": "08:00:2b:01:02:03",
}


async def every_type(connection):
    for name, value in VALUES.items():
        got = await connection.fetchval(f"SELECT $1::{name}", value)
        assert got == value, (name, got)


async def introspection(connection):
    await connection.set_type_codec("vector", encoder=str, decoder=str, schema="public")
    assert await connection.fetchval("SELECT $1::vector", "[1,2,3]") == "[1,2,3]"
    await connection.execute("CREATE TABLE async_items (id serial PRIMARY KEY, name text, embedding vector(2), n int)")
    await connection.reload_schema_state()
    assert await connection.fetchval("SELECT ROW(1, 'x'::text)") == (1, "x")
    row = await connection.fetchrow("INSERT INTO async_items (name, embedding, n) VALUES ($1, $2, $3) RETURNING *", "a", "[1,2]", 3)
    assert dict(row) == {"id": 1, "name": "a", "embedding": "[1,2]", "n": 3}
    assert await connection.fetchval("SELECT array_agg(embedding) FROM async_items") == ["[1,2]"]


async def statements(connection):
    await connection.executemany("INSERT INTO async_items (name, embedding, n) VALUES ($1, $2, $3)", [(f"n{i}", f"[{i},0]", i) for i in range(10)])
    prepared = await connection.prepare("SELECT id, name FROM async_items WHERE n < $1 ORDER BY embedding <-> $2 LIMIT $3")
    assert [p.name for p in prepared.get_parameters()] == ["int4", "vector", "int8"], prepared.get_parameters()
    assert [a.name for a in prepared.get_attributes()] == ["id", "name"]
    assert len(await prepared.fetch(5, "[1,1]", 2)) == 2
    assert await connection.execute("UPDATE async_items SET n = n + 1") == "UPDATE 11"
    assert prepared.get_statusmsg() == "SELECT 2"
    await prepared.explain(5, "[1,1]", 2)
    async with connection.transaction():
        got = [r["n"] async for r in connection.cursor("SELECT n FROM async_items WHERE n > $1 ORDER BY n", 3, prefetch=2)]
        assert got == sorted(got) and len(got) == 8, got
        cursor = await connection.cursor("SELECT n FROM async_items ORDER BY n")
        await cursor.forward(2)
        assert len(await cursor.fetch(3)) == 3
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute("DELETE FROM async_items")
        raise AssertionError("a read only transaction wrote")
    except asyncpg.ReadOnlySQLTransactionError:
        pass
    try:
        await connection.execute("INSERT INTO async_items (id) VALUES (1)")
        raise AssertionError("a duplicate key was taken")
    except asyncpg.UniqueViolationError as e:
        assert e.constraint_name == "async_items_pkey"


async def copies(connection):
    assert await connection.copy_records_to_table("async_items", records=[("copied", 50), (None, 51)], columns=["name", "n"]) == "COPY 2"
    out = bytearray()

    async def take(data):
        out.extend(data)

    await connection.copy_from_query("SELECT name, n FROM async_items WHERE n >= $1 ORDER BY n", 50, output=take, format="csv")
    assert bytes(out) == b"copied,50\n,51\n", out


async def pools():
    async with asyncpg.create_pool(url, min_size=2, max_size=4) as pool:
        assert sorted(await asyncio.gather(*(pool.fetchval("SELECT $1::int", i) for i in range(20)))) == list(range(20))
        async with pool.acquire() as connection:
            heard = asyncio.Future()
            listener = lambda *a: heard.done() or heard.set_result(a[3])
            await connection.add_listener("async_channel", listener)
            await connection.execute("NOTIFY async_channel, 'hello'")
            assert await asyncio.wait_for(heard, 30) == "hello"
            await connection.remove_listener("async_channel", listener)
        async with pool.acquire() as connection:
            try:
                await connection.fetchval("SELECT pg_sleep(60)", timeout=0.2)
                raise AssertionError("the statement was not cancelled")
            except asyncio.TimeoutError:
                pass
            assert await connection.fetchval("SELECT 1") == 1


async def main():
    connection = await asyncpg.connect(url)
    assert connection.get_server_version().major == 15
    for step in (every_type, introspection, statements, copies):
        await step(connection)
    await connection.close()
    await pools()


asyncio.run(main())
print("asyncpg", asyncpg.__version__, "ok")
