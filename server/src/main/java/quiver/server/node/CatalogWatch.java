package quiver.server.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogObject;
import quiver.common.error.QuiverException;
import quiver.rpc.meta.DefinitionCodec;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.MetaValue;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;

/// The definitions as a worker knows them: from the meta store, a moment late.
final class CatalogWatch implements Supplier<CatalogImage>, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CatalogWatch.class);

  /// Looks again after so long even if no change was reported.
  private static final Duration REFRESH = Duration.ofSeconds(30);

  private final MetaStore meta;
  private final ChangeSignal signal;
  private final Thread thread;
  private volatile CatalogImage image;
  private volatile boolean closed;

  CatalogWatch(MetaStore meta, ThreadFactory threads) {
    this.meta = meta;
    this.signal = new ChangeSignal(meta, List.of(MetaKeys.CATALOG));
    this.image = read();
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-catalog");
    thread.start();
  }

  private void run() {
    while (signal.await(REFRESH) && !closed) {
      try {
        image = read();
      } catch (QuiverException e) {
        if (!closed) {
          log.warn("definitions could not be read, will be tried again", e);
        }
      }
    }
  }

  private CatalogImage read() {
    long version = 0;
    List<CatalogObject> objects = new ArrayList<>();
    for (KeyValue entry : meta.list(MetaKeys.CATALOG).entries()) {
      if (entry.key().equals(MetaKeys.CATALOG_VERSION)) {
        version = MetaValue.toLong(entry.key(), entry.value());
      } else {
        objects.add(DefinitionCodec.object(entry.key(), entry.value()));
      }
    }
    return new CatalogImage(version, objects);
  }

  @Override
  public CatalogImage get() {
    return image;
  }

  @Override
  public void close() {
    closed = true;
    signal.close();
    Joining.await(thread);
  }
}
