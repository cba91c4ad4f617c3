package io.driftless.reconciler;

import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.Tally;
import io.driftless.status.EntryView;
import io.driftless.status.SystemStatus.Problem;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * A few entries of a source that are not carried over as they are, for people: as their rows say,
 * which every indexer writes. Safe for several threads.
 */
public final class SourceEntries {
    /** Longer than anything waits for its next look. */
    private static final Duration EVER = Duration.ofDays(1);

    private final FolderId folder;
    private final FolderIndex index;
    private final InstantSource clock;
    private final AtomicReference<List<Problem>> told = new AtomicReference<>(List.of());

    public SourceEntries(FolderId folder, FolderIndex index, InstantSource clock) {
        this.folder = folder;
        this.index = index;
        this.clock = clock;
    }

    /** Those of the last time that somebody asked. */
    public List<Problem> told() {
        return told.get();
    }

    /**
     * Asks for those that wait, the next to be tried first, and what became of those that the
     * newest full scan did not carry over.
     *
     * @param skipped what that scan found
     */
    public Mono<Void> ask(List<Tally> skipped) {
        return Mono.defer(() -> {
            Instant ever = clock.instant().plus(EVER);
            List<EntryPath> known =
                    skipped.stream().flatMap(tally -> tally.examples().stream()).toList();
            return Mono.zip(
                            index.dueRows(folder, ever, EntryView.MAX_SHOWN),
                            index.dueLargeRows(folder, ever, EntryView.MAX_SHOWN),
                            known.isEmpty() ? Mono.just(List.<Row>of()) : index.rows(folder, known))
                    .map(found ->
                            Stream.of(found.getT1(), found.getT2(), found.getT3())
                                    .flatMap(List::stream)
                                    .toList())
                    .doOnNext(rows -> told.set(EntryView.of(rows)))
                    .then();
        });
    }
}
