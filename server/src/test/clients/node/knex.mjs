// Knex: schema builder, migrations, queries, transactions.
import assert from 'node:assert/strict';
import Knex from 'knex';
import 'pgvector/knex';

const knex = Knex({ client: 'pg', connection: process.argv[2], pool: { min: 1, max: 3 } });
const migrations = [
  {
    name: '1_tables',
    up: async (knex) => {
      await knex.schema.createExtensionIfNotExists('vector');
      await knex.schema.createTable('knex_authors', (table) => {
        table.increments('id');
        table.string('name', 50).notNullable().unique();
        table.enu('kind', ['novel', 'poem']).defaultTo('novel');
        table.timestamps(true, true);
      });
      await knex.schema.createTable('knex_books', (table) => {
        table.bigIncrements('id').primary();
        table.integer('author_id').unsigned().notNullable().references('id').inTable('knex_authors').onDelete('CASCADE').index();
        table.text('title');
        table.decimal('price', 10, 2).defaultTo(0);
        table.jsonb('meta');
        table.specificType('tags', 'text[]');
        table.uuid('key').defaultTo(knex.fn.uuid());
        table.vector('embedding', { dimensions: 3 });
        table.index(knex.raw('embedding vector_l2_ops'), 'knex_embedding', 'hnsw');
      });
    },
    down: async (knex) => {
      await knex.schema.dropTable('knex_books');
      await knex.schema.dropTable('knex_authors');
    },
  },
  {
    name: '2_change',
    up: (knex) =>
      knex.schema.alterTable('knex_books', (table) => {
        table.integer('pages').defaultTo(1);
        table.renameColumn('title', 'name');
        table.unique(['author_id', 'name'], { indexName: 'knex_one_name' });
        table.dropNullable('name');
      }),
    down: (knex) =>
      knex.schema.alterTable('knex_books', (table) => {
        table.dropUnique(['author_id', 'name'], 'knex_one_name');
        table.dropColumn('pages');
        table.renameColumn('name', 'title');
      }),
  },
];
const migrationSource = { getMigrations: async () => migrations, getMigrationName: (m) => m.name, getMigration: async (m) => m };
const [, names] = await knex.migrate.latest({ migrationSource });
assert.deepEqual(names, ['1_tables', '2_change']);
assert.equal((await knex.migrate.latest({ migrationSource }))[1].length, 0);
assert.ok(await knex.schema.hasTable('knex_books'));
assert.ok(await knex.schema.hasColumn('knex_books', 'pages'));
const info = await knex('knex_books').columnInfo();
assert.equal(info.pages.type, 'integer');
assert.equal(info.name.nullable, false);

const [author] = await knex('knex_authors').insert({ name: 'A' }).returning(['id', 'kind', 'created_at']);
assert.equal(author.kind, 'novel');
await knex.batchInsert('knex_books', Array.from({ length: 25 }, (_, i) => ({ author_id: author.id, name: `t${i}`, price: i, meta: { n: i }, tags: ['x', `y${i}`], embedding: JSON.stringify([i, 1, 1]) })), 10);
const nearest = await knex('knex_books').orderBy(knex.l2Distance('embedding', [7, 1, 1])).limit(2).select('name');
assert.equal(nearest[0].name, 't7');
await knex('knex_authors').insert({ id: author.id, name: 'B' }).onConflict('id').merge();
await knex('knex_authors').insert({ id: author.id, name: 'C' }).onConflict('id').ignore();
assert.equal((await knex('knex_authors').first()).name, 'B');
const joined = await knex('knex_books as b').join('knex_authors as a', 'a.id', 'b.author_id').where('b.price', '>', 20).andWhereLike('b.name', 't%').groupBy('a.name').select('a.name').count('* as n').sum('b.price as total');
assert.deepEqual(joined, [{ name: 'B', n: '4', total: '90.00' }]);
assert.equal((await knex('knex_books').whereJsonSupersetOf('meta', { n: 3 })).length, 1);
assert.equal((await knex('knex_books').whereJsonPath('meta', '$.n', '>', 22)).length, 2);
assert.equal((await knex('knex_books').whereRaw('? = ANY(tags)', ['y3']))[0].name, 't3');
assert.equal((await knex.with('t', knex('knex_books').where('price', '<', 3)).from('t').count())[0].count, '3');
assert.equal(await knex('knex_books').where('price', '<', 3).increment('price', 100), 3);
await assert.rejects(knex.transaction(async (trx) => {
  await trx('knex_books').del();
  await trx.transaction(async (nested) => { await nested('knex_authors').del(); });
  throw new Error('undo');
}), /undo/);
const { rows } = await knex.raw('SELECT ?? FROM ?? WHERE id = ?', ['name', 'knex_books', 1]);
assert.equal(rows.length, 1);
await knex.destroy();

const again = Knex({ client: 'pg', connection: process.argv[2] });
await again.migrate.rollback({ migrationSource }, true);
assert.equal(await again.schema.hasTable('knex_books'), false);
await again.schema.dropTable('knex_migrations').dropTable('knex_migrations_lock');
await again.destroy();
