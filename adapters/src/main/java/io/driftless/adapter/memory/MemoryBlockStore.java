package io.driftless.adapter.memory;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A store in memory. Objects are copied in and out, so nobody can change what is stored. Safe for
 * several threads.
 */
public final class MemoryBlockStore implements BlockStore {
    private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    @Override
    public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
        return Mono.fromRunnable(() -> objects.put(key.value(), join(key, pieces)));
    }

    private static byte[] join(ObjectKey key, List<ByteBuffer> pieces) {
        long size = pieces.stream().mapToLong(ByteBuffer::remaining).sum();
        if (size > MAX_OBJECT_BYTES) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "Object "
                            + key
                            + " has "
                            + size
                            + " bytes; the limit is "
                            + MAX_OBJECT_BYTES
                            + ".");
        }
        ByteBuffer whole = ByteBuffer.allocate((int) size);
        pieces.forEach(piece -> whole.put(piece.duplicate()));
        return whole.array();
    }

    @Override
    public Mono<ByteBuffer> get(ObjectKey key) {
        return Mono.fromCallable(() -> ByteBuffer.wrap(object(key).clone()));
    }

    @Override
    public Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length) {
        return Mono.fromCallable(() -> range(key, object(key), offset, length));
    }

    private static ByteBuffer range(ObjectKey key, byte[] object, long offset, int length) {
        if (offset < 0 || length < 0 || offset > object.length - length) {
            throw new SyncException(
                    ErrorCode.STORE_OBJECT_DAMAGED,
                    "Object %s has %d bytes and none at %d to %d."
                            .formatted(key, object.length, offset, offset + length));
        }
        return ByteBuffer.wrap(Arrays.copyOfRange(object, (int) offset, (int) offset + length));
    }

    private byte[] object(ObjectKey key) {
        byte[] object = objects.get(key.value());
        if (object == null) {
            throw new SyncException(
                    ErrorCode.STORE_OBJECT_MISSING, "The store has no object " + key + ".");
        }
        return object;
    }

    @Override
    public Mono<Boolean> exists(ObjectKey key) {
        return Mono.fromCallable(() -> objects.containsKey(key.value()));
    }

    @Override
    public Mono<Void> delete(ObjectKey key) {
        return Mono.fromRunnable(() -> objects.remove(key.value()));
    }

    @Override
    public Flux<ObjectKey> list(String prefix) {
        return Flux.defer(() ->
                Flux.fromIterable(List.copyOf(objects.tailMap(prefix, true).keySet()))
                        .takeWhile(key -> key.startsWith(prefix))
                        .map(ObjectKey::new));
    }
}
