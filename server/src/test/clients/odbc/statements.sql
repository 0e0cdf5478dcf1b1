CREATE TABLE odbc_items (id serial PRIMARY KEY, name varchar(20), price numeric(10,2), ok boolean, added timestamp, embedding vector(3))
INSERT INTO odbc_items (name, price, ok, added, embedding) VALUES ('a', 1.5, true, '2024-01-02 03:04:05', '[1,2,3]'), ('b', 2.5, false, NULL, '[3,2,1]'), ('c', NULL, NULL, NULL, NULL)
SELECT * FROM odbc_items ORDER BY id
SELECT name FROM odbc_items ORDER BY embedding <-> '[3,2,1]' LIMIT 1
UPDATE odbc_items SET price = price + 1
SELECT count(*), sum(price) FROM odbc_items
help
help odbc_items
SELECT nothing FROM odbc_items
DROP TABLE odbc_items
