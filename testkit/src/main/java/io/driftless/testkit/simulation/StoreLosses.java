package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.error.ErrorCode;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.tree.FolderId;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A store that loses or damages what can be made again, or cannot read some of it any more. */
final class StoreLosses {
    private final FolderId folder;
    private final MemoryBlockStore store;
    private final Random random;
    private final Set<ObjectKey> stuck = new HashSet<>();
    private boolean haveHappened;

    StoreLosses(FolderId folder, MemoryBlockStore store, Random random) {
        this.folder = folder;
        this.store = store;
        this.random = random;
    }

    /** The store as processes see it. */
    BlockStore store() {
        return new RefusingStore(
                store,
                key ->
                        stuck.contains(key)
                                ? Optional.of(ErrorCode.DEPENDENCY_UNAVAILABLE)
                                : Optional.empty());
    }

    boolean haveHappened() {
        return haveHappened;
    }

    /**
     * From now on and for ever one pack cannot be read; all else can.
     *
     * @param chance which one
     */
    void stick(Random chance) {
        List<ObjectKey> packs = objects("packs");
        if (!packs.isEmpty()) {
            haveHappened = true;
            stuck.add(packs.get(chance.nextInt(packs.size())));
        }
    }

    private List<ObjectKey> objects(String kinds) {
        return Objects.requireNonNull(store.list("f/" + folder + "/").collectList().block())
                .stream()
                .filter(key -> key.value().matches(".*/(" + kinds + ")/.*"))
                .toList();
    }

    void one() {
        List<ObjectKey> replaceable = objects("packs|pages|locations|returned");
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
