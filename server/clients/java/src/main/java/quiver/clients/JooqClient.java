package quiver.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooq.impl.DSL.*;
import static org.jooq.impl.SQLDataType.INTEGER;
import static org.jooq.impl.SQLDataType.NUMERIC;
import static org.jooq.impl.SQLDataType.TIMESTAMPWITHTIMEZONE;
import static org.jooq.impl.SQLDataType.VARCHAR;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;

/// jOOQ: DDL, queries of every shape it renders for PostgreSQL, batches, metadata.
final class JooqClient {
  private static final Table<?> BOOKS = table(name("jooq_books"));
  private static final Field<Integer> ID = field(name("jooq_books", "id"), INTEGER);
  private static final Field<String> TITLE = field(name("jooq_books", "title"), VARCHAR);
  private static final Field<BigDecimal> PRICE = field(name("jooq_books", "price"), NUMERIC(10, 2));
  private static final Field<String[]> TAGS = field(name("jooq_books", "tags"), VARCHAR.array());
  private static final Field<JSONB> META =
      field(name("jooq_books", "meta"), org.jooq.impl.SQLDataType.JSONB);
  private static final Field<UUID> KEY =
      field(name("jooq_books", "key"), org.jooq.impl.SQLDataType.UUID);

  private JooqClient() {}

  public static void main(String[] args) throws Exception {
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
    try (Connection connection = DriverManager.getConnection(args[0])) {
      DSLContext sql = DSL.using(connection, SQLDialect.POSTGRES, new Settings());
      create(sql);
      write(sql);
      read(sql);
      metadata(sql);
      sql.dropTable(BOOKS).cascade().execute();
    }
  }

  private static void create(DSLContext sql) {
    sql.dropTableIfExists(BOOKS).execute();
    sql.createTableIfNotExists(BOOKS)
        .column("id", INTEGER.generatedByDefaultAsIdentity())
        .column("title", VARCHAR(100).nullable(false))
        .column("price", NUMERIC(10, 2).defaultValue(new BigDecimal("1.50")))
        .column("tags", VARCHAR.array())
        .column("meta", org.jooq.impl.SQLDataType.JSONB)
        .column("key", org.jooq.impl.SQLDataType.UUID)
        .constraints(
            primaryKey("id"), constraint("jooq_positive").check(field("price").gt(inline(0))))
        .execute();
    sql.createUniqueIndexIfNotExists("jooq_title").on(BOOKS, TITLE).execute();
    sql.alterTable(BOOKS).addColumn("added", TIMESTAMPWITHTIMEZONE).execute();
    sql.alterTable(BOOKS)
        .addColumn(
            "embedding",
            new org.jooq.impl.DefaultDataType<>(SQLDialect.POSTGRES, String.class, "vector(3)"))
        .execute();
  }

  private static void write(DSLContext sql) {
    Result<? extends Record> rows =
        sql.insertInto(BOOKS, TITLE, PRICE, TAGS, META, KEY)
            .values(
                "a",
                new BigDecimal("3.25"),
                new String[] {"x", "y"},
                org.jooq.JSONB.valueOf("{\"k\": 1}"),
                new UUID(0, 1))
            .values("b", new BigDecimal("4.00"), null, null, null)
            .returningResult(ID, TITLE)
            .fetch();
    assertThat(rows.getValues(0)).isEqualTo(java.util.List.of(1, 2));
    sql.insertInto(BOOKS, TITLE, PRICE)
        .values("a", BigDecimal.TEN)
        .onConflict(TITLE)
        .doUpdate()
        .set(PRICE, excluded(PRICE))
        .execute();
    sql.insertInto(BOOKS, TITLE).values("a").onConflictDoNothing().execute();
    sql.insertInto(BOOKS, TITLE).select(select(inline("c"))).execute();
    sql.batch(sql.insertInto(BOOKS, TITLE, PRICE).values((String) null, (BigDecimal) null))
        .bind("d", BigDecimal.ONE)
        .bind("e", BigDecimal.TWO)
        .execute();
    assertThat(
            sql.update(BOOKS)
                .set(PRICE, PRICE.plus(1))
                .where(TITLE.in("d", "e"))
                .returning(PRICE)
                .fetch())
        .hasSize(2);
    sql.transaction(configuration -> {
      DSLContext inner = configuration.dsl();
      inner.deleteFrom(BOOKS).where(TITLE.eq("e")).execute();
      try {
        inner.transaction(nested -> {
          nested.dsl().deleteFrom(BOOKS).execute();
          throw new IllegalStateException("undo");
        });
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("undo");
      }
    });
    assertThat(sql.fetchCount(BOOKS)).isEqualTo(4);
  }

  private static void read(DSLContext sql) {
    Record first = sql.selectFrom(BOOKS).orderBy(ID).limit(1).fetchSingle();
    assertThat(first.get(TITLE)).isEqualTo("a");
    assertThat(first.get(PRICE)).isEqualByComparingTo("10");
    assertThat(first.get(TAGS)).containsExactly("x", "y");
    assertThat(first.get(META)).isEqualTo(org.jooq.JSONB.valueOf("{\"k\": 1}"));
    assertThat(first.get(KEY)).isEqualTo(new UUID(0, 1));
    assertThat(
            sql.select(TITLE, rowNumber().over(orderBy(PRICE.desc())), sum(PRICE).over().as("s"))
                .from(BOOKS)
                .orderBy(TITLE.asc().nullsLast())
                .offset(1)
                .limit(2)
                .fetch())
        .hasSize(2);
    assertThat(
            sql.with("t")
                .as(select(TITLE, PRICE).from(BOOKS))
                .select(
                    count(),
                    max(field("price", NUMERIC)),
                    arrayAgg(field("title", VARCHAR)).orderBy(field("title")),
                    listAgg(field("title", VARCHAR), ",").withinGroupOrderBy(field("title")))
                .from(table("t"))
                .where(field("price", NUMERIC).between(BigDecimal.ZERO, BigDecimal.TEN))
                .fetchSingle()
                .value4())
        .isEqualTo("a,b,c,d");
    assertThat(
            sql.select(ID)
                .from(BOOKS)
                .where(row(ID, TITLE).in(row(1, "a"), row(2, "z")))
                .union(select(inline(99)))
                .except(select(inline(98)))
                .orderBy(1)
                .fetch(0))
        .isEqualTo(java.util.List.of(1, 99));
    assertThat(
            sql.select(multiset(select(TITLE).from(BOOKS).orderBy(TITLE)).as("titles"))
                .fetchSingle()
                .value1())
        .hasSize(4);
    assertThat(sql.fetchExists(selectFrom(BOOKS).where(TAGS.contains(new String[] {"x"}))))
        .isTrue();
    assertThat(
            sql.select(jsonbGetAttributeAsText(META, "k"))
                .from(BOOKS)
                .where(ID.eq(1))
                .fetchSingle()
                .value1())
        .isEqualTo("1");
    assertThat(sql.selectFrom(generateSeries(1, 3)).fetch()).hasSize(3);
    assertThat(sql.selectFrom(BOOKS).where(ID.eq(1)).forUpdate().skipLocked().fetch()).hasSize(1);
    assertThat(sql.selectFrom(values(row(1, "a"), row(2, "b")).as("v", "x", "y")).fetch())
        .hasSize(2);
    assertThat(sql.select(ID).from(BOOKS).orderBy(ID).fetchStream().toList()).hasSize(4);
    assertThat(sql.select(ID).distinctOn(PRICE).from(BOOKS).orderBy(PRICE, ID).fetch()).hasSize(4);
  }

  private static void metadata(DSLContext sql) {
    Table<?> found = sql.meta().getTables("jooq_books").get(0);
    assertThat(found.getPrimaryKey().getFields()).hasSize(1);
    assertThat(found.getIndexes()).hasSize(1);
    assertThat(found.field("title").getDataType().length()).isEqualTo(100);
    assertThat(found.field("id").getDataType().identity()).isTrue();
    assertThat(sql.meta().getSchemas("public")).hasSize(1);
  }
}
