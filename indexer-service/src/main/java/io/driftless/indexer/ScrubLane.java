package io.driftless.indexer;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.ContentDigest;
import io.driftless.error.ErrorCode;
import io.driftless.event.Hint;
import io.driftless.flow.ByteAllowance;
import io.driftless.flow.SteadyTime;
import io.driftless.flow.WorkLoop;
import io.driftless.flow.WorkLoop.Rest;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.port.SourceProofs.Turn;
import io.driftless.port.SourceProofs.Written;
import io.driftless.port.TreeReader.Cut;
import io.driftless.tree.Entry.FileEntry;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads all files of the source again, at a steady rate, and compares them with their rows: bytes
 * can change below the file system, of which no stat tells. What so changed is not carried over:
 * targets and store still hold what it was.
 *
 * <p>A program that writes through a mapping changes bytes without a new time too, but only until
 * the kernel has written the page: of a file that was read long after its last change that cannot
 * be. Of others the change is believed.
 */
final class ScrubLane {
    private static final Logger LOG = LoggerFactory.getLogger(IndexFlow.class);

    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final Duration LEASE = EVERY.multipliedBy(6);
    private static final int ROWS_AT_ONCE = 64;

    /** A page that a mapping changed is written back sooner, with room for other clocks. */
    private static final Duration WRITTEN_BACK = Duration.ofMinutes(5);

    private final IndexContext context;

    ScrubLane(IndexContext context) {
        this.context = context;
    }

    /** Never emits what is not worth telling; never ends. */
    Flux<Looked> run() {
        return context.settings().scrubBytesPerHour() == 0
                ? Flux.never()
                : Flux.defer(() -> work(new Pass()));
    }

    /** What lasts from step to step. Steps never overlap. */
    private final class Pass {
        private final ByteAllowance allowance =
                new ByteAllowance(context.settings().scrubBytesPerHour(), steady());
        private Optional<Turn> turn = Optional.empty();
        private Optional<Reading> underWay = Optional.empty();
    }

    /** A file of which the bytes before the digest's size were read. */
    private record Reading(Written written, FileEntry file, Stat stat, ContentDigest digest) {
        Row row() {
            return written.row();
        }
    }

    private Instant steady() {
        return SteadyTime.of(context.timer());
    }

    private Flux<Looked> work(Pass pass) {
        return new WorkLoop(context.timer())
                .run(
                        Flux.never(),
                        () ->
                                step(pass)
                                        .retryWhen(context.transientRetry("scrub"))
                                        .thenReturn((Rest) new Rest.AtMost(EVERY)))
                .ignoreElements()
                .cast(Looked.class)
                .flux();
    }

    /** The right is renewed also while nothing may be read: a large file goes on later. */
    private Mono<Void> step(Pass pass) {
        pass.allowance.passed(steady());
        return context.proofs()
                .turn(context.folder(), context.holder(), LEASE)
                .flatMap(turn -> {
                    if (!turn.map(Turn::token).equals(pass.turn.map(Turn::token))) {
                        pass.underWay = Optional.empty();
                    }
                    pass.turn = turn;
                    return turn.filter(mine -> pass.allowance.isLeft())
                            .map(mine -> some(pass, mine))
                            .orElseGet(Mono::empty);
                });
    }

    /** The files that are next, until the allowance is used or the turn is over. */
    private Mono<Void> some(Pass pass, Turn turn) {
        return begun(pass, turn)
                .expand(next -> mayGoOn(pass) ? page(pass, next) : Mono.empty())
                .then();
    }

    /** What is read already is gone on with first. */
    private Mono<Turn> begun(Pass pass, Turn turn) {
        return pass.underWay
                .map(file ->
                        read(pass, turn, file)
                                .then(
                                        Mono.defer(() ->
                                                pass.underWay.isEmpty()
                                                        ? reached(turn, file.row().path())
                                                        : Mono.<Turn>empty())))
                .orElseGet(() -> page(pass, turn));
    }

    private static boolean mayGoOn(Pass pass) {
        return pass.allowance.isLeft() && pass.underWay.isEmpty();
    }

    /** Gives the turn as it is after some more files; nothing where they were the last. */
    private Mono<Turn> page(Pass pass, Turn turn) {
        return context.proofs()
                .rows(context.folder(), turn.reached(), ROWS_AT_ONCE)
                .flatMap(rows ->
                        rows.isEmpty()
                                ? context.proofs()
                                        .reached(turn, Optional.empty())
                                        .then(Mono.<Turn>empty())
                                : Flux.fromIterable(rows)
                                        .concatMap(
                                                row ->
                                                        mayGoOn(pass)
                                                                ? one(pass, turn, row)
                                                                : Mono.<EntryPath>empty(),
                                                1)
                                        .takeLast(1)
                                        .next()
                                        .flatMap(last -> reached(turn, last)));
    }

    private Mono<Turn> reached(Turn turn, EntryPath path) {
        return context.proofs()
                .reached(turn, Optional.of(path))
                .thenReturn(new Turn(turn.folder(), turn.token(), Optional.of(path)));
    }

    /** Gives the path where it is done with; nothing where it is to be gone on with. */
    private Mono<EntryPath> one(Pass pass, Turn turn, Written written) {
        Row row = written.row();
        if (!isProvable(row)) {
            return Mono.just(row.path());
        }
        Reading reading =
                new Reading(
                        written,
                        (FileEntry) row.entry().orElseThrow(),
                        row.stat().orElseThrow(),
                        new ContentDigest());
        return read(pass, turn, reading)
                .then(
                        Mono.defer(() ->
                                pass.underWay.isEmpty()
                                        ? Mono.just(row.path())
                                        : Mono.<EntryPath>empty()));
    }

    private static boolean isProvable(Row row) {
        return row.stat().isPresent()
                && row.entry().filter(FileEntry.class::isInstance).isPresent()
                && (row.state() instanceof State.Ok || isAltered(row));
    }

    private static boolean isAltered(Row row) {
        return row.state() instanceof State.Skipped(ErrorCode code)
                && code == ErrorCode.ENTRY_ALTERED;
    }

    /** To its end, or for as long as the allowance lasts. */
    private Mono<Void> read(Pass pass, Turn turn, Reading reading) {
        pass.underWay = Optional.empty();
        return context.tree()
                .cut(reading.row().path(), reading.digest().sizeBytes(), ByteAllowance.PIECE_BYTES)
                .flatMap(cut ->
                        cut.isOf(reading.stat())
                                ? add(pass, turn, reading, (Cut.Blocks) cut)
                                : passOver(pass));
    }

    /** It was changed in the ordinary way: that is found in the ordinary way. */
    private static Mono<Void> passOver(Pass pass) {
        pass.allowance.spend(0);
        return Mono.empty();
    }

    private Mono<Void> add(Pass pass, Turn turn, Reading reading, Cut.Blocks cut) {
        long before = reading.digest().sizeBytes();
        cut.blocks().forEach(reading.digest()::add);
        pass.allowance.spend(reading.digest().sizeBytes() - before);
        if (cut.isWhole()) {
            return judge(reading);
        }
        pass.underWay = Optional.of(reading);
        return pass.allowance.isLeft() ? read(pass, turn, reading) : Mono.empty();
    }

    private Mono<Void> judge(Reading reading) {
        Row row = reading.row();
        Content content = reading.file().content();
        if (reading.digest().finish().equals(content.id())) {
            return isAltered(row)
                    ? restored(row, content)
                    : context.proofs().proven(context.folder(), row.path(), row.version());
        }
        if (isAltered(row)) {
            return Mono.empty();
        }
        return isCertain(reading) ? altered(row) : believed(row);
    }

    /** When it was read last no page of it could be waiting to be written. */
    private static boolean isCertain(Reading reading) {
        Timestamp changed = reading.stat().changed();
        return Instant.ofEpochSecond(changed.seconds(), changed.nanos())
                .plus(WRITTEN_BACK)
                .isBefore(reading.written().at());
    }

    private Mono<Void> altered(Row row) {
        LOG.warn(
                "content changed below the file system folder={} code={} path={}",
                context.folder(),
                ErrorCode.ENTRY_ALTERED.id(),
                row.path());
        return write(row, new State.Skipped(ErrorCode.ENTRY_ALTERED), Optional.empty());
    }

    private Mono<Void> believed(Row row) {
        return context.bus()
                .publish(
                        List.of(
                                Hint.entries(
                                        context.folder(),
                                        row.path().parent(),
                                        List.of(row.path()),
                                        Hint.Origin.TRANSFER)));
    }

    /** Somebody put the bytes back in the way in which they changed. */
    private Mono<Void> restored(Row row, Content content) {
        LOG.info("content is right again folder={} path={}", context.folder(), row.path());
        return content.isListed()
                ? context.index()
                        .blocksOf(context.folder(), content.id())
                        .flatMap(blocks -> write(row, new State.Ok(), Optional.of(blocks)))
                : write(row, new State.Ok(), Optional.empty());
    }

    /** Lost where somebody wrote it meanwhile, who looked later than we did. */
    private Mono<Void> write(Row row, State state, Optional<List<BlockRef>> blocks) {
        return context.index()
                .write(
                        context.folder(),
                        List.of(
                                new RowWrite(
                                        row.path(),
                                        Optional.of(row.version()),
                                        state,
                                        row.stat(),
                                        row.entry(),
                                        blocks)))
                .then();
    }
}
