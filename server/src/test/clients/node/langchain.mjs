// LangChain JS: PGVectorStore with collections, filters, an HNSW index.
import assert from 'node:assert/strict';
import { PGVectorStore } from '@langchain/community/vectorstores/pgvector';
import { FakeEmbeddings } from '@langchain/core/utils/testing';
import { Document } from '@langchain/core/documents';
import pg from 'pg';

class Letters extends FakeEmbeddings {
  vector(text) { return ['a', 'b', 'c'].map((letter) => text.split(letter).length - 1); }
  async embedDocuments(texts) { return texts.map((text) => this.vector(text)); }
  async embedQuery(text) { return this.vector(text); }
}
const pool = new pg.Pool({ connectionString: process.argv[2] });
for (const distanceStrategy of ['cosine', 'innerProduct', 'euclidean']) {
  const store = await PGVectorStore.initialize(new Letters(), { pool, tableName: 'js_store', collectionTableName: 'js_collections', collectionName: `c_${distanceStrategy}`, distanceStrategy, dimensions: 3 });
  await store.createHnswIndex({ dimensions: 3, efConstruction: 64, m: 8, namespace: `js_${distanceStrategy}` });
  const ids = ['10000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000003'];
  await store.addDocuments([
    new Document({ pageContent: 'aaab', metadata: { kind: 'x', n: 1, tags: ['p', 'q'] } }),
    new Document({ pageContent: 'bbba', metadata: { kind: 'y', n: 2, tags: ['q'] } }),
    new Document({ pageContent: 'cccb', metadata: { kind: 'y', n: 3 } }),
  ], { ids });
  const found = await store.similaritySearchWithScore('aaa', 3);
  assert.equal(found[0][0].pageContent, 'aaab');
  assert.equal(found.length, 3);
  const names = async (filter) => (await store.similaritySearch('aaa', 5, filter)).map((d) => d.pageContent).sort();
  assert.deepEqual(await names({ kind: 'y' }), ['bbba', 'cccb']);
  assert.deepEqual(await names({ kind: { in: ['x', 'z'] } }), ['aaab']);
  assert.deepEqual(await names({ kind: { notIn: ['x', 'z'] } }), ['bbba', 'cccb']);
  assert.deepEqual(await names({ n: { gt: 1, lt: 3 } }), ['bbba']);
  assert.deepEqual(await names({ tags: { arrayContains: ['p'] } }), ['aaab']);
  await store.delete({ ids: ids.slice(0, 1) });
  await store.delete({ filter: { n: 3 } });
  assert.deepEqual(await names(undefined), ['bbba']);
  await store.delete({ ids });
  // The store keeps a connection of the pool.
  store.client.release();
}
await pool.query('DROP TABLE js_store, js_collections');
await pool.end();
