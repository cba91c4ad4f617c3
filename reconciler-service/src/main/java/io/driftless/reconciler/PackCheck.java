package io.driftless.reconciler;

import io.driftless.adapter.codec.PackWriter;
import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Content.Blocks;
import io.driftless.block.Sha256;
import io.driftless.committed.CommittedWalk;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.BlockCodec;
import io.driftless.port.GarbageIndex.Lease;
import io.driftless.port.ObjectKey;
import io.driftless.tree.Entry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Looks after packs: those that targets doubt, and all in turn. What a target says leads to a look
 * and to nothing else: the pack is read here, and where blocks are missing or are not what their
 * names say, or the store answers but could not read it several times, it is abandoned. Blocks that
 * are right are saved into a new pack; of the others, the rows of the files that need them become
 * dirty, so that they are stored again from the source. The old object stays for the grace of
 * garbage.
 *
 * <p>A crash between any two steps leaves blocks without a place, which the search for files that
 * need them finds the next time. Memory is that of one pack, and of one batch of entries.
 */
final class PackCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileFlow.class);
    private static final Optional<ByteBuffer> NO_BYTES = Optional.of(ByteBuffer.allocate(0));

    private final ReconcileContext context;
    private final CommittedWalk walk;
    private final UnreadPacks unreadable;

    /** How far the turn came; the next one begins with the first pack. */
    private Optional<UUID> after = Optional.empty();

    PackCheck(ReconcileContext context) {
        this.context = context;
        this.walk = context.committed();
        this.unreadable = new UnreadPacks(context.garbage().collectEvery().dividedBy(4));
    }

    /**
     * What looking at packs came to.
     *
     * @param damaged packs that were not whole; each is abandoned, or will be found again
     * @param unread packs of which nothing is known
     */
    record Found(long damaged, long unread) {
        static final Found NOTHING = new Found(0, 0);
        static final Found WHOLE = NOTHING;
        static final Found DAMAGED = new Found(1, 0);
        static final Found UNREAD = new Found(0, 1);

        Found plus(Found other) {
            return new Found(damaged + other.damaged, unread + other.unread);
        }
    }

    /** Looks at these packs; one that cannot be read keeps nobody from the next. */
    Mono<Found> check(Lease lease, Collection<UUID> doubted) {
        return Flux.fromStream(() -> doubted.stream().sorted())
                .concatMap(pack -> check(lease, pack), 1)
                .reduce(Found.NOTHING, Found::plus);
    }

    /**
     * Looks at the next packs, some at a time and all in turn; at once at more where all of some
     * were damaged, as when the store lost everything.
     */
    Mono<Found> some(Lease lease) {
        int limit = context.garbage().checkPacks();
        return limit == 0
                ? Mono.just(Found.NOTHING)
                : next(lease, limit)
                        .expand(found ->
                                found.damaged() == limit && after.isPresent()
                                        ? next(lease, limit)
                                        : Mono.empty())
                        .reduce(Found.NOTHING, Found::plus);
    }

    private Mono<Found> next(Lease lease, int limit) {
        return Mono.defer(() ->
                context.ports()
                        .garbage()
                        .livePacks(context.folder(), after, limit)
                        .doOnNext(ids -> {
                            boolean isEnd = ids.size() < limit;
                            after = isEnd ? Optional.empty() : Optional.of(ids.getLast());
                        })
                        .flatMap(ids -> check(lease, ids)));
    }

    private Mono<Found> check(Lease lease, UUID pack) {
        return context.ports()
                .garbage()
                .blocksIn(context.folder(), pack)
                .filter(blocks -> !blocks.isEmpty())
                .flatMap(blocks ->
                        read(pack)
                                .flatMap(read ->
                                        read.bytes()
                                                .map(bytes -> judge(lease, pack, blocks, bytes))
                                                .orElseGet(() -> Mono.just(Found.UNREAD))))
                .defaultIfEmpty(Found.WHOLE);
    }

    private Mono<Found> judge(
            Lease lease, UUID pack, List<BlockLocation> blocks, ByteBuffer bytes) {
        List<Stored> whole = whole(blocks, bytes);
        return whole.size() == blocks.size()
                ? Mono.just(Found.WHOLE)
                : abandon(lease, pack, blocks.size(), whole).thenReturn(Found.DAMAGED);
    }

    /**
     * @param bytes none for an object that is not there; absent where nothing is known of it
     */
    private record Read(Optional<ByteBuffer> bytes) {}

    private Mono<Read> read(UUID pack) {
        return context.ports()
                .store()
                .get(ObjectKey.pack(context.folder(), pack))
                .map(bytes -> new Read(Optional.of(bytes)))
                .doOnNext(_ -> unreadable.wasRead(pack))
                .onErrorResume(SyncException.class, failure -> Mono.just(unread(pack, failure)));
    }

    private Read unread(UUID pack, SyncException failure) {
        return switch (failure.code()) {
            case STORE_OBJECT_MISSING, STORE_OBJECT_DAMAGED -> new Read(NO_BYTES);
            default -> {
                LOG.warn(
                        "pack not checked folder={} pack={} code={} cause={}",
                        context.folder(),
                        pack,
                        failure.code().id(),
                        failure.getMessage());
                yield new Read(isLost(pack, failure) ? NO_BYTES : Optional.empty());
            }
        };
    }

    /** A store that answers but cannot give a pack time after time will not give it any more. */
    private boolean isLost(UUID pack, SyncException failure) {
        return failure.code() == ErrorCode.STORE_OBJECT_UNREADABLE
                && unreadable.isLost(pack, context.steady());
    }

    /** A block as it is stored. */
    private record Stored(BlockRef block, BlockCodec.Encoded encoded) {}

    private List<Stored> whole(List<BlockLocation> blocks, ByteBuffer pack) {
        List<Stored> whole = new ArrayList<>();
        blocks.forEach(at -> stored(at, pack).filter(this::isRight).ifPresent(whole::add));
        return whole;
    }

    private static Optional<Stored> stored(BlockLocation at, ByteBuffer pack) {
        if (at.endBytes() > pack.remaining()) {
            return Optional.empty();
        }
        ByteBuffer bytes = pack.slice(pack.position() + (int) at.offsetBytes(), at.storedBytes());
        return Optional.of(new Stored(at.block(), new BlockCodec.Encoded(at.codec(), bytes)));
    }

    private boolean isRight(Stored stored) {
        BlockCodec.Encoded encoded = stored.encoded();
        try {
            ByteBuffer plain =
                    context.ports()
                            .codec()
                            .decode(
                                    encoded.codec(),
                                    encoded.stored().duplicate(),
                                    stored.block().lengthBytes());
            return Sha256.block(plain).equals(stored.block().hash());
        } catch (SyncException damaged) {
            if (damaged.code() == ErrorCode.STORE_OBJECT_DAMAGED) {
                return false;
            }
            throw damaged;
        }
    }

    /** What is right is stored before its place is forgotten. */
    private Mono<Void> abandon(Lease lease, UUID pack, int blocks, List<Stored> whole) {
        return saved(whole)
                .flatMap(saved ->
                        context.ports()
                                .garbage()
                                .abandon(lease, pack)
                                .filter(isGone -> isGone)
                                .doOnNext(_ ->
                                        LOG.warn(
                                                "pack abandoned code={} folder={} pack={} blocks={} saved={}",
                                                ErrorCode.STORE_OBJECT_DAMAGED.id(),
                                                context.folder(),
                                                pack,
                                                blocks,
                                                whole.size()))
                                .flatMap(_ -> saved.map(this::finish).orElseGet(Mono::empty)));
    }

    private Mono<Optional<PackWriter.Pack>> saved(List<Stored> whole) {
        if (whole.isEmpty()) {
            return Mono.just(Optional.empty());
        }
        PackWriter writer = new PackWriter(context.ids().get());
        whole.forEach(stored -> writer.add(stored.block(), stored.encoded()));
        PackWriter.Pack pack = writer.finish();
        var folder = context.folder();
        return context.ports()
                .packs()
                .beginPacks(folder, List.of(pack.id()))
                .then(context.ports().store().put(ObjectKey.pack(folder, pack.id()), pack.pieces()))
                .thenReturn(Optional.of(pack));
    }

    private Mono<Void> finish(PackWriter.Pack pack) {
        return context.ports()
                .packs()
                .finishPack(context.folder(), pack.id(), pack.sizeBytes(), pack.blocks());
    }

    /** Has blocks of committed files stored again that have no place; of how many files. */
    Mono<Long> files(Lease lease) {
        return walk.batches()
                .concatMap(this::lacking, 1)
                .concatMap(
                        paths ->
                                context.ports()
                                        .garbage()
                                        .storeAgain(lease, paths)
                                        .thenReturn((long) paths.size()),
                        1)
                .reduce(0L, Long::sum)
                .doOnNext(files -> {
                    if (files > 0) {
                        LOG.warn(
                                "stored again code={} folder={} files={}",
                                ErrorCode.BLOCK_MISSING.id(),
                                context.folder(),
                                files);
                    }
                });
    }

    /** The paths of a batch of which some block has no place; nothing where there are none. */
    private Mono<List<EntryPath>> lacking(List<Entry> entries) {
        Map<EntryPath, Set<BlockHash>> inline = new LinkedHashMap<>();
        List<Entry.FileEntry> listed = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry instanceof Entry.FileEntry file) {
                if (file.content().blocks() instanceof Blocks.Inline(var refs)) {
                    inline.put(file.path(), hashes(refs));
                } else {
                    listed.add(file);
                }
            }
        }
        Mono<List<EntryPath>> small =
                unplaced(inline.values().stream().flatMap(Set::stream).collect(Collectors.toSet()))
                        .map(unplaced ->
                                inline.entrySet().stream()
                                        .filter(file -> needs(file.getValue(), unplaced))
                                        .map(Map.Entry::getKey)
                                        .toList());
        Flux<EntryPath> large =
                Flux.fromIterable(listed)
                        .concatMap(
                                file ->
                                        walk.listed(file)
                                                .flatMap(blocks -> unplaced(hashes(blocks)))
                                                .filter(unplaced -> !unplaced.isEmpty())
                                                .map(_ -> file.path()),
                                1);
        return small.flatMapIterable(paths -> paths)
                .concatWith(large)
                .collectList()
                .filter(paths -> !paths.isEmpty());
    }

    private static boolean needs(Set<BlockHash> blocks, Set<BlockHash> unplaced) {
        return blocks.stream().anyMatch(unplaced::contains);
    }

    private static Set<BlockHash> hashes(List<BlockRef> blocks) {
        return blocks.stream().map(BlockRef::hash).collect(Collectors.toSet());
    }

    private Mono<Set<BlockHash>> unplaced(Set<BlockHash> blocks) {
        return context.ports()
                .packs()
                .locate(context.folder(), blocks)
                .map(found -> {
                    Set<BlockHash> left = new HashSet<>(blocks);
                    left.removeAll(found.keySet());
                    return left;
                });
    }
}
