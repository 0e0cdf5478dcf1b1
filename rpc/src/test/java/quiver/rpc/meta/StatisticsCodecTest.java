package quiver.rpc.meta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import quiver.common.catalog.ColumnProfile;
import quiver.common.catalog.TableStatistics;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;

class StatisticsCodecTest {
  @Test
  void whatWasFoundIsReadAsItWasWritten() {
    ColumnProfile texts =
        new ColumnProfile(
            2,
            BaseType.TEXT,
            false,
            0.25,
            7,
            -0.5,
            List.of("a", "b"),
            List.of(0.5, 0.25),
            List.of("c", "z"),
            Optional.of(-0.75));
    ColumnProfile arrays =
        new ColumnProfile(
            3,
            BaseType.INT4,
            true,
            0,
            32,
            1,
            List.of(ArrayValue.of(BaseType.INT4, 1L, 2L)),
            List.of(1.0),
            List.of(),
            Optional.empty());
    TableStatistics statistics =
        new TableStatistics(
            20_001,
            Map.of(2, 10),
            Optional.of(new TableStatistics.Analysis(5, 1, 2, 3, true)),
            List.of(texts, arrays));
    byte[] stored = DefinitionCodec.encodeObject(statistics);
    assertThat(DefinitionCodec.object(MetaKeys.object(statistics), stored)).isEqualTo(statistics);
  }
}
