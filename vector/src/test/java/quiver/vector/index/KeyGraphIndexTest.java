package quiver.vector.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.value.BitString;
import quiver.common.value.HalfVector;
import quiver.common.value.SparseVector;
import quiver.common.vector.DistanceMetric;
import quiver.vector.kernel.VectorKernels;

class KeyGraphIndexTest {
  private static final int ROWS = 3_000;
  private static final int DIMENSION = 24;

  private final SplittableRandom random = new SplittableRandom(11);

  private float[] point() {
    float[] values = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  private Object key(KeyForm form) {
    float[] values = point();
    return switch (form) {
      case HALVES -> {
        short[] halves = new short[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
          halves[i] = Float.floatToFloat16(values[i]);
        }
        yield HalfVector.of(halves);
      }
      case BITS -> {
        byte[] bytes = new byte[DIMENSION / 8];
        random.nextBytes(bytes);
        yield BitString.of(DIMENSION, bytes);
      }
      case SPARSE -> {
        for (int i = 0; i < DIMENSION; i++) {
          values[i] = random.nextInt(3) == 0 ? values[i] : 0;
        }
        yield SparseVector.ofDense(values);
      }
      case FLOATS, COLUMN -> values;
    };
  }

  private static VectorQuery query(Object key) {
    return switch (key) {
      case HalfVector half -> new VectorQuery.Dense(half.toFloats());
      case BitString bits -> new VectorQuery.Bits(bits);
      case SparseVector sparse -> new VectorQuery.Sparse(sparse);
      default -> throw new AssertionError(key);
    };
  }

  private KeyRows rows(KeyForm form, Arena arena) {
    KeyRowsBuilder builder = new KeyRowsBuilder(form, DIMENSION, ROWS, arena);
    for (int row = 0; row < ROWS; row++) {
      if (row % 10 != 7) {
        builder.add(row, key(form));
      }
    }
    return builder.build(VectorKernels.keys());
  }

  private void findsTheNearest(KeyForm form, DistanceMetric metric) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      KeyRows rows = rows(form, arena);
      KeyGraphIndex built =
          KeyGraphIndex.build(rows, metric, HnswOptions.defaults(), BuildResources.onCaller(arena));
      MemorySegment image = written(rows, built, arena);
      KeyFile file = KeyFile.open(image);
      assertThat(file.form()).isEqualTo(form);
      KeyGraphIndex index = KeyGraphIndex.open(file.index(), file.keys(VectorKernels.scalarKeys()));
      RowScorer exact = rows.newScorer(metric, built.norms());
      Searcher searcher = index.newSearcher();
      int found = 0;
      for (int i = 0; i < 20; i++) {
        VectorQuery query = query(key(form));
        exact.setQuery(query);
        TreeMap<Float, Integer> best = new TreeMap<>();
        for (int row = 0; row < ROWS; row++) {
          float[] score = new float[1];
          exact.score(new int[] {row}, 1, score);
          if (row % 10 != 7) {
            best.merge(score[0], 1, Integer::sum);
          }
        }
        float bound = bound(best, 10);
        SearchResult result =
            searcher.search(
                new SearchRequest(query, 10, 60, RowFilter.all(), 0, DistanceBound.none()));
        assertThat(result.count()).isEqualTo(10);
        for (int row : result.rows()) {
          float[] score = new float[1];
          exact.score(new int[] {row}, 1, score);
          found += score[0] <= bound + 1e-5 ? 1 : 0;
        }
      }
      assertThat(found).as(form + " " + metric).isGreaterThan(180);
      MemorySegment damaged = arena.allocate(image.byteSize(), 64);
      damaged.copyFrom(image);
      damaged.set(LittleEndian.INT, 1_000, 77);
      assertThatThrownBy(() -> KeyFile.open(damaged)).isInstanceOf(QuiverException.class);
    }
  }

  private static float bound(NavigableMap<Float, Integer> best, int k) {
    int seen = 0;
    for (var entry : best.entrySet()) {
      seen += entry.getValue();
      if (seen >= k) {
        return entry.getKey();
      }
    }
    throw new AssertionError();
  }

  private static MemorySegment written(KeyRows rows, KeyGraphIndex index, Arena arena)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (WritableByteChannel channel = Channels.newChannel(bytes)) {
      KeyFile.write(channel, rows, index::write);
    }
    MemorySegment image = arena.allocate(bytes.size(), 64);
    image.copyFrom(MemorySegment.ofArray(bytes.toByteArray()));
    return image;
  }

  @Test
  void halfVectorsAreFound() throws IOException {
    for (DistanceMetric metric :
        new DistanceMetric[] {
          DistanceMetric.L2, DistanceMetric.INNER_PRODUCT, DistanceMetric.COSINE, DistanceMetric.L1
        }) {
      findsTheNearest(KeyForm.HALVES, metric);
    }
  }

  @Test
  void sparseVectorsAreFound() throws IOException {
    findsTheNearest(KeyForm.SPARSE, DistanceMetric.L2);
    findsTheNearest(KeyForm.SPARSE, DistanceMetric.COSINE);
    findsTheNearest(KeyForm.SPARSE, DistanceMetric.L1);
  }

  @Test
  void bitsAreFound() throws IOException {
    findsTheNearest(KeyForm.BITS, DistanceMetric.HAMMING);
    findsTheNearest(KeyForm.BITS, DistanceMetric.JACCARD);
  }

  @Test
  void aFilterReturnsItsRowsOnly() {
    try (Arena arena = Arena.ofShared()) {
      KeyRows rows = rows(KeyForm.BITS, arena);
      KeyGraphIndex index =
          KeyGraphIndex.build(
              rows, DistanceMetric.HAMMING, HnswOptions.defaults(), BuildResources.onCaller(arena));
      RowMask mask = RowMask.none(ROWS);
      for (int row = 0; row < ROWS; row += 3) {
        mask.add(row);
      }
      SearchRequest request =
          new SearchRequest(
              query(key(KeyForm.BITS)), 20, 40, RowFilter.of(mask), 0, DistanceBound.none());
      SearchResult result = index.newSearcher().search(request);
      assertThat(result.count()).isEqualTo(20);
      for (int row : result.rows()) {
        assertThat(row % 3).isZero();
        assertThat(row % 10).isNotEqualTo(7);
      }
    }
  }
}
