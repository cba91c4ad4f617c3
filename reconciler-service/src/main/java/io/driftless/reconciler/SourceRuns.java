package io.driftless.reconciler;

import io.driftless.error.SyncException;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.Run;
import io.driftless.port.FolderIndex.Tally;
import io.driftless.tree.FolderId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The full scans of the source that this process ordered, and the flow that orders them. */
final class SourceRuns {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileFlow.class);

    private final FolderId folder;
    private final FolderIndex index;
    private final AtomicReference<Optional<ReconcileFlow>> flow =
            new AtomicReference<>(Optional.empty());
    private final AtomicReference<Seen> seen = new AtomicReference<>(Seen.NOTHING);

    /**
     * @param scanned when the newest one ended
     * @param looked entries that it looked at
     * @param ended how many did
     * @param skipped what was not carried over when it ended
     */
    record Seen(
            boolean isScanning,
            Optional<Instant> scanned,
            long looked,
            long ended,
            List<Tally> skipped) {
        static final Seen NOTHING = new Seen(true, Optional.empty(), 0, 0, List.of());

        Seen {
            skipped = List.copyOf(skipped);
        }

        private Seen with(Run run) {
            boolean isOver = run.ended().isPresent();
            return new Seen(
                    !isOver,
                    run.ended().or(() -> scanned),
                    isOver ? looked + run.looked() : looked,
                    isOver ? ended + 1 : ended,
                    skipped);
        }

        private Seen with(List<Tally> tallies) {
            return new Seen(isScanning, scanned, looked, ended, tallies);
        }
    }

    SourceRuns(FolderId folder, FolderIndex index) {
        this.folder = folder;
        this.index = index;
    }

    /** Runs the flow until cancelled. */
    Flux<Run> of(ReconcileFlow next) {
        return next.run()
                .doOnSubscribe(_ -> flow.set(Optional.of(next)))
                .doFinally(_ -> flow.compareAndSet(Optional.of(next), Optional.empty()))
                .doOnNext(run -> seen.updateAndGet(before -> before.with(run)))
                .concatMap(run -> tally(run).thenReturn(run), 1);
    }

    private Mono<Void> tally(Run run) {
        return run.ended().isEmpty()
                ? Mono.empty()
                : index.tally(folder)
                        .doOnNext(found -> seen.updateAndGet(before -> before.with(found)))
                        .onErrorResume(SyncException.class, SourceRuns::notTallied)
                        .then();
    }

    private static Mono<List<Tally>> notTallied(SyncException failure) {
        LOG.info(
                "what is skipped is not known until the next full scan code={} cause={}",
                failure.code().id(),
                failure.getMessage());
        return Mono.empty();
    }

    boolean isRunning() {
        return flow.get().isPresent();
    }

    /** Why the one that is due does not come forward. */
    Optional<SyncException> trouble() {
        return flow.get().flatMap(ReconcileFlow::trouble);
    }

    /** Where no flow runs, the next one begins with a scan. */
    void now() {
        flow.get().ifPresent(ReconcileFlow::runNow);
    }

    /** When the next one is due; empty while one is, or is under way, and where no flow runs. */
    Optional<Instant> next() {
        return flow.get().flatMap(ReconcileFlow::nextRun);
    }

    Seen seen() {
        return seen.get();
    }
}
