package io.driftless.reconciler;

import io.driftless.adapter.codec.PackWriter;
import io.driftless.block.BlockHash;
import io.driftless.block.BlockRef;
import io.driftless.block.Sha256;
import io.driftless.committed.WantedBlocks;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.FirstFailure;
import io.driftless.port.ObjectKey;
import io.driftless.reconciler.NewPacks.Stored;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes blocks that targets gave back. Anybody who works for a target may write there, so nothing
 * is believed but the hash: what is wanted and holds the bytes of its name goes into a pack, and
 * every object that was looked at goes. Memory is that of one pack.
 *
 * <p>The area is listed. What a listing lacks is there the next time; what it shows too late is not
 * there when it is read.
 */
final class ReturnedBlocks {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileFlow.class);
    private static final int OBJECTS_AT_ONCE = 256;
    private static final int DELETIONS_IN_FLIGHT = 8;

    /** With the table of its contents a pack is no longer than packs are. */
    private static final int PACK_BYTES = PackWriter.MAX_PACK_BYTES - (1 << 20);

    private final ReconcileContext context;
    private final NewPacks packs;

    ReturnedBlocks(ReconcileContext context) {
        this.context = context;
        this.packs = new NewPacks(context);
    }

    /**
     * What looking there came to.
     *
     * @param placed blocks that have a place now
     * @param isUnsure objects are there of which it is not known whether somebody needs them
     * @param isUncalled objects were there that nobody needs
     */
    record Taken(Set<BlockHash> placed, boolean isUnsure, boolean isUncalled) {}

    /**
     * @param isFresh nothing but what is wanted lacks a place at this moment, so the rest may go
     */
    Mono<Taken> take(HeldLease held, WantedBlocks wanted, boolean isFresh) {
        return context.ports()
                .store()
                .list(ObjectKey.returned(context.folder()))
                .take(OBJECTS_AT_ONCE)
                .collectList()
                .flatMap(keys -> {
                    List<BlockRef> good = new ArrayList<>();
                    List<ObjectKey> others = new ArrayList<>();
                    for (ObjectKey key : keys) {
                        key.returnedBlock(context.folder())
                                .flatMap(wanted::lost)
                                .ifPresentOrElse(good::add, () -> others.add(key));
                    }
                    return store(held, good)
                            .flatMap(placed ->
                                    clear(held, others, isFresh)
                                            .map(cleared ->
                                                    new Taken(
                                                            placed,
                                                            cleared < others.size(),
                                                            cleared > 0)));
                });
    }

    private Mono<Set<BlockHash>> store(HeldLease held, List<BlockRef> blocks) {
        return Flux.fromIterable(loads(blocks))
                .concatMap(load -> storeLoad(held, load), 1)
                .collect(HashSet<BlockHash>::new, Set::addAll)
                .map(placed -> placed);
    }

    private static List<List<BlockRef>> loads(List<BlockRef> blocks) {
        List<List<BlockRef>> loads = new ArrayList<>();
        long bytes = PACK_BYTES;
        for (BlockRef block : blocks) {
            bytes += block.lengthBytes();
            if (bytes > PACK_BYTES) {
                loads.add(new ArrayList<>());
                bytes = block.lengthBytes();
            }
            loads.getLast().add(block);
        }
        return loads;
    }

    /** A block has its place before the object it came from goes. */
    private Mono<Set<BlockHash>> storeLoad(HeldLease held, List<BlockRef> load) {
        return Flux.fromIterable(load)
                .concatMap(this::read, 1)
                .collectList()
                .delayUntil(good ->
                        packs.stored(good).flatMap(Mono::justOrEmpty).flatMap(packs::finished))
                .map(ReturnedBlocks::hashes)
                .doOnNext(this::say)
                .delayUntil(_ -> delete(held, load.stream().map(this::key).toList()));
    }

    private static Set<BlockHash> hashes(List<Stored> good) {
        return good.stream().map(one -> one.block().hash()).collect(Collectors.toSet());
    }

    private void say(Set<BlockHash> placed) {
        if (!placed.isEmpty()) {
            LOG.info(
                    "blocks came back from targets folder={} blocks={}",
                    context.folder(),
                    placed.size());
        }
    }

    private ObjectKey key(BlockRef block) {
        return ObjectKey.returned(context.folder(), block.hash());
    }

    /** Empty where these are not the bytes of the block. No more is read than it has. */
    private Mono<Stored> read(BlockRef block) {
        return context.ports()
                .store()
                .getRange(key(block), 0, block.lengthBytes())
                .flatMap(plain -> Mono.justOrEmpty(checked(block, plain)))
                .onErrorResume(
                        SyncException.class,
                        failure ->
                                switch (failure.code()) {
                                    case STORE_OBJECT_MISSING, STORE_OBJECT_UNREADABLE ->
                                            Mono.empty();
                                    case STORE_OBJECT_DAMAGED -> {
                                        sayWrong(block);
                                        yield Mono.empty();
                                    }
                                    default -> Mono.error(failure);
                                });
    }

    private Optional<Stored> checked(BlockRef block, ByteBuffer plain) {
        if (!Sha256.block(plain).equals(block.hash())) {
            sayWrong(block);
            return Optional.empty();
        }
        return Optional.of(new Stored(block, context.ports().codec().encode(plain)));
    }

    private void sayWrong(BlockRef block) {
        LOG.warn(
                "returned block thrown away code={} folder={} block={}",
                ErrorCode.BLOCK_MISMATCH.id(),
                context.folder(),
                block.hash());
    }

    /**
     * Deletes what nobody needs, as what came when the block had its place again; how many. What
     * somebody might need stays until that is known.
     */
    private Mono<Integer> clear(HeldLease held, List<ObjectKey> keys, boolean isFresh) {
        Mono<List<ObjectKey>> unneeded =
                keys.isEmpty() || isFresh ? Mono.just(keys) : unneeded(keys);
        return unneeded.delayUntil(some -> delete(held, some)).map(List::size);
    }

    private Mono<List<ObjectKey>> unneeded(List<ObjectKey> keys) {
        Set<BlockHash> named =
                keys.stream()
                        .flatMap(key -> key.returnedBlock(context.folder()).stream())
                        .collect(Collectors.toSet());
        return context.ports()
                .packs()
                .locate(context.folder(), named)
                .map(found ->
                        keys.stream()
                                .filter(key ->
                                        key.returnedBlock(context.folder())
                                                .map(found::containsKey)
                                                .orElse(true))
                                .toList());
    }

    private Mono<Void> delete(HeldLease held, List<ObjectKey> keys) {
        return Flux.fromIterable(keys)
                .flatMap(
                        key ->
                                held.check()
                                        .then(Mono.defer(() -> context.ports().store().delete(key)))
                                        .onErrorResume(
                                                SyncException.class, failure -> left(key, failure)),
                        DELETIONS_IN_FLIGHT)
                .onErrorMap(FirstFailure::of)
                .then();
    }

    /** One object that cannot be deleted keeps no other from coming back. */
    private static Mono<Void> left(ObjectKey key, SyncException failure) {
        if (failure.code() != ErrorCode.STORE_OBJECT_UNREADABLE) {
            return Mono.error(failure);
        }
        LOG.warn("returned block is left key={} cause={}", key, failure.getMessage());
        return Mono.empty();
    }
}
