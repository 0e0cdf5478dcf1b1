// TypeORM: schema synchronisation twice, relations, query builder, migrations.
import assert from 'node:assert/strict';
import 'reflect-metadata';
import { DataSource, EntitySchema, Table, ILike, In, Raw } from 'typeorm';

const Author = new EntitySchema({
  name: 'Author', tableName: 'type_authors',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    name: { type: 'varchar', length: 50, unique: true },
    kind: { type: 'enum', enum: ['novel', 'poem'], default: 'novel' },
    created: { type: 'timestamptz', createDate: true },
    version: { type: 'int', version: true },
  },
  relations: { books: { type: 'one-to-many', target: 'Book', inverseSide: 'author', cascade: true } },
});
const Book = new EntitySchema({
  name: 'Book', tableName: 'type_books',
  columns: {
    id: { type: 'uuid', primary: true, generated: 'uuid' },
    title: { type: 'text' },
    price: { type: 'numeric', precision: 10, scale: 2, default: 0 },
    meta: { type: 'jsonb', nullable: true },
    tags: { type: 'text', array: true, nullable: true },
    pages: { type: 'bigint', default: 1, comment: 'how many' },
    sold: { type: 'boolean', default: false },
    published: { type: 'date', nullable: true },
    embedding: { type: 'vector', length: 3, nullable: true },
    half: { type: 'halfvec', length: 3, nullable: true },
  },
  relations: { author: { type: 'many-to-one', target: 'Author', inverseSide: 'books', onDelete: 'CASCADE', nullable: false, joinColumn: true } },
  indices: [{ columns: ['title'], name: 'type_title' }],
  uniques: [{ columns: ['title', 'price'], name: 'type_one_title' }],
  checks: [{ expression: '"price" >= 0', name: 'type_price' }],
});
const options = { type: 'postgres', url: process.argv[2], entities: [Author, Book], logging: process.argv[3] === 'log' };
const source = await new DataSource({ ...options, dropSchema: false, synchronize: true }).initialize();
const log = await source.driver.createSchemaBuilder().log();
assert.deepEqual(log.upQueries.map((q) => q.query), []);

const authors = source.getRepository('Author');
const books = source.getRepository('Book');
const author = await authors.save({ name: 'A', books: Array.from({ length: 6 }, (_, i) => ({ title: `t${i}`, price: i, meta: { n: i }, tags: ['x', `y${i}`], published: '2024-02-03', embedding: [i, 1, 1], half: [i, 0, 1] })) });
assert.equal(author.id, 1);
assert.equal(author.kind, 'novel');
const found = await authors.findOne({ where: { name: ILike('a') }, relations: { books: true }, order: { books: { title: 'ASC' } } });
assert.equal(found.books.length, 6);
assert.deepEqual(found.books[3].meta, { n: 3 });
assert.equal(found.books[3].published, '2024-02-03');
assert.equal(await books.count({ where: { title: In(['t1', 't2']) } }), 2);
assert.equal(await books.count({ where: { price: Raw((alias) => `${alias} > :least`, { least: 2 }) } }), 3);
const [page, total] = await books.findAndCount({ order: { title: 'DESC' }, skip: 1, take: 2, relations: { author: true } });
assert.equal(total, 6);
assert.equal(page[0].title, 't4');
const nearest = await books.createQueryBuilder('book').orderBy('embedding <-> :embedding').setParameters({ embedding: '[4,1,1]' }).limit(1).getOne();
assert.equal(nearest.title, 't4');
// An upsert leaves generated keys to the database.
await authors.upsert({ name: 'A', kind: 'poem' }, ['name']);
await authors.update({ id: author.id }, { name: 'B' });
assert.equal((await authors.findOneByOrFail({ id: author.id })).kind, 'poem');
const grouped = await books.createQueryBuilder('b').leftJoin('b.author', 'a').select('a.name', 'name').addSelect('SUM(b.price)', 'total').groupBy('a.name').having('COUNT(*) > 1').getRawMany();
assert.deepEqual(grouped, [{ name: 'B', total: '15.00' }]);
await assert.rejects(source.transaction(async (manager) => {
  await manager.deleteAll('Book');
  throw new Error('undo');
}), /undo/);
assert.equal(await books.count(), 6);
await authors.remove(await authors.findOneBy({ id: author.id }));
assert.equal(await books.count(), 0);
const runner = source.createQueryRunner();
const table = await runner.getTable('type_books');
assert.equal(table.columns.find((c) => c.name === 'embedding').type, 'vector');
assert.equal(table.foreignKeys[0].onDelete, 'CASCADE');
await runner.createTable(new Table({ name: 'type_more', columns: [{ name: 'id', type: 'int', isPrimary: true }] }), true);
await runner.renameColumn('type_more', 'id', 'key');
await runner.dropTable('type_more');
await runner.release();
await source.dropDatabase();
await source.destroy();
