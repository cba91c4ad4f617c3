package io.driftless.adapter.dir;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A directory as a store: each key is a file. A file is written beside, made durable, renamed, and
 * its directory made durable, so that it is there whole or not at all, also after power loss. Where
 * several puts of one directory are in flight, one fsync serves them. Work runs on the given
 * scheduler. Several processes may share the directory.
 *
 * <p>A store whose root went away, for example with its mount, is unavailable; nothing counts as
 * missing then, and the root is not made anew.
 */
public final class DirectoryBlockStore implements BlockStore {
    private final StoreRoot root;
    private final BegunFiles begun;
    private final Scheduler io;

    /**
     * Opens the store, makes its root where that is missing, and removes files that were begun and
     * left more than an hour ago.
     */
    public DirectoryBlockStore(Path root, Scheduler io, InstantSource clock) {
        this.root = new StoreRoot(root);
        this.begun = new BegunFiles(this.root.begun());
        this.io = io;
        StoreErrors.translated("open", root.toString(), () -> open(clock));
    }

    private Path open(InstantSource clock) throws IOException {
        Path made = root.make();
        begun.removeLeftovers(clock.instant());
        return made;
    }

    @Override
    public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
        List<ByteBuffer> all = List.copyOf(pieces);
        return run("write", key, () -> write(key, all)).then();
    }

    private Path write(ObjectKey key, List<ByteBuffer> pieces) throws IOException {
        long size = pieces.stream().mapToLong(ByteBuffer::remaining).sum();
        if (size > MAX_OBJECT_BYTES) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "Object %s has %d bytes; the limit is %d."
                            .formatted(key, size, MAX_OBJECT_BYTES));
        }
        try {
            Path written = begun.write(pieces);
            return root.moveIn(written, key);
        } catch (NoSuchFileException e) {
            throw StoreErrors.unavailable("Object " + key + " lost its place in writing.", e);
        }
    }

    @Override
    public Mono<ByteBuffer> get(ObjectKey key) {
        return run("read", key, () -> StoredFile.read(key, root.file(key)));
    }

    @Override
    public Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length) {
        return run("read", key, () -> StoredFile.read(key, root.file(key), offset, length));
    }

    @Override
    public Mono<Boolean> exists(ObjectKey key) {
        return run("look for", key, () -> StoredFile.size(root.file(key)))
                .map(_ -> true)
                .onErrorResume(
                        e ->
                                e instanceof SyncException failure
                                        && failure.code() == ErrorCode.STORE_OBJECT_MISSING,
                        _ -> Mono.just(false));
    }

    @Override
    public Mono<Void> delete(ObjectKey key) {
        return run("delete", key, () -> remove(root.file(key))).then();
    }

    private boolean remove(Path file) throws IOException {
        boolean removed = Files.deleteIfExists(file);
        if (!removed) {
            root.check();
        }
        return removed;
    }

    @Override
    public Flux<ObjectKey> list(String prefix) {
        return Flux.fromIterable(() -> new KeyWalk(root, prefix)).subscribeOn(io);
    }

    /** A file counts as missing only while the store itself is there. */
    private <T> Mono<T> run(String verb, ObjectKey key, Callable<T> work) {
        Callable<T> checked =
                () -> {
                    try {
                        return work.call();
                    } catch (NoSuchFileException absent) {
                        root.check();
                        throw absent;
                    }
                };
        return Mono.fromCallable(() -> StoreErrors.translated(verb, key.value(), checked))
                .subscribeOn(io);
    }
}
