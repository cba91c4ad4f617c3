package io.driftless.reconciler;

import io.driftless.block.BlockLocation;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockCodec;
import io.driftless.port.GarbageIndex.Lease;
import io.driftless.port.ObjectKey;
import io.driftless.reconciler.NewPacks.Stored;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Looks after packs: those that targets doubt, and all in turn. What a target says leads to a look
 * and to nothing else: the pack is read here, and where blocks are missing or are not what their
 * names say, or the store answers but could not read it several times, it is abandoned. Blocks that
 * are right are saved into a new pack, the others have no place any more. The old object stays for
 * the grace of garbage.
 *
 * <p>A crash between any two steps leaves blocks without a place, which {@link LackingFiles} finds
 * the next time. Memory is that of one pack.
 */
final class PackCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileFlow.class);
    private static final Optional<ByteBuffer> NO_BYTES = Optional.of(ByteBuffer.allocate(0));

    private final ReconcileContext context;
    private final NewPacks packs;
    private final UnreadPacks unreadable;

    /** How far the turn came; the next one begins with the first pack. */
    private Optional<UUID> after = Optional.empty();

    PackCheck(ReconcileContext context) {
        this.context = context;
        this.packs = new NewPacks(context);
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

    /**
     * A store that answers but cannot give a pack time after time will not give it any more. One
     * that refuses it may do so to this process alone.
     */
    private boolean isLost(UUID pack, SyncException failure) {
        boolean isRefused =
                failure.getCause() instanceof SyncException cause
                        && cause.code() == ErrorCode.STORE_REFUSED;
        return failure.code() == ErrorCode.STORE_OBJECT_UNREADABLE
                && !isRefused
                && unreadable.isLost(pack, context.steady());
    }

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
        return packs.stored(whole)
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
                                .flatMap(_ -> saved.map(packs::finished).orElseGet(Mono::empty)));
    }
}
