package io.driftless.agent;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Order;
import io.driftless.flow.WorkLoop;
import io.driftless.path.EntryPath;
import io.driftless.port.ObjectKey;
import io.driftless.port.StoreFailures;
import io.driftless.port.TargetState.Known;
import io.driftless.port.TreeReader.Range;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Gives blocks back that the store lost and this target holds, when an order wants them: goes
 * through the files that were applied here, reads what should be such a block, and puts it where
 * the collector looks for it, if the bytes are what the name says. In small pieces, when no work is
 * due; what the store does not take is given later and is no trouble of the target. Once through
 * all files, and again, less and less often, while the order stands. Only {@link #learn} comes from
 * outside.
 */
final class BlockReturn {
    private static final Logger LOG = LoggerFactory.getLogger(BlockReturn.class);

    private static final int FILES_AT_ONCE = 500;

    /** So much is given at most before other work has its turn. */
    private static final long PIECE_BYTES = 8 << 20;

    private static final Duration LONGEST_REST = Duration.ofHours(1);

    private final AgentContext context;
    private final BlockRuns runs;
    private final AtomicReference<Set<BlockHash>> wanted = new AtomicReference<>(Set.of());

    /** What the walk is about, and what of it was not given yet. */
    private Set<BlockHash> about = Set.of();

    private final Set<BlockHash> left = new HashSet<>();
    private Optional<EntryPath> after = Optional.empty();
    private int walks;
    private int failures;
    private Instant next = Instant.MIN;

    BlockReturn(AgentContext context) {
        this.context = context;
        this.runs = new BlockRuns(context.ports().pages());
    }

    /** Hears what is wanted. */
    void learn(Order order) {
        wanted.set(Set.copyOf(order.wanted()));
    }

    /** Goes through some files; false where nothing is to be done now. */
    Mono<Boolean> some() {
        return Mono.defer(() -> {
            Set<BlockHash> now = wanted.get();
            if (!about.equals(now)) {
                begin(now);
                walks = 0;
                next = Instant.MIN;
            }
            return about.isEmpty() || context.steady().isBefore(next)
                    ? Mono.just(false)
                    : piece().thenReturn(true);
        });
    }

    private void begin(Set<BlockHash> blocks) {
        about = blocks;
        left.clear();
        left.addAll(blocks);
        after = Optional.empty();
    }

    private Mono<Void> piece() {
        AtomicLong given = new AtomicLong();
        return context.ports()
                .state()
                .known(after, FILES_AT_ONCE)
                .flatMap(files ->
                        Flux.fromIterable(files)
                                .concatMap(file -> through(file, given), 1)
                                .takeUntil(isThrough -> !isThrough)
                                .all(isThrough -> isThrough)
                                .doOnNext(_ -> {
                                    boolean isEnd = files.size() < FILES_AT_ONCE;
                                    if (left.isEmpty() || isEnd && isAtEnd(files)) {
                                        rest();
                                    }
                                }))
                .then()
                .onErrorResume(SyncException.class, this::later);
    }

    private boolean isAtEnd(List<Known> files) {
        return files.isEmpty() || after.equals(Optional.of(files.getLast().path()));
    }

    /** All was looked at. What was given and got lost again is given again after a rest. */
    private void rest() {
        begin(about);
        walks++;
        failures = 0;
        pause(WorkLoop.backoff(walks, context.settings().longestRetry(), LONGEST_REST));
    }

    private void pause(Duration length) {
        next = context.steady().plus(length);
    }

    /** The store, and nothing of the target, is in the way. */
    private Mono<Void> later(SyncException failure) {
        return switch (failure.code().reaction()) {
            case STOP_FOLDER, BUG -> Mono.error(failure);
            case RETRY, SKIP_ENTRY, REFUSE -> Mono.fromRunnable(() -> putOff(failure));
        };
    }

    private void putOff(SyncException failure) {
        failures++;
        Duration wait =
                WorkLoop.backoff(
                        failures,
                        context.settings().firstRetry(),
                        context.settings().longestRetry());
        LOG.info(
                "blocks are given back later folder={} target={} code={} seconds={} cause={}",
                context.folder(),
                context.target(),
                failure.code().id(),
                wait.toMillis() / 1000.0,
                failure.getMessage());
        pause(wait);
    }

    /** False where it is enough for now, before the file was looked at as a whole. */
    private Mono<Boolean> through(Known file, AtomicLong given) {
        Optional<Content> content = file.applied().flatMap(applied -> applied.content());
        return Mono.justOrEmpty(content)
                .flatMapMany(this::placed)
                .filter(place -> left.contains(place.block().hash()))
                .concatMap(
                        place ->
                                given.get() < PIECE_BYTES
                                        ? give(file.path(), place, given).thenReturn(true)
                                        : Mono.just(false),
                        1)
                .takeUntil(isGoingOn -> !isGoingOn)
                .all(isGoingOn -> isGoingOn)
                .doOnNext(isThrough -> {
                    if (isThrough) {
                        after = Optional.of(file.path());
                    }
                });
    }

    /** A block's place in a file. */
    private record Place(long offset, BlockRef block) {}

    /** A list that is gone tells nothing. */
    private Flux<Place> placed(Content content) {
        AtomicLong offset = new AtomicLong();
        return runs.of(content)
                .concatMapIterable(BlockRuns.BlockRun::blocks, 1)
                .map(block -> new Place(offset.getAndAdd(block.lengthBytes()), block))
                .onErrorResume(StoreFailures::isOfOneObject, _ -> Flux.empty());
    }

    private Mono<Void> give(EntryPath path, Place place, AtomicLong given) {
        BlockHash block = place.block().hash();
        return context.ports()
                .tree()
                .read(path, List.of(new Range(place.offset(), place.block().lengthBytes())))
                .flatMapIterable(pieces -> pieces)
                .next()
                .onErrorResume(BlockReturn::isOfTheFile, _ -> Mono.empty())
                .filter(plain -> Sha256.block(plain).equals(block))
                .flatMap(plain -> put(block, plain).thenReturn(plain))
                .doOnNext(plain -> {
                    left.remove(block);
                    given.addAndGet(plain.remaining());
                })
                .then();
    }

    private Mono<Void> put(BlockHash block, ByteBuffer plain) {
        return context.ports()
                .store()
                .put(ObjectKey.returned(context.folder(), block), List.of(plain));
    }

    /** It is not as it was left: a scan finds that, here it is just not what is looked for. */
    private static boolean isOfTheFile(Throwable failure) {
        return failure instanceof SyncException known
                && known.code() != ErrorCode.ROOT_LOST
                && known.code() != ErrorCode.TARGET_TAKEN
                && known.code() != ErrorCode.INVARIANT_BROKEN;
    }
}
