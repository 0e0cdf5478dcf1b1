// node-postgres with pgvector's types: pools, prepared statements, cursors of rows, errors, notifications, every type as text.
import assert from 'node:assert/strict';
import pg from 'pg';
import pgvector from 'pgvector/pg';

const connectionString = process.argv[2];
const client = new pg.Client({ connectionString });
await client.connect();
await client.query('CREATE EXTENSION IF NOT EXISTS vector');
await pgvector.registerTypes(client);
await client.query('DROP TABLE IF EXISTS node_items');
await client.query(
  'CREATE TABLE node_items (id serial PRIMARY KEY, embedding vector(3), half halfvec(3), bits bit(3), sparse sparsevec(3), embeddings vector[], meta jsonb, tags text[], price numeric, added timestamptz)',
);
const added = new Date('2024-01-02T03:04:05.678Z');
for (let x = 1; x <= 3; x++) {
  await client.query('INSERT INTO node_items (embedding, half, bits, sparse, embeddings, meta, tags, price, added) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)', [
    pgvector.toSql([x, 1, 1]), pgvector.toSql([x, 2, 2]), '101', `{1:${x},3:3}/3`, [pgvector.toSql([1, 2, 3])],
    { x, deep: [1, null] }, ['a,b', 'c"d', null], '12.50', added,
  ]);
}
const { rows, fields } = await client.query({ name: 'nearest', text: 'SELECT * FROM node_items ORDER BY embedding <-> $1 LIMIT $2', values: [pgvector.toSql([2, 1, 1]), 5] });
assert.equal(rows.length, 3);
assert.deepEqual(rows[0].embedding, [2, 1, 1]);
assert.deepEqual(rows[0].half, [2, 2, 2]);
assert.equal(rows[0].sparse.toString(), '{1:2,3:3}/3');
assert.equal(rows[0].bits, '101');
assert.deepEqual(rows[0].meta, { x: 2, deep: [1, null] });
assert.deepEqual(rows[0].tags, ['a,b', 'c"d', null]);
assert.equal(rows[0].price, '12.50');
assert.equal(rows[0].added.getTime(), added.getTime());
assert.equal(fields[0].name, 'id');
assert.ok(fields[0].tableID > 0 && fields[0].columnID === 1);
await client.query('CREATE INDEX ON node_items USING hnsw (embedding vector_l2_ops)');
await client.query({ name: 'nearest', text: 'SELECT * FROM node_items ORDER BY embedding <-> $1 LIMIT $2', values: [pgvector.toSql([2, 1, 1]), 5] });
const several = await client.query('SELECT 1 AS a; SELECT 2 AS b; UPDATE node_items SET price = 1');
assert.deepEqual(several.map((result) => result.command), ['SELECT', 'SELECT', 'UPDATE']);
assert.equal(several[2].rowCount, 3);
await assert.rejects(client.query('INSERT INTO node_items (id) VALUES (1)'), (e) => e.code === '23505' && e.constraint === 'node_items_pkey' && e.table === 'node_items');
await assert.rejects(client.query('SELECT $1::int', ['x']), (e) => e.code === '22P02');
const heard = new Promise((resolve) => client.once('notification', resolve));
await client.query('LISTEN node_channel');
await client.query("NOTIFY node_channel, 'hello'");
assert.equal((await heard).payload, 'hello');
const { rows: arrays } = await client.query({ text: "SELECT ARRAY[1,2]::int[] AS a, '2024-02-03'::date AS d, 1.5::float8 AS f, true AS t, '\\x01ff'::bytea AS b, 'x'::text AS x", rowMode: 'array' });
assert.deepEqual(arrays[0][0], [1, 2]);
assert.deepEqual(arrays[0][4], Buffer.from([1, 255]));
await client.end();

const pool = new pg.Pool({ connectionString, max: 4, query_timeout: 30000, statement_timeout: 30000, application_name: 'node pool' });
const sums = await Promise.all(Array.from({ length: 30 }, (_, i) => pool.query('SELECT $1::int + 1 AS n, current_setting($2) AS name', [i, 'application_name'])));
assert.deepEqual(sums.map((r) => r.rows[0].n), Array.from({ length: 30 }, (_, i) => i + 1));
assert.equal(sums[0].rows[0].name, 'node pool');
const transaction = await pool.connect();
await transaction.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
await transaction.query('DELETE FROM node_items');
await transaction.query('ROLLBACK');
assert.equal((await transaction.query('SELECT count(*)::int AS n FROM node_items')).rows[0].n, 3);
transaction.release();
await pool.query('DROP TABLE node_items');
await pool.end();
