package io.driftless.port;

import java.nio.ByteBuffer;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Where packs, pages and commit objects are kept. Objects are written once and whole: a reader sees
 * all of an object or none of it. Calls may come from any thread.
 *
 * <p>Failures: {@code STORE_OBJECT_MISSING}, {@code STORE_OBJECT_UNREADABLE} where others can be
 * read, {@code STORE_REFUSED}, {@code NO_SPACE}, and {@code DEPENDENCY_UNAVAILABLE} for everything
 * that may pass. Nothing is retried here.
 */
public interface BlockStore {
    /** No object is longer. */
    int MAX_OBJECT_BYTES = 32 << 20;

    /**
     * Stores an object made of the pieces one after the other, at most {@link #MAX_OBJECT_BYTES}
     * together. Complete means durable. Writing a key that exists replaces it whole; our keys
     * always name the same bytes, except for locations. The pieces' positions stay as they are.
     */
    Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces);

    /** The whole object. */
    Mono<ByteBuffer> get(ObjectKey key);

    /**
     * {@code length} bytes from {@code offset}; fewer than asked for is {@code
     * STORE_OBJECT_DAMAGED}.
     */
    Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length);

    Mono<Boolean> exists(ObjectKey key);

    /** Removes the object; also complete where it was not there. */
    Mono<Void> delete(ObjectKey key);

    /**
     * Keys below a prefix that ends with {@code /}. Only for rebuilding: what a listing lacks may
     * still be there.
     */
    Flux<ObjectKey> list(String prefix);
}
