// Drizzle: queries over node-postgres, the migrator, and drizzle-kit's introspection of what it made.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { and, asc, count, desc, eq, gt, ilike, inArray, l2Distance, cosineDistance, relations, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { bigserial, boolean, check, index, integer, jsonb, numeric, pgTable, text, timestamp, unique, uuid, varchar, vector } from 'drizzle-orm/pg-core';
import pg from 'pg';

const url = process.argv[2];
const authors = pgTable('drizzle_authors', { id: integer().primaryKey().generatedAlwaysAsIdentity(), name: varchar({ length: 50 }).notNull().unique() });
const books = pgTable('drizzle_books', {
  id: bigserial({ mode: 'number' }).primaryKey(),
  authorId: integer('author_id').notNull().references(() => authors.id, { onDelete: 'cascade' }),
  title: text().notNull(),
  price: numeric({ precision: 10, scale: 2 }).default('0'),
  meta: jsonb(),
  tags: text().array(),
  key: uuid().defaultRandom(),
  sold: boolean().default(false),
  added: timestamp({ withTimezone: true }).defaultNow(),
  embedding: vector({ dimensions: 3 }),
}, (t) => [index('drizzle_embedding').using('hnsw', t.embedding.op('vector_l2_ops')), index('drizzle_title').on(t.title.asc()), unique('drizzle_one').on(t.title, t.price), check('drizzle_price', sql`${t.price} >= 0`)]);
const authorRelations = relations(authors, ({ many }) => ({ books: many(books) }));
const bookRelations = relations(books, ({ one }) => ({ author: one(authors, { fields: [books.authorId], references: [authors.id] }) }));

const folder = mkdtempSync(join(tmpdir(), 'drizzle-'));
mkdirSync(join(folder, 'meta'));
writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries: [{ idx: 0, version: '7', when: 1, tag: '0000_first', breakpoints: true }] }));
writeFileSync(join(folder, '0000_first.sql'), `CREATE EXTENSION IF NOT EXISTS vector;--> statement-breakpoint
CREATE TABLE "drizzle_authors" ("id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "drizzle_authors_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1), "name" varchar(50) NOT NULL, CONSTRAINT "drizzle_authors_name_unique" UNIQUE("name"));
--> statement-breakpoint
CREATE TABLE "drizzle_books" ("id" bigserial PRIMARY KEY NOT NULL, "author_id" integer NOT NULL, "title" text NOT NULL, "price" numeric(10, 2) DEFAULT '0', "meta" jsonb, "tags" text[], "key" uuid DEFAULT gen_random_uuid(), "sold" boolean DEFAULT false, "added" timestamp with time zone DEFAULT now(), "embedding" vector(3), CONSTRAINT "drizzle_one" UNIQUE("title","price"), CONSTRAINT "drizzle_price" CHECK ("drizzle_books"."price" >= 0));
--> statement-breakpoint
ALTER TABLE "drizzle_books" ADD CONSTRAINT "drizzle_books_author_id_drizzle_authors_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."drizzle_authors"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "drizzle_embedding" ON "drizzle_books" USING hnsw ("embedding" vector_l2_ops);--> statement-breakpoint
CREATE INDEX "drizzle_title" ON "drizzle_books" USING btree ("title");`);

const pool = new pg.Pool({ connectionString: url });
const db = drizzle(pool, { schema: { authors, books, authorRelations, bookRelations } });
await migrate(db, { migrationsFolder: folder });
await migrate(db, { migrationsFolder: folder });
const [author] = await db.insert(authors).values({ name: 'A' }).returning();
await db.insert(books).values(Array.from({ length: 6 }, (_, i) => ({ authorId: author.id, title: `t${i}`, price: `${i}.00`, meta: { n: i }, tags: ['x', `y${i}`], embedding: [i, 1, 1] })));
const nearest = await db.select({ title: books.title, distance: l2Distance(books.embedding, [4, 1, 1]) }).from(books).orderBy(l2Distance(books.embedding, [4, 1, 1])).limit(2);
assert.deepEqual([nearest[0].title, Number(nearest[0].distance)], ['t4', 0]);
assert.equal((await db.select().from(books).where(gt(cosineDistance(books.embedding, [1, 1, 1]), 0.2))).length > 0, true);
const nested = await db.query.authors.findFirst({ where: eq(authors.name, 'A'), with: { books: { orderBy: [asc(books.id)], limit: 2, columns: { title: true, embedding: true } } } });
assert.deepEqual(nested.books, [{ title: 't0', embedding: [0, 1, 1] }, { title: 't1', embedding: [1, 1, 1] }]);
await db.insert(authors).values({ name: 'A' }).onConflictDoUpdate({ target: authors.name, set: { name: 'B' } });
const grouped = await db.select({ name: authors.name, n: count() }).from(books).innerJoin(authors, eq(books.authorId, authors.id)).where(and(ilike(books.title, 'T%'), inArray(books.id, [1, 2, 3]))).groupBy(authors.name).orderBy(desc(authors.name));
assert.deepEqual(grouped, [{ name: 'B', n: 3 }]);
assert.equal((await db.update(books).set({ sold: true }).where(eq(books.title, 't1')).returning({ id: books.id }))[0].id, 2);
await assert.rejects(db.transaction(async (tx) => { await tx.delete(books); tx.rollback(); }));
assert.equal(await db.$count(books), 6);
const prepared = db.select().from(books).where(eq(books.id, sql.placeholder('id'))).prepare('one_book');
assert.equal((await prepared.execute({ id: 3 }))[0].meta.n, 2);

writeFileSync(join(folder, 'drizzle.config.json'), JSON.stringify({ dialect: 'postgresql', out: join(folder, 'out'), dbCredentials: { url }, tablesFilter: ['drizzle_*'] }));
execFileSync('node', [new URL('node_modules/drizzle-kit/bin.cjs', import.meta.url).pathname, 'introspect', `--config=${join(folder, 'drizzle.config.json')}`], { stdio: 'pipe' });
const schema = readFileSync(join(folder, 'out', 'schema.ts'), 'utf8');
for (const part of ['vector({ dimensions: 3 })', 'foreignColumns: [drizzleAuthors.id]', 'onDelete("cascade")', '.using("hnsw", table.embedding', 'numeric({ precision: 10, scale:  2 })', 'unique("drizzle_one")', 'check("drizzle_price"', 'generatedAlwaysAsIdentity']) {
  assert.ok(schema.includes(part), `${part} is missing in\n${schema}`);
}
await db.execute(sql`DROP TABLE drizzle_books, drizzle_authors`);
await db.execute(sql`DROP SCHEMA drizzle CASCADE`);
await pool.end();
