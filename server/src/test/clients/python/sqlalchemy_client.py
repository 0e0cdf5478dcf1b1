"""SQLAlchemy over psycopg2: DDL, reflection, ORM with every common type, bulk inserts, RETURNING, upserts, two-phase-free sessions."""

import datetime
import decimal
import enum
import sys
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import Session, declarative_base, relationship

url = sys.argv[1].replace("postgresql://", "postgresql+psycopg2://")
Base = declarative_base()


class Vector(sa.types.UserDefinedType):
    cache_ok = True

    def __init__(self, dimensions):
        self.dimensions = dimensions

    def get_col_spec(self, **_):
        return f"VECTOR({self.dimensions})"


class Color(enum.Enum):
    red = 1
    green = 2


class Author(Base):
    __tablename__ = "alchemy_authors"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(50), nullable=False, unique=True, comment="the name")
    born = sa.Column(sa.Date)
    color = sa.Column(sa.Enum(Color, name="alchemy_color"))
    books = relationship("Book", back_populates="author", cascade="all, delete-orphan", order_by="Book.id")


class Book(Base):
    __tablename__ = "alchemy_books"
    id = sa.Column(sa.BigInteger, sa.Identity(start=10), primary_key=True)
    author_id = sa.Column(sa.ForeignKey("alchemy_authors.id", ondelete="CASCADE"), nullable=False, index=True)
    title = sa.Column(sa.Text, nullable=False)
    price = sa.Column(sa.Numeric(10, 2), server_default="0")
    tags = sa.Column(pg.ARRAY(sa.String))
    meta = sa.Column(pg.JSONB)
    key = sa.Column(pg.UUID(as_uuid=True), default=uuid.uuid4)
    added = sa.Column(sa.DateTime(timezone=True), server_default=sa.func.now())
    data = sa.Column(sa.LargeBinary)
    embedding = sa.Column(Vector(3))
    author = relationship("Author", back_populates="books")
    __table_args__ = (
        sa.CheckConstraint("price >= 0", name="price_not_negative"),
        sa.UniqueConstraint("author_id", "title", name="one_title"),
        sa.Index("books_embedding", "embedding", postgresql_using="hnsw", postgresql_ops={"embedding": "vector_l2_ops"}, postgresql_with={"m": 8}),
        sa.Index("books_dear", "price", postgresql_where=sa.text("price > 100")),
    )


engine = sa.create_engine(url)
Base.metadata.drop_all(engine)
Base.metadata.create_all(engine)
Base.metadata.create_all(engine)

with Session(engine) as session:
    author = Author(name="A", born=datetime.date(1950, 1, 2), color=Color.green)
    author.books = [
        Book(title=f"t{i}", price=decimal.Decimal(i), tags=["x", f"y{i}"], meta={"n": i, "deep": {"k": [i]}}, data=b"\x00\x01", embedding=f"[{i},0,1]")
        for i in range(5)
    ]
    session.add(author)
    session.commit()
    assert [b.id for b in author.books] == [10, 11, 12, 13, 14]
    assert author.color is Color.green and author.books[0].added.tzinfo is not None
    rows = session.execute(sa.select(Book.title).order_by(Book.embedding.op("<->")("[2,0,1]")).limit(2)).scalars().all()
    assert rows[0] == "t2", rows
    assert session.query(Book).filter(Book.tags.any("y3")).one().title == "t3"
    assert session.query(Book).filter(Book.tags.contains(["x", "y1"])).count() == 1
    assert session.query(Book).filter(Book.meta["n"].astext.cast(sa.Integer) > 2).count() == 2
    assert session.query(Book).filter(Book.meta.contains({"deep": {"k": [4]}})).one().title == "t4"
    assert session.query(Book).join(Author).filter(Author.name.ilike("a")).order_by(Book.id.desc()).offset(1).limit(2).all()[0].title == "t3"
    ranked = session.execute(sa.select(Book.title, sa.func.row_number().over(order_by=Book.price.desc()))).all()
    assert sorted(ranked)[0] == ("t0", 5)
    session.execute(sa.update(Book).where(Book.price > 3).values(price=Book.price * 2))
    with session.begin_nested() as nested:
        session.delete(author)
        session.flush()
        nested.rollback()
    assert session.query(Book).count() == 5
    insert = pg.insert(Author).values(id=author.id, name="B")
    session.execute(insert.on_conflict_do_update(index_elements=[Author.id], set_={"name": insert.excluded.name}))
    session.refresh(author)
    assert author.name == "B"
    session.bulk_save_objects([Author(name=f"bulk{i}") for i in range(100)])
    session.commit()
    assert session.query(sa.func.count(Author.id)).scalar() == 101
    assert session.execute(
        sa.delete(Author).where(Author.name.like("bulk%")).returning(Author.id),
        execution_options={"synchronize_session": False},
    ).rowcount == 100
    session.commit()

inspector = sa.inspect(engine)
assert {"alchemy_authors", "alchemy_books"} <= set(inspector.get_table_names())
columns = {c["name"]: c for c in inspector.get_columns("alchemy_books")}
assert isinstance(columns["price"]["type"], sa.NUMERIC) and columns["price"]["type"].precision == 10
assert isinstance(columns["tags"]["type"], pg.ARRAY) and isinstance(columns["meta"]["type"], pg.JSONB)
assert columns["id"]["identity"]["start"] == 10, columns["id"]
assert inspector.get_pk_constraint("alchemy_books") == {"constrained_columns": ["id"], "name": "alchemy_books_pkey"}
foreign = inspector.get_foreign_keys("alchemy_books")[0]
assert foreign["referred_table"] == "alchemy_authors" and foreign["options"] == {"ondelete": "CASCADE"}, foreign
assert [u["name"] for u in inspector.get_unique_constraints("alchemy_books")] == ["one_title"]
assert [c["name"] for c in inspector.get_check_constraints("alchemy_books")] == ["price_not_negative"]
indexes = {i["name"]: i for i in inspector.get_indexes("alchemy_books")}
assert indexes["books_embedding"]["dialect_options"]["postgresql_using"] == "hnsw", indexes
assert indexes["books_dear"]["dialect_options"]["postgresql_where"] == "(price > (100)::numeric)", indexes
assert inspector.get_columns("alchemy_authors")[1]["comment"] == "the name"
assert [e["name"] for e in inspector.get_enums()] == ["alchemy_color"]
assert "public" in inspector.get_schema_names()
assert inspector.get_view_names() == []
reflected = sa.MetaData()
reflected.reflect(bind=engine, only=["alchemy_books"])
assert set(reflected.tables) == {"alchemy_books", "alchemy_authors"}
Base.metadata.drop_all(engine)
print("sqlalchemy", sa.__version__, "ok")
