package quiver.storage.object.memory;

import quiver.storage.object.ObjectStore;
import quiver.storage.object.ObjectStoreContract;

final class MemoryObjectStoreTest extends ObjectStoreContract {
  @Override
  protected ObjectStore open() {
    return new MemoryObjectStore();
  }
}
