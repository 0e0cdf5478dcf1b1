"""Django's migrations, models, PostgreSQL fields, queries and introspection."""

import datetime
import decimal
import sys
import uuid
from urllib.parse import urlsplit

import django
from django.conf import settings

url = urlsplit(sys.argv[1])
settings.configure(
    SECRET_KEY="x",
    USE_TZ=True,
    TIME_ZONE="UTC",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.postgres",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path[1:],
            "USER": url.username,
            "HOST": url.hostname,
            "PORT": url.port,
        }
    },
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.contrib.postgres.aggregates import ArrayAgg, StringAgg  # noqa: E402
from django.contrib.postgres.fields import ArrayField, IntegerRangeField  # noqa: E402
from django.contrib.postgres.indexes import GinIndex  # noqa: E402
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import IntegrityError, connection, models, transaction  # noqa: E402
from django.db.models import Avg, Count, Exists, F, OuterRef, Subquery, Sum, Window  # noqa: E402
from django.db.models.functions import RowNumber, TruncMonth, Upper  # noqa: E402


class Author(models.Model):
    name = models.CharField(max_length=100, db_index=True)
    email = models.EmailField(unique=True)

    class Meta:
        app_label = "postgres"
        constraints = [models.CheckConstraint(check=~models.Q(name=""), name="named")]
        indexes = [models.Index(Upper("name"), name="upper_name")]


class Book(models.Model):
    id = models.UUIDField(primary_key=True)
    title = models.CharField(max_length=200)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    price = models.DecimalField(max_digits=8, decimal_places=2)
    pages = models.PositiveIntegerField(default=1)
    meta = models.JSONField(default=dict)
    keys = ArrayField(models.IntegerField(), default=list)
    span = IntegerRangeField(null=True)
    published = models.DateTimeField()
    took = models.DurationField()
    data = models.BinaryField(null=True)

    class Meta:
        app_label = "postgres"
        unique_together = [("title", "author")]
        ordering = ["title"]
        indexes = [GinIndex(fields=["keys"], name="keys_gin"), GinIndex(fields=["meta"], name="meta_gin")]


def refused(work):
    try:
        with transaction.atomic():
            work()
    except IntegrityError as error:
        return str(error)
    raise AssertionError("not refused")


def titles(query):
    return list(query.values_list("title", flat=True))


call_command("migrate", verbosity=0)
assert User.objects.create_user("u", password="p").check_password("p")
with connection.schema_editor() as editor:
    editor.create_model(Author)
    editor.create_model(Book)

utc = datetime.timezone.utc
authors = Author.objects.bulk_create([Author(name=f"a{i}", email=f"a{i}@x") for i in range(3)])
Book.objects.bulk_create([
    Book(
        id=uuid.UUID(int=i), title=f"book {i} of cats", author=authors[i % 3],
        price=decimal.Decimal(i) + decimal.Decimal("0.25"), pages=i * 10, meta={"n": i, "o": {"k": f"v{i}"}},
        keys=[i, 2 * i], span=(i, i + 5), published=datetime.datetime(2020, 1 + i, 2, 3, 4, 5, 678, tzinfo=utc),
        took=datetime.timedelta(days=i, seconds=i), data=bytes([0, i]))
    for i in range(9)
])
book = Book.objects.get(title="book 4 of cats")
assert (book.price, book.keys, book.meta["o"], bytes(book.data)) == (decimal.Decimal("4.25"), [4, 8], {"k": "v4"}, b"\0\4")
assert book.took == datetime.timedelta(days=4, seconds=4) and book.published.microsecond == 678
assert (book.span.lower, book.span.upper) == (4, 9)
assert titles(Book.objects.filter(meta__o__k="v3")) == ["book 3 of cats"]
assert titles(Book.objects.filter(meta__contains={"n": 5})) == ["book 5 of cats"]
assert Book.objects.filter(meta__has_any_keys=["n", "z"]).count() == 9
assert titles(Book.objects.filter(keys__contains=[8], price__gt=5)) == ["book 8 of cats"]
assert Book.objects.filter(keys__overlap=[4, 6]).count() == 4
assert Book.objects.filter(span__contains=6).count() == 5
assert titles(Book.objects.filter(title__iregex="^BOOK [12] ")) == ["book 1 of cats", "book 2 of cats"]
assert Book.objects.aggregate(a=Avg("pages"), s=Sum("price")) == {"a": 40.0, "s": decimal.Decimal("38.25")}
assert list(Author.objects.annotate(n=Count("books")).order_by("name").values_list("name", "n")) == [("a0", 3), ("a1", 3), ("a2", 3)]
months = Book.objects.annotate(m=TruncMonth("published")).values("m").annotate(c=Count("id")).order_by("m")
assert [m["c"] for m in months] == [1] * 9
dearest = Subquery(Book.objects.filter(author=OuterRef("pk")).order_by("-price").values("title")[:1])
assert Author.objects.annotate(t=dearest).get(name="a1").t == "book 7 of cats"
assert Author.objects.filter(Exists(Book.objects.filter(author=OuterRef("pk"), price__gt=8))).get().name == "a2"
ranked = Book.objects.annotate(r=Window(RowNumber(), partition_by=[F("author")], order_by=F("price").desc()))
assert [b.r for b in ranked.order_by("title")] == [3, 3, 3, 2, 2, 2, 1, 1, 1]
grouped = Author.objects.annotate(a=ArrayAgg("books__pages", ordering="books__pages"), s=StringAgg("books__title", ";", ordering="-books__title"))
assert (grouped.get(name="a0").a, grouped.get(name="a0").s[:6]) == ([0, 30, 60], "book 6")
found = Book.objects.annotate(rank=SearchRank(SearchVector("title"), SearchQuery("cat"))).filter(rank__gt=0)
assert found.count() == 9
assert 'violates unique constraint' in refused(lambda: Author.objects.create(name="q", email="a1@x"))
assert '"named"' in refused(lambda: Author.objects.create(name="", email="q@x"))
assert len(Author.objects.bulk_create([Author(name="z", email="a1@x")], ignore_conflicts=True)) == 1
with transaction.atomic():
    assert len(Author.objects.select_for_update(skip_locked=True).filter(name="a1")) == 1
    Book.objects.filter(pages__lt=30).update(pages=F("pages") + 1)
assert sum(1 for _ in Book.objects.iterator(chunk_size=2)) == 9
constraints = connection.introspection.get_constraints(connection.cursor(), "postgres_book")
assert any(c["foreign_key"] == ("postgres_author", "id") for c in constraints.values())
assert any(c["unique"] and c["columns"] == ["title", "author_id"] for c in constraints.values())
assert Author.objects.get(name="a0").delete()[0] == 4
with connection.schema_editor() as editor:
    added = models.IntegerField(default=7)
    added.set_attributes_from_name("extra")
    added.model = Book
    editor.add_field(Book, added)
    editor.alter_unique_together(Book, [("title", "author")], [])
    editor.alter_db_table(Book, "postgres_book", "postgres_volume")
with connection.cursor() as cursor:
    cursor.execute("SELECT DISTINCT extra FROM postgres_volume")
    assert cursor.fetchall() == [(7,)]
Book._meta.db_table = "postgres_volume"
call_command("flush", interactive=False, verbosity=0)
assert User.objects.count() == 0
with connection.schema_editor() as editor:
    editor.delete_model(Book)
    editor.delete_model(Author)
print("ok")
