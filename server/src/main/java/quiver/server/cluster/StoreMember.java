package quiver.server.cluster;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import quiver.storage.process.ChildProcess;

/// A store: etcd, Kafka, or the S3 server.
///
/// @param <S> its kind
final class StoreMember<S> implements Member {
  private final String name;
  private final String address;
  private final Supplier<S> open;
  private final Consumer<S> restart;
  private final Function<S, ChildProcess> process;
  private volatile @Nullable S server;

  StoreMember(
      String name,
      String address,
      Supplier<S> open,
      Consumer<S> restart,
      Function<S, ChildProcess> process) {
    this.name = name;
    this.address = address;
    this.open = open;
    this.restart = restart;
    this.process = process;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public void start() {
    S running = server;
    if (running == null) {
      server = open.get();
    } else {
      restart.accept(running);
    }
  }

  @Override
  public Optional<ChildProcess> process() {
    S running = server;
    return running == null ? Optional.empty() : Optional.of(process.apply(running));
  }
}
