package io.driftless.adapter.codec;

import io.driftless.block.BlockLocation;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.FirstFailure;
import io.driftless.manifest.ChangeList;
import io.driftless.manifest.ChangeListCodec;
import io.driftless.manifest.Page;
import io.driftless.manifest.PageCodec;
import io.driftless.port.BlockCodec;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.port.PageStore;
import io.driftless.tree.FolderId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The pages of one folder on a block store, in the form of {@link ObjectFrame}. Pages and locations
 * read or written of late are kept in memory, bounded by bytes. Decoding runs on the threads of the
 * store. Safe for all threads.
 */
public final class StoredPages implements PageStore {
    /** Far above what 512 items can take. */
    private static final int MAX_PAGE_BYTES = 8 << 20;

    private final BlockStore store;
    private final FolderId folder;
    private final Limits limits;
    private final ObjectFrame pageFrame;
    private final ObjectFrame frame;
    private final RecentlyUsed<PageHash, Page> pages;
    private final RecentlyUsed<PageHash, List<BlockLocation>> locations;

    /**
     * @param cacheBytes how much of encoded pages, and again of encoded locations, is kept decoded
     *     in memory; decoded they take some times as much
     * @param inFlight requests to the store at once, of one call
     */
    public record Limits(long cacheBytes, int inFlight) {
        public static final Limits DEFAULT = new Limits(3 << 20, 32);

        /** For who wants to know what is stored now. */
        public static final Limits NO_CACHE = new Limits(0, 32);

        public Limits {
            if (cacheBytes < 0 || inFlight < 1) {
                throw new SyncException(
                        ErrorCode.BAD_SETTING,
                        "A page store needs cacheBytes of 0 or more and inFlight of 1 or more,"
                                + " not %d and %d.".formatted(cacheBytes, inFlight));
            }
        }
    }

    public StoredPages(BlockStore store, BlockCodec codec, FolderId folder, Limits limits) {
        this.store = store;
        this.folder = folder;
        this.limits = limits;
        this.pageFrame = new ObjectFrame(codec, MAX_PAGE_BYTES);
        this.frame = new ObjectFrame(codec, MAX_CHANGES_BYTES);
        this.pages = new RecentlyUsed<>(limits.cacheBytes());
        this.locations = new RecentlyUsed<>(limits.cacheBytes());
    }

    @Override
    public Mono<Map<PageHash, Page>> pages(Set<PageHash> names) {
        return Flux.fromIterable(names)
                .flatMap(name -> page(name).map(page -> Map.entry(name, page)), limits.inFlight())
                .onErrorMap(FirstFailure::of)
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    private Mono<Page> page(PageHash name) {
        return Mono.defer(() -> pages.get(name).map(Mono::just).orElseGet(() -> loadPage(name)));
    }

    private Mono<Page> loadPage(PageHash name) {
        ObjectKey key = ObjectKey.page(folder, name);
        return load(key, pageFrame, bytes -> keep(name, bytes, PageCodec.decode(name, bytes)));
    }

    private Page keep(PageHash name, byte[] encoded, Page page) {
        pages.put(name, page, encoded.length);
        return page;
    }

    @Override
    public Mono<Void> put(Map<PageHash, Page> added) {
        return Flux.fromIterable(added.entrySet())
                .flatMap(entry -> put(entry.getKey(), entry.getValue()), limits.inFlight())
                .onErrorMap(FirstFailure::of)
                .then();
    }

    private Mono<Void> put(PageHash name, Page page) {
        return Mono.defer(() -> {
            byte[] encoded = PageCodec.encode(page);
            if (!Sha256.page(encoded).equals(name)) {
                throw new SyncException(
                        ErrorCode.INVARIANT_BROKEN,
                        "Page " + name + " is to be stored with the bytes of another.");
            }
            return store.put(ObjectKey.page(folder, name), pageFrame.encode(encoded))
                    .doOnSuccess(_ -> pages.put(name, page, encoded.length));
        });
    }

    @Override
    public Mono<List<BlockLocation>> locations(PageHash page) {
        return Mono.defer(() -> {
            Optional<List<BlockLocation>> kept = locations.get(page);
            return kept.map(Mono::just).orElseGet(() -> freshLocations(page));
        });
    }

    @Override
    public Mono<List<BlockLocation>> freshLocations(PageHash page) {
        return load(
                ObjectKey.locations(folder, page),
                frame,
                bytes -> {
                    List<BlockLocation> found = ChangeListCodec.decodeLocations(bytes);
                    locations.put(page, found, bytes.length);
                    return found;
                });
    }

    @Override
    public Mono<Void> putLocations(Map<PageHash, List<BlockLocation>> added) {
        return Flux.fromIterable(added.entrySet())
                .flatMap(entry -> putLocations(entry.getKey(), entry.getValue()), limits.inFlight())
                .onErrorMap(FirstFailure::of)
                .then();
    }

    private Mono<Void> putLocations(PageHash page, List<BlockLocation> of) {
        return Mono.defer(() -> {
            byte[] encoded = ChangeListCodec.encodeLocations(of);
            return store.put(ObjectKey.locations(folder, page), frame.encode(encoded))
                    .doOnSuccess(_ -> locations.put(page, of, encoded.length))
                    .doOnError(_ -> locations.remove(page));
        });
    }

    @Override
    public Mono<ChangeList> changes(PageHash name) {
        return load(
                ObjectKey.changes(folder, name),
                frame,
                bytes -> {
                    if (!Sha256.page(bytes).equals(name)) {
                        throw new SyncException(
                                ErrorCode.STORE_OBJECT_DAMAGED,
                                "The bytes of change list " + name + " are not its own.");
                    }
                    return ChangeListCodec.decode(bytes);
                });
    }

    @Override
    public Mono<PageHash> putChanges(byte[] encoded) {
        return Mono.defer(() -> {
            PageHash name = Sha256.page(encoded);
            return store.put(ObjectKey.changes(folder, name), frame.encode(encoded))
                    .thenReturn(name);
        });
    }

    private <T> Mono<T> load(ObjectKey key, ObjectFrame form, Function<byte[], T> decode) {
        return store.get(key).map(object -> decode.apply(plain(key, form, object)));
    }

    private static byte[] plain(ObjectKey key, ObjectFrame form, ByteBuffer object) {
        try {
            return form.decode(object);
        } catch (SyncException e) {
            throw new SyncException(e.code(), "Object " + key + ": " + e.getMessage(), e);
        }
    }
}
