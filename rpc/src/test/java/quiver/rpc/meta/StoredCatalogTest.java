package quiver.rpc.meta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.ColumnDefinition.Identity;
import quiver.common.catalog.Deferral;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.TableDefinition;
import quiver.common.type.SqlType;

/// Bytes that servers have written, of this version and of the ones before: they must stay readable
/// as what they were, so none of these texts is ever changed.
class StoredCatalogTest {
  private static IndexDefinition index(Optional<Long> constraintId) {
    return new IndexDefinition(
        20_001,
        20_009,
        "i",
        IndexMethod.BTREE,
        List.of(IndexKey.ofColumn(2, "int8_ops")),
        List.of(1),
        Map.of("fillfactor", "70"),
        true,
        false,
        false,
        Optional.empty(),
        IndexDefinition.State.VALID,
        constraintId);
  }

  private static TableDefinition table(IndexDefinition index) {
    ColumnDefinition column =
        new ColumnDefinition(
            2, "a", SqlType.INT8, true, Optional.of("1"), Optional.empty(), Identity.NONE);
    ForeignKey key =
        new ForeignKey(
            20_005,
            "f",
            List.of(2),
            20_000,
            List.of(2),
            20_004,
            false,
            ForeignKey.Action.SET_NULL,
            ForeignKey.Action.CASCADE,
            List.of(2),
            Deferral.INITIALLY_DEFERRED,
            false);
    return new TableDefinition(
            20_000,
            "public",
            "t",
            3,
            2,
            List.of(column),
            Optional.empty(),
            List.of(new TableDefinition.CheckConstraint(20_003, "c", "a > 0", false)),
            List.of(index),
            1)
        .withColumnIdMax(2)
        .withForeignKeys(List.of(key));
  }

  private static final String BEFORE_INDEX =
      "0202204e000000000000060000007075626c69630100000074030000000200000001000000010000"
          + "000200000001000000611400000000ffffffff0101010000003100040000004e4f4e450000000100"
          + "0000234e00000000000001000000630500000061203e20300001000000";
  private static final String INDEX =
      "214e000000000000294e000000000000010000006905000000627472656501000000000200000008"
          + "000000696e74385f6f70730000000100000001000000010000000a00000066696c6c666163746f72"
          + "020000003730010000000500000056414c4944";
  private static final String CONSTRAINT_ID = "012a4e000000000000";
  private static final String DEFERRAL = "12000000494e495449414c4c595f4445464552524544";
  private static final String AFTER_INDEX =
      "020000000001000000254e00000000000001000000660100000002000000204e0000000000000100"
          + "000002000000244e0000000000001e080000005345545f4e554c4c07000000434153434144450100"
          + "000002000000";

  private static TableDefinition read(String... hex) {
    return DefinitionCodec.table("k", HexFormat.of().parseHex(String.join("", hex)));
  }

  @Test
  void aTableIsWrittenAsItWas() {
    TableDefinition table =
        table(index(Optional.of(20_010L)).withDeferral(Deferral.INITIALLY_DEFERRED));
    assertThat(HexFormat.of().formatHex(DefinitionCodec.encodeObject(table)))
        .isEqualTo(
            BEFORE_INDEX + "fcffffffffffffff" + INDEX + CONSTRAINT_ID + DEFERRAL + AFTER_INDEX);
  }

  @Test
  void indexesOfTheVersionsBeforeAreRead() {
    assertThat(read(BEFORE_INDEX, "fdffffffffffffff", INDEX, CONSTRAINT_ID, AFTER_INDEX))
        .isEqualTo(table(index(Optional.of(20_010L))));
    assertThat(read(BEFORE_INDEX, "feffffffffffffff", INDEX, AFTER_INDEX))
        .isEqualTo(table(index(Optional.empty())));
  }

  @Test
  void valuesOfSequencesOfTheFormatBeforeAreRead() {
    assertThat(SequenceValue.decode("k", HexFormat.of().parseHex("020700000000000000" + "01")))
        .isEqualTo(new SequenceValue(7, true));
    assertThat(SequenceValue.decode("k", HexFormat.of().parseHex("010700000000000000")))
        .isEqualTo(new SequenceValue(7, false));
    assertThat(new SequenceValue(7, true).encode())
        .isEqualTo(HexFormat.of().parseHex("02070000000000000001"));
  }
}
