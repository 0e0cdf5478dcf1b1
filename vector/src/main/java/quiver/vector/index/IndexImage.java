package quiver.vector.index;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.ToLongFunction;
import quiver.vector.kernel.MemoryPages;

/// The image of an index file: a header, and sections at multiples of 64 bytes that a table in the
/// header lists with their checksums. Written in place by a build and mapped as it is by a search.
public final class IndexImage {
  private static final int ALIGNMENT = 64;
  private static final int ENTRY_BYTES = 24;
  private static final int WRITE_CHUNK_BYTES = 1 << 24;

  private final Layout<?> layout;
  private final MemorySegment memory;

  /// A section; its format numbers them in file order.
  public interface Section {
    int position();

    /// For messages.
    String title();
  }

  /// Where everything is.
  ///
  /// @param tableOffset of the table of sections, 24 bytes each, in the header
  /// @param sections in file order
  /// @param sectionBytes how long each is; not copied
  public record Layout<S extends Section>(
      IndexFormat format, int tableOffset, S[] sections, long[] sectionBytes) {

    /// @param sections in file order; not copied
    /// @param sectionBytes how long a section is
    public static <S extends Section> Layout<S> of(
        IndexFormat format, int tableOffset, S[] sections, ToLongFunction<S> sectionBytes) {
      long[] bytes = new long[sections.length];
      for (S section : sections) {
        bytes[section.position()] = sectionBytes.applyAsLong(section);
      }
      return new Layout<>(format, tableOffset, sections, bytes);
    }

    public long offset(Section section) {
      long offset = format.headerBytes();
      for (int i = 0; i < section.position(); i++) {
        offset += align(sectionBytes[i]);
      }
      return offset;
    }

    public long bytes(Section section) {
      return sectionBytes[section.position()];
    }

    public long fileBytes() {
      Section last = sections[sections.length - 1];
      return offset(last) + align(bytes(last));
    }

    private static long align(long bytes) {
      return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }
  }

  private IndexImage(Layout<?> layout, MemorySegment memory) {
    this.layout = layout;
    this.memory = memory;
  }

  /// An empty image for a build; [#seal] makes it valid.
  public static IndexImage create(Layout<?> layout, Arena arena) {
    return new IndexImage(layout, MemoryPages.allocate(layout.fileBytes(), arena));
  }

  /// Verifies the sections of a file whose header is verified: one pass over all of it.
  ///
  /// @throws quiver.common.error.QuiverException `XX002` naming the part that is damaged
  public static IndexImage open(Layout<?> layout, MemorySegment memory) {
    IndexFormat format = layout.format();
    IndexImage image = new IndexImage(layout, memory);
    for (Section section : layout.sections()) {
      long entry = image.entry(section);
      long offset = layout.offset(section);
      long bytes = layout.bytes(section);
      if (memory.get(LittleEndian.LONG, entry) != offset
          || memory.get(LittleEndian.LONG, entry + 8) != bytes) {
        throw format.damaged("header", "it misplaces section \"" + section.title() + "\"");
      }
      if (offset + bytes > memory.byteSize()) {
        throw format.damaged(
            section.title(), "the file ends at byte " + memory.byteSize() + " inside or before it");
      }
      if (memory.get(LittleEndian.INT, entry + 16)
          != IndexFormat.checksum(image.section(section))) {
        throw format.damaged(section.title(), "its checksum does not match");
      }
    }
    if (memory.byteSize() < layout.fileBytes()) {
      throw format.damaged("padding", "the file ends at byte " + memory.byteSize());
    }
    return image;
  }

  private long entry(Section section) {
    return layout.tableOffset() + (long) ENTRY_BYTES * section.position();
  }

  /// The whole file as it lies in memory.
  public MemorySegment memory() {
    return memory;
  }

  public MemorySegment section(Section section) {
    return memory.asSlice(layout.offset(section), layout.bytes(section));
  }

  /// Writes the table of sections and what all formats share; the other fields of the header are
  /// there already.
  public void seal() {
    for (Section section : layout.sections()) {
      long entry = entry(section);
      memory.set(LittleEndian.LONG, entry, layout.offset(section));
      memory.set(LittleEndian.LONG, entry + 8, layout.bytes(section));
      memory.set(LittleEndian.INT, entry + 16, IndexFormat.checksum(section(section)));
    }
    layout.format().sealHeader(memory);
  }

  /// Writes bytes in pieces that need no large buffer.
  public static void write(MemorySegment bytes, WritableByteChannel channel) throws IOException {
    for (long from = 0; from < bytes.byteSize(); from += WRITE_CHUNK_BYTES) {
      ByteBuffer chunk =
          bytes.asSlice(from, Math.min(WRITE_CHUNK_BYTES, bytes.byteSize() - from)).asByteBuffer();
      while (chunk.hasRemaining()) {
        channel.write(chunk);
      }
    }
  }
}
