package quiver.clients;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.Array;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.cfg.Configuration;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/// Hibernate ORM with hibernate-vector: the schema made, validated and updated by it, entities with
/// every kind of column, HQL.
final class HibernateClient {
  private HibernateClient() {}

  enum Kind {
    NOVEL,
    POEM
  }

  @Entity(name = "Author")
  @Table(name = "hibernate_authors", uniqueConstraints = @UniqueConstraint(columnNames = "name"))
  static class Author {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Nullable Long id;

    @Column(nullable = false, length = 100)
    @Nullable String name;

    @Version int version;

    @OneToMany(mappedBy = "author", cascade = CascadeType.ALL, orphanRemoval = true)
    List<Book> books = new ArrayList<>();

    @ElementCollection Set<String> nicknames = new HashSet<>();
  }

  @Entity(name = "Book")
  @Table(name = "hibernate_books")
  @Inheritance(strategy = InheritanceType.JOINED)
  static class Book {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE)
    @Nullable Long id;

    @ManyToOne(optional = false)
    @Nullable Author author;

    @Nullable String title;

    @Column(precision = 10, scale = 2)
    @Nullable BigDecimal price;

    @Enumerated(EnumType.STRING)
    @Nullable Kind kind;

    @Enumerated
    @JdbcTypeCode(SqlTypes.NAMED_ENUM)
    @Nullable Kind named;

    @Nullable LocalDate published;
    @Nullable Instant added;
    @Nullable Duration reading;
    @Nullable UUID key;
    byte @Nullable [] cover;
    @Nullable Boolean sold;
    String @Nullable [] tags;

    @JdbcTypeCode(SqlTypes.JSON)
    @Nullable Map<String, Object> meta;

    @JdbcTypeCode(SqlTypes.VECTOR)
    @Array(length = 3)
    float @Nullable [] embedding;

    @JdbcTypeCode(SqlTypes.VECTOR_FLOAT16)
    @Array(length = 3)
    float @Nullable [] half;
  }

  @Entity(name = "Edition")
  @Table(name = "hibernate_editions")
  static class Edition extends Book {
    int number;
  }

  public static void main(String[] args) {
    for (String action : List.of("drop-and-create", "validate", "update", "none")) {
      try (SessionFactory factory = factory(args[0], action)) {
        if (action.equals("none")) {
          factory.inTransaction(HibernateClient::save);
          factory.inTransaction(HibernateClient::query);
          factory.inTransaction(HibernateClient::vectors);
          factory.inTransaction(HibernateClient::change);
        }
      }
    }
    factory(args[0], "create-drop").close();
  }

  private static SessionFactory factory(String url, String action) {
    return new Configuration()
        .addAnnotatedClass(Author.class)
        .addAnnotatedClass(Book.class)
        .addAnnotatedClass(Edition.class)
        .setProperty("hibernate.connection.url", url)
        .setProperty("hibernate.connection.username", "quiver")
        .setProperty("hibernate.hbm2ddl.auto", action.equals("drop-and-create") ? "create" : action)
        .setProperty("hibernate.jdbc.batch_size", "10")
        .buildSessionFactory();
  }

  private static void save(Session session) {
    Author author = new Author();
    author.name = "A";
    author.nicknames.addAll(Set.of("x", "y"));
    session.persist(author);
    assertThat(author.id).isEqualTo(1);
    for (int i = 0; i < 6; i++) {
      Book book = i < 5 ? new Book() : new Edition();
      book.author = author;
      book.title = "t" + i;
      book.price = new BigDecimal(i + ".50");
      book.kind = i % 2 == 0 ? Kind.NOVEL : Kind.POEM;
      book.named = Kind.POEM;
      book.published = LocalDate.of(2020, 1, 1).plusMonths(i);
      book.added = Instant.parse("2024-01-02T03:04:05.678901Z");
      book.reading = Duration.ofMinutes(i);
      book.key = new UUID(0, i);
      book.cover = new byte[] {0, 1, (byte) i};
      book.sold = i == 3;
      book.tags = new String[] {"tag", "t" + i};
      book.meta = Map.of("pages", i, "deep", Map.of("k", "v" + i));
      book.embedding = new float[] {i, 1, 1};
      book.half = new float[] {i, 0, 1};
      author.books.add(book);
    }
  }

  private static void query(Session session) {
    List<Book> page =
        session
            .createQuery(
                "from Book b join fetch b.author where b.price > :least order by b.id", Book.class)
            .setParameter("least", new BigDecimal("0.6"))
            .setFirstResult(1)
            .setMaxResults(2)
            .getResultList();
    assertThat(page).extracting(book -> book.title).containsExactly("t2", "t3");
    Book book = page.get(1);
    assertThat(book.named).isEqualTo(Kind.POEM);
    assertThat(book.added).isEqualTo(Instant.parse("2024-01-02T03:04:05.678901Z"));
    assertThat(book.reading).isEqualTo(Duration.ofMinutes(3));
    assertThat(book.cover).containsExactly(0, 1, 3);
    assertThat(book.tags).containsExactly("tag", "t3");
    assertThat(book.meta).containsEntry("pages", 3);
    assertThat(book.embedding).containsExactly(3, 1, 1);
    assertThat(book.half).containsExactly(3, 0, 1);
    for (String hql :
        List.of(
            "select count(b), sum(b.price), avg(b.price), max(b.published) from Book b group by"
                + " b.kind having count(b) > 1 order by b.kind",
            "select year(b.published), extract(month from b.published), upper(b.title),"
                + " concat(b.title, '-', b.kind), length(b.title), substring(b.title, 1, 1),"
                + " coalesce(b.title, '') from Book b",
            "select b.title, row_number() over (partition by b.kind order by b.price desc) from"
                + " Book b",
            "select cast(b.price as string), cast(b.id as integer), abs(b.price), round(b.price,"
                + " 1), mod(b.id, 2), floor(b.price), power(b.price, 2) from Book b",
            "select listagg(b.title, ',') within group (order by b.title) from Book b",
            "select b.author.name from Book b where exists (select 1 from Book c where c.author ="
                + " b.author and c.id <> b.id)",
            "from Author a where size(a.books) > 3 and 'x' member of a.nicknames",
            "from Book b where b.title like 't%' escape '!' and b.title ilike 'T_' and b.published"
                + " between date 2020-01-01 and local date and b.sold is not null",
            "from Book b where array_contains(b.tags, 't2')",
            "select array_length(b.tags), array_get(b.tags, 1) from Book b",
            "select b.published + 1 month, b.added - 3 hour, local datetime, instant, offset"
                + " datetime from Book b",
            "with t as (select b.id as id, b.price as p from Book b) select t.id from t t where t.p"
                + " > 1 order by t.p desc fetch first 2 rows only",
            "select b.title from Book b where b.kind = NOVEL union select 'other' order by 1",
            "select case when b.price > 2 then 'dear' else 'cheap' end, nullif(b.title, 't1'),"
                + " b.key from Book b where b.id in (select max(c.id) from Book c group by c.kind)",
            "select a from Author a left join a.books b on b.price > 100 where b is null or b.id >"
                + " 0",
            "select treat(b as Edition).number, type(b) from Book b",
            "select x.g from generate_series(1, 3) x(g)"
                .replace("x(g)", "x")
                .replace("x.g", "x"))) {
      session.createSelectionQuery(hql, Object.class).getResultList();
    }
  }

  private static void vectors(Session session) {
    List<String> nearest =
        session
            .createQuery(
                "select b.title from Book b order by l2_distance(b.embedding, :v) limit 2",
                String.class)
            .setParameter("v", new float[] {4, 1, 1})
            .getResultList();
    assertThat(nearest).first().isEqualTo("t4");
    for (String expression :
        List.of(
            "cosine_distance(b.embedding, :v)",
            "euclidean_distance(b.embedding, :v)",
            "l1_distance(b.embedding, :v)",
            "taxicab_distance(b.embedding, :v)",
            "inner_product(b.embedding, :v)",
            "negative_inner_product(b.embedding, :v)",
            "euclidean_squared_distance(b.embedding, :v)",
            "cosine_distance(b.half, :v)",
            "l2_distance(b.half, :v)")) {
      assertThat(
              session
                  .createQuery(
                      "select " + expression + " from Book b where b.title = 't1'", Double.class)
                  .setParameter("v", new float[] {1, 2, 3})
                  .getSingleResult())
          .as(expression)
          .isNotNull();
    }
    assertThat(
            session.createQuery(
                    "select vector_dims(b.embedding), vector_norm(b.embedding) from Book b where"
                        + " b.title = 't0'",
                    Object[].class)
                .getSingleResult()[0])
        .isEqualTo(3);
  }

  private static void change(Session session) {
    Author author = session.find(Author.class, 1L, LockModeType.PESSIMISTIC_WRITE);
    author.name = "B";
    session.flush();
    assertThat(author.version).isEqualTo(1);
    assertThat(
            session
                .createMutationQuery(
                    "update Book b set b.price = b.price * 2, b.title = b.title || '!' where b.kind"
                        + " = POEM")
                .executeUpdate())
        .isEqualTo(3);
    assertThat(session.createMutationQuery("delete from Book b where b.price < 1").executeUpdate())
        .isEqualTo(1);
    assertThat(
            session
                .createMutationQuery(
                    "insert into Author (name, version) select a.name || '2', 0 from Author a on"
                        + " conflict do nothing")
                .executeUpdate())
        .isEqualTo(1);
    session.clear();
    session.remove(session.find(Author.class, 1L));
    session.flush();
    assertThat(session.createQuery("select count(*) from Book", Long.class).getSingleResult())
        .isZero();
  }
}
