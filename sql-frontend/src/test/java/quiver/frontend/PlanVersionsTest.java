package quiver.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.CommentDefinition;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.type.BaseType;

class PlanVersionsTest {
  private final PlanVersions versions = new PlanVersions();
  private final List<CatalogObject> objects =
      new ArrayList<>(List.of(new SchemaDefinition(2200, "public")));

  private CatalogImage image(long version) {
    return new CatalogImage(version, objects);
  }

  private static SequenceDefinition sequence(long id, String schema) {
    return new SequenceDefinition(
        id, schema, "s", BaseType.INT8, 1, 1, 1, 100, false, Optional.empty());
  }

  @Test
  void temporaryObjectsOfOthersChangeNothing() {
    assertThat(versions.of(image(5), "")).isEqualTo(5);
    objects.add(new SchemaDefinition(7, "pg_temp_1", Optional.of(new UUID(1, 2))));
    objects.add(sequence(8, "pg_temp_1"));
    objects.add(new CommentDefinition(9, 8, 0, "a comment"));
    CatalogImage withTemporary = image(6);
    assertThat(versions.of(withTemporary, "")).isEqualTo(5);
    assertThat(versions.of(withTemporary, "pg_temp_2")).isEqualTo(5);
    assertThat(versions.of(withTemporary, "pg_temp_1")).isEqualTo(6);
    objects.add(sequence(10, "public"));
    assertThat(versions.of(image(7), "")).isEqualTo(7);
    assertThat(versions.of(withTemporary, "")).isEqualTo(6);
    objects.subList(1, 4).clear();
    assertThat(versions.of(image(8), "")).isEqualTo(7);
  }

  @Test
  void whatOnlyATransactionSeesIsItsOwn() {
    assertThat(versions.of(image(-17), "")).isEqualTo(-17);
    assertThat(versions.of(image(1), "")).isEqualTo(1);
  }
}
