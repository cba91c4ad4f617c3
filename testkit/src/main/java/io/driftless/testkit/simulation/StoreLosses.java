package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
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
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** A store that loses or damages what can be made again, or cannot read some of it any more. */
final class StoreLosses {
    private static final int LIES_ONE_IN = 100;

    private final FolderId folder;
    private final MemoryBlockStore store;
    private final Random random;
    private final Set<ObjectKey> stuck = new HashSet<>();
    private UnaryOperator<ByteBuffer> lies = answer -> answer;
    private boolean haveHappened;

    StoreLosses(FolderId folder, MemoryBlockStore store, Random random) {
        this.folder = folder;
        this.store = store;
        this.random = random;
    }

    /** The store as processes see it. What is put anew in place of what is stuck can be read. */
    BlockStore store() {
        BlockStore healing =
                new ForwardingStore(store) {
                    @Override
                    public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
                        return super.put(key, pieces).doOnSuccess(_ -> stuck.remove(key));
                    }

                    @Override
                    public Mono<ByteBuffer> get(ObjectKey key) {
                        return super.get(key).map(lies);
                    }

                    @Override
                    public Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length) {
                        return super.getRange(key, offset, length)
                                .map(lies)
                                .filter(answer -> answer.remaining() == length)
                                .switchIfEmpty(
                                        Mono.error(() ->
                                                new SyncException(
                                                        ErrorCode.STORE_OBJECT_DAMAGED,
                                                        key + " was cut short.")));
                    }
                };
        return new RefusingStore(
                healing,
                key ->
                        stuck.contains(key)
                                ? Optional.of(ErrorCode.DEPENDENCY_UNAVAILABLE)
                                : Optional.empty());
    }

    boolean haveHappened() {
        return haveHappened;
    }

    /** Some objects are there and cannot be read. */
    boolean areUnreadable() {
        return !stuck.isEmpty();
    }

    /**
     * From now on one object of this kind cannot be read; all else can.
     *
     * @param chance which one
     */
    void stick(String kind, Random chance) {
        List<ObjectKey> some = objects(kind);
        if (!some.isEmpty()) {
            haveHappened = true;
            stuck.add(some.get(chance.nextInt(some.size())));
        }
    }

    /**
     * From now on an answer is short or wrong now and then; the next is right.
     *
     * @param isTime whether it may be
     * @param chance when, and how
     */
    void lie(BooleanSupplier isTime, Random chance) {
        haveHappened = true;
        lies =
                answer ->
                        isTime.getAsBoolean() && chance.nextInt(LIES_ONE_IN) == 0
                                ? wrong(answer, chance)
                                : answer;
    }

    private static ByteBuffer wrong(ByteBuffer answer, Random chance) {
        int length = answer.remaining();
        if (length == 0) {
            return answer;
        }
        byte[] bytes = new byte[length];
        answer.duplicate().get(bytes);
        if (chance.nextBoolean()) {
            return ByteBuffer.wrap(bytes, 0, chance.nextInt(length)).slice();
        }
        bytes[chance.nextInt(length)] ^= 1;
        return ByteBuffer.wrap(bytes);
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
