SHOW datestyle;
CREATE TABLE moments (id int PRIMARY KEY, d date, t time, tt timetz, ts timestamp, tz timestamptz, iv interval);
INSERT INTO moments VALUES
  (1, '2024-03-09', '14:05:06.7', '14:05:06+05:30', '2024-03-09 14:05:06.789012', '2024-03-09 14:05:06+00', '1 year 2 months 3 days 04:05:06.7'),
  (2, '0044-03-15 BC', '00:00', '00:00-08', '0044-03-15 12:00:00 BC', '0044-03-15 12:00:00+00 BC', '-1 year 2 months -3 days 04:05:06'),
  (3, 'infinity', '24:00', '23:59:59.999999+14', 'infinity', '-infinity', '0'),
  (4, '12345-06-07', '12:00', '12:00+03:30', '12345-06-07 01:02:03', '12345-06-07 01:02:03+00', '-3 days -04:05:06.000001'),
  (5, '1999-12-31', '12:00', '12:00:00-00:00:30', '1999-12-31 23:59:59.5', '2024-07-01 12:00:00+02', '14 months');
-- Every style with each order.
SET datestyle = 'ISO, DMY';
SELECT * FROM moments ORDER BY id;
SET datestyle = 'ISO, YMD';
SELECT * FROM moments ORDER BY id;
SET datestyle = 'SQL, MDY';
SELECT * FROM moments ORDER BY id;
SET datestyle = 'SQL, DMY';
SELECT * FROM moments ORDER BY id;
SET datestyle = 'SQL, YMD';
SELECT * FROM moments ORDER BY id;
SET datestyle = 'Postgres, MDY';
SELECT * FROM moments ORDER BY id;
SET datestyle = 'Postgres, DMY';
SELECT * FROM moments ORDER BY id;
SET datestyle = 'Postgres, YMD';
SELECT * FROM moments ORDER BY id;
SET datestyle = 'German, MDY';
SELECT * FROM moments ORDER BY id;
SET datestyle = 'German';
SHOW datestyle;
SELECT * FROM moments ORDER BY id;
-- What is not said stays.
SET datestyle = 'German';
SHOW datestyle;
SET datestyle = 'SQL';
SHOW datestyle;
SET datestyle = ymd;
SHOW datestyle;
SET datestyle = postgres, european;
SHOW datestyle;
SET datestyle = 'NonEuropean';
SHOW datestyle;
SET datestyle = 'sql, default';
SHOW datestyle;
SET datestyle = 'default';
SHOW datestyle;
SET datestyle = 'postgresql, us';
SHOW datestyle;
SET datestyle = '';
SHOW datestyle;
SET datestyle = '"ISO", DMY';
SHOW datestyle;
SET datestyle = 'iso, iso, ymd, ymd';
SHOW datestyle;
RESET datestyle;
SHOW datestyle;
SET datestyle = 'iso, sql';
SET datestyle = 'mdy, dmy';
SET datestyle = 'nonsense';
SET datestyle = 'iso,, dmy';
SELECT current_setting('datestyle'), set_config('datestyle', 'german', false), current_setting('datestyle');
-- Abbreviations of zones, of their time.
SET datestyle = 'Postgres, MDY';
SET timezone = 'America/New_York';
SELECT tz FROM moments ORDER BY id;
SELECT timestamptz '2024-01-15 12:00 UTC', timestamptz '2024-07-15 12:00 UTC', timestamptz '1880-01-01 12:00 UTC', timestamptz '1943-01-01 12:00 UTC', timestamptz '2060-07-01 UTC';
SET timezone = 'Europe/Istanbul';
SELECT timestamptz '2024-01-15 12:00 UTC', timestamptz '2014-07-15 12:00 UTC', timestamptz '1800-01-01 12:00 UTC';
SET timezone = 'CET';
SELECT timestamptz '2024-01-15 12:00 UTC', timestamptz '2024-07-15 12:00 UTC';
SET timezone = 'Asia/Kathmandu';
SELECT timestamptz '2024-01-15 12:00 UTC', timestamptz '1970-07-15 12:00 UTC';
SET timezone = '+5:30';
SET timezone = 5.5;
SELECT timestamptz '2024-01-15 12:00 UTC';
SET timezone = 'GMT';
SELECT timestamptz '2024-01-15 12:00 UTC';
SET timezone = 'UTC';
SELECT timestamptz '2024-01-15 12:00 UTC';
SET datestyle = 'SQL, DMY';
SET timezone = 'Australia/Sydney';
SELECT timestamptz '2024-01-15 12:00 UTC', timestamptz '0001-07-15 12:00 UTC BC';
SET datestyle = 'German';
SELECT timestamptz '2024-01-15 12:00 UTC', timestamptz '0001-07-15 12:00 UTC BC';
SET timezone = 'UTC';
-- Casts, concatenation, arrays, rows, ranges.
SET datestyle = 'SQL, DMY';
SELECT d::text, ts::text, tz::varchar, 'at ' || ts, array[d, d + 1], (d, ts), daterange(d, d + 1), tsrange(ts, ts + interval '1 day') FROM moments WHERE id = 1;
SELECT format('%s %L', d, ts), concat(d, ' ', tz), string_agg(d::text, ', ') FROM moments WHERE id = 1 GROUP BY d, ts, tz;
-- JSON has its own.
SELECT to_json(d), to_json(ts), to_json(tz), to_jsonb(tz), json_build_object('d', d, 't', ts), row_to_json(m) FROM moments m WHERE id = 1;
SELECT json_object_agg(d, ts), jsonb_object_agg(d, ts) FROM moments WHERE id = 1;
-- Reading follows the order, whatever the style.
SET datestyle = 'SQL, DMY';
SELECT date '01/02/2024', date '1-Feb-2024', timestamp '01/02/2024 03:04:05', date '2024-02-01', '01.02.2024'::date;
SELECT '09/03/2024'::date = d FROM moments WHERE id = 1;
SET datestyle = 'SQL, MDY';
SELECT date '01/02/2024', timestamp '01/02/2024 03:04:05', date '2024-02-01', '01.02.2024'::date;
SET datestyle = 'German, YMD';
SELECT date '01/02/03', date '01-02-03', date '1/Feb/03', timestamp '01-02-03 04:05';
SET datestyle = 'Postgres, DMY';
SELECT date '13/02/2024', date '02/13/2024';
SELECT date '13/02/2024', timestamp 'Fri 09 Mar 14:05:06.789012 2024', timestamptz 'Sat 09 Mar 14:05:06 2024 UTC', timestamptz 'Mon Jul 01 06:00:00 2024 EDT';
SELECT 'Sat 09 Mar 14:05:06.789012 2024'::text::timestamp, '09-03-2024'::text::date;
-- Out and in again.
SET datestyle = 'Postgres, MDY';
SELECT id FROM moments WHERE d = d::text::date AND ts = ts::text::timestamp AND tz = tz::text::timestamptz ORDER BY id;
SET datestyle = 'SQL, DMY';
SELECT id FROM moments WHERE d = d::text::date AND ts = ts::text::timestamp AND tz = tz::text::timestamptz ORDER BY id;
SET datestyle = 'German';
SELECT id FROM moments WHERE d = d::text::date AND ts = ts::text::timestamp AND tz = tz::text::timestamptz ORDER BY id;
-- COPY.
SET datestyle = 'SQL, DMY';
COPY (SELECT d, ts, tz, iv FROM moments ORDER BY id) TO STDOUT;
COPY (SELECT d, ts, tz, iv FROM moments ORDER BY id) TO STDOUT (FORMAT csv);
CREATE TABLE copied (d date, ts timestamp);
COPY copied FROM STDIN;
03/04/2024	03/04/2024 05:06:07
\.
SET datestyle = 'SQL, MDY';
COPY copied FROM STDIN;
03/04/2024	03/04/2024 05:06:07
\.
SET datestyle = 'ISO, MDY';
SELECT * FROM copied ORDER BY d;
-- A prepared statement follows the setting of its execution, text read when it was planned does not.
PREPARE p(int) AS SELECT d, d::text, ts FROM moments WHERE id = $1;
EXECUTE p(1);
SET datestyle = 'German';
EXECUTE p(1);
SET datestyle = 'Postgres, MDY';
EXECUTE p(1);
PREPARE r(text) AS SELECT $1::date;
EXECUTE r('03/04/2024');
SET datestyle = 'Postgres, DMY';
EXECUTE r('03/04/2024');
-- In a transaction.
SET datestyle = 'ISO, MDY';
BEGIN;
SET LOCAL datestyle = 'SQL, DMY';
SELECT d FROM moments WHERE id = 1;
ROLLBACK;
SELECT d FROM moments WHERE id = 1;
BEGIN;
SET datestyle = 'SQL, DMY';
SAVEPOINT a;
SET datestyle = 'German';
ROLLBACK TO a;
SELECT d FROM moments WHERE id = 1;
COMMIT;
SELECT d FROM moments WHERE id = 1;
-- Defaults and checks mean what they meant when they were made.
SET datestyle = 'SQL, DMY';
CREATE TABLE kept (a int, d date DEFAULT '01/02/2024', iv interval DEFAULT '-1 day 02:03', CHECK (d > '05/01/2020'));
SET datestyle = 'SQL, MDY';
SET intervalstyle = 'sql_standard';
INSERT INTO kept (a) VALUES (1);
INSERT INTO kept (a, d) VALUES (2, '02/01/2020');
SELECT * FROM kept;
RESET intervalstyle;
-- Styles of intervals.
RESET datestyle;
SET intervalstyle = 'postgres_verbose';
SELECT id, iv, -iv, iv * 1.5 FROM moments ORDER BY id;
SET intervalstyle = 'sql_standard';
SELECT id, iv, -iv, iv * 1.5 FROM moments ORDER BY id;
SELECT interval '-1 2:03:04', interval '-1 +2:03:04', interval '-1-2 3 4:05:06', interval '+1-2 -3 +4:05:06', interval '-1 year 2 mons', interval '-23 hours 45 min 12.34 sec', interval '-1 days 2 hours ago';
SET intervalstyle = 'iso_8601';
SELECT id, iv, -iv, iv * 1.5 FROM moments ORDER BY id;
SET intervalstyle = 'postgres';
SELECT id, iv, -iv, iv * 1.5 FROM moments ORDER BY id;
SELECT interval '-1 2:03:04', interval '-1 +2:03:04', interval '-1-2 3 4:05:06';
SET intervalstyle = 'other';
SET intervalstyle = 'ISO_8601';
SHOW intervalstyle;
SELECT iv::text, 'for ' || iv, to_json(iv), array[iv] FROM moments WHERE id = 1;
RESET intervalstyle;
DROP TABLE moments, copied, kept;
