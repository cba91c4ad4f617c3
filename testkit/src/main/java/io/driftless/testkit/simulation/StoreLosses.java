package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.tree.FolderId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** A store that loses or damages what can be made again. */
final class StoreLosses {
    private final FolderId folder;
    private final MemoryBlockStore store;
    private final Random random;
    private boolean haveHappened;

    StoreLosses(FolderId folder, MemoryBlockStore store, Random random) {
        this.folder = folder;
        this.store = store;
        this.random = random;
    }

    boolean haveHappened() {
        return haveHappened;
    }

    void one() {
        List<ObjectKey> objects =
                Objects.requireNonNull(store.list("f/" + folder + "/").collectList().block());
        List<ObjectKey> replaceable =
                objects.stream()
                        .filter(key -> key.value().matches(".*/(packs|pages|locations)/.*"))
                        .toList();
        if (replaceable.isEmpty()) {
            return;
        }
        haveHappened = true;
        ObjectKey key = replaceable.get(random.nextInt(replaceable.size()));
        if (random.nextBoolean()) {
            store.delete(key).block();
        } else {
            store.put(key, List.of(ByteBuffer.wrap(new byte[20]))).block();
        }
    }
}
