INSERT INTO documents (title, embedding) VALUES ('one; two', '[1,2,3]'), ('it''s $1', '[3,2,1]');
ALTER TABLE documents ADD COLUMN kind text DEFAULT 'plain';
UPDATE documents SET kind = 'quoted' WHERE title LIKE '%''%';
