package quiver.storage.log.memory;

import quiver.storage.log.LogBroker;
import quiver.storage.log.LogBrokerContract;

final class MemoryLogBrokerTest extends LogBrokerContract {
  @Override
  protected LogBroker open() {
    return new MemoryLogBroker();
  }
}
