// Sequelize: sync and alter, associations, operators, scopes, transactions.
import assert from 'node:assert/strict';
import { DataTypes, Op, QueryTypes, Sequelize } from 'sequelize';
import pgvector from 'pgvector/sequelize';

pgvector.registerTypes(Sequelize);
const sequelize = new Sequelize(process.argv[2], { logging: process.argv[3] === 'log' ? console.log : false });
await sequelize.query('CREATE EXTENSION IF NOT EXISTS vector');
const Author = sequelize.define('Author', { name: { type: DataTypes.STRING(50), allowNull: false, unique: true }, kind: DataTypes.ENUM('novel', 'poem') }, { tableName: 'sequel_authors' });
const Book = sequelize.define('Book', {
  id: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4, primaryKey: true },
  title: { type: DataTypes.TEXT, comment: 'the title' },
  price: { type: DataTypes.DECIMAL(10, 2), defaultValue: 0 },
  meta: DataTypes.JSONB,
  tags: DataTypes.ARRAY(DataTypes.STRING),
  sold: { type: DataTypes.BOOLEAN, defaultValue: false },
  published: DataTypes.DATEONLY,
  data: DataTypes.BLOB,
  span: DataTypes.RANGE(DataTypes.INTEGER),
  embedding: DataTypes.VECTOR(3),
}, { tableName: 'sequel_books', indexes: [{ fields: ['title'] }, { fields: ['embedding'], using: 'hnsw', name: 'sequel_embedding', operator: 'vector_l2_ops' }] });
Author.hasMany(Book, { as: 'books', foreignKey: { name: 'authorId', allowNull: false }, onDelete: 'CASCADE' });
Book.belongsTo(Author, { as: 'author', foreignKey: 'authorId' });
await sequelize.sync({ force: true });
await sequelize.sync({ alter: true });
const author = await Author.create({ name: 'A', kind: 'novel', books: [{ title: 't0', price: 1, meta: { n: 0 }, tags: ['x'], embedding: [0, 1, 1], data: Buffer.from([0, 1]), span: [1, 5] }] }, { include: [{ model: Book, as: 'books' }] });
await Book.bulkCreate(Array.from({ length: 5 }, (_, i) => ({ authorId: author.id, title: `t${i + 1}`, price: i, meta: { n: i, deep: { k: `v${i}` } }, tags: ['x', `y${i}`], published: '2024-02-03', embedding: [i + 1, 1, 1] })));
const nearest = await Book.findAll({ order: pgvector.l2Distance ? [sequelize.literal("embedding <-> '[3,1,1]'")] : [], limit: 2 });
assert.equal(nearest[0].title, 't3');
assert.deepEqual(nearest[0].embedding, [3, 1, 1]);
const first = await Book.findOne({ where: { title: 't0' } });
assert.deepEqual(first.data, Buffer.from([0, 1]));
assert.equal(first.span[0].value, 1);
assert.equal(await Book.count({ where: { price: { [Op.between]: [1, 3] }, title: { [Op.iLike]: 'T%' } } }), 4);
assert.equal((await Book.findAll({ where: { tags: { [Op.contains]: ['y2'] } } }))[0].title, 't3');
assert.equal((await Book.findAll({ where: { 'meta.deep.k': 'v3' } }))[0].title, 't4');
assert.equal((await Book.findAll({ where: { tags: { [Op.overlap]: ['y1', 'y2'] } } })).length, 2);
const { rows, count } = await Author.findAndCountAll({ include: [{ model: Book, as: 'books', where: { price: { [Op.gte]: 0 } } }], order: [[{ model: Book, as: 'books' }, 'title', 'DESC']], distinct: true, limit: 5 });
assert.equal(count, 1);
assert.equal(rows[0].books.length, 6);
const sums = await Book.findAll({ attributes: ['authorId', [sequelize.fn('SUM', sequelize.col('price')), 'total']], group: ['authorId'], having: sequelize.where(sequelize.fn('COUNT', '*'), '>', 1), raw: true });
assert.equal(sums[0].total, '11.00');
await Author.upsert({ id: author.id, name: 'B' });
assert.equal((await Author.findByPk(author.id)).name, 'B');
const [affected, updated] = await Book.update({ sold: true }, { where: { title: 't1' }, returning: true });
assert.equal(affected, 1);
assert.equal(updated[0].sold, true);
await Book.increment({ price: 5 }, { where: { title: 't1' } });
await assert.rejects(sequelize.transaction(async (transaction) => {
  await Book.destroy({ where: {}, transaction });
  await Author.findOne({ lock: transaction.LOCK.UPDATE, transaction });
  throw new Error('undo');
}), /undo/);
assert.equal(await Book.count(), 6);
const [{ n }] = await sequelize.query('SELECT count(*)::int AS n FROM sequel_books WHERE title IN (:titles)', { replacements: { titles: ['t1', 't2'] }, type: QueryTypes.SELECT });
assert.equal(n, 2);
assert.equal((await sequelize.query('SELECT $1::int + 1 AS n', { bind: [1], type: QueryTypes.SELECT }))[0].n, 2);
const described = await sequelize.getQueryInterface().describeTable('sequel_books');
assert.equal(described.embedding.type, 'VECTOR(3)');
assert.ok((await sequelize.getQueryInterface().showIndex('sequel_books')).length >= 3);
assert.deepEqual((await sequelize.getQueryInterface().showAllTables()).sort().filter((t) => t.startsWith('sequel')), ['sequel_authors', 'sequel_books']);
await author.destroy();
assert.equal(await Book.count(), 0);
await sequelize.drop();
await sequelize.close();
