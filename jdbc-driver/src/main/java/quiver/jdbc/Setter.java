package quiver.jdbc;

import java.math.BigDecimal;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import org.jspecify.annotations.Nullable;

/// The setters of a prepared statement whose value alone says everything, so that it can be sent by
/// COPY as well. All others are lambdas.
enum Setter implements Binder {
  BOOLEAN {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setBoolean(index, (Boolean) present(value));
    }
  },
  BYTE {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setByte(index, (Byte) present(value));
    }
  },
  SHORT {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setShort(index, (Short) present(value));
    }
  },
  INT {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setInt(index, (Integer) present(value));
    }
  },
  LONG {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setLong(index, (Long) present(value));
    }
  },
  FLOAT {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setFloat(index, (Float) present(value));
    }
  },
  DOUBLE {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setDouble(index, (Double) present(value));
    }
  },
  BIG_DECIMAL {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setBigDecimal(index, (BigDecimal) value);
    }
  },
  STRING {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setString(index, (String) value);
    }
  },
  BYTES {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setBytes(index, (byte[]) value);
    }
  },
  DATE {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setDate(index, (Date) value);
    }
  },
  TIME {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setTime(index, (Time) value);
    }
  },
  TIMESTAMP {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setTimestamp(index, (Timestamp) value);
    }
  },
  OBJECT {
    @Override
    public void bind(PreparedStatement statement, int index, @Nullable Object value)
        throws SQLException {
      statement.setObject(index, value);
    }
  };

  @Override
  public boolean isValueEnough() {
    return true;
  }

  private static Object present(@Nullable Object value) {
    return java.util.Objects.requireNonNull(value);
  }
}
