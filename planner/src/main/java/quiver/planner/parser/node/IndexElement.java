package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// One column or expression of an index.
///
/// @param expression a plain column is a one-part `SqlIdentifier`
/// @param operatorClass such as `vector_cosine_ops`, else null
public record IndexElement(
    SqlNode expression,
    @Nullable SqlIdentifier collation,
    @Nullable SqlIdentifier operatorClass,
    List<Option> operatorClassOptions,
    boolean descending,
    OrderItem.Nulls nulls) {
  public IndexElement {
    operatorClassOptions = List.copyOf(operatorClassOptions);
  }
}
