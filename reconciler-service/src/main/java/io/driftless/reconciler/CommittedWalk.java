package io.driftless.reconciler;

import io.driftless.block.BlockRef;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * All committed entries in path order, a batch at a time. Commits go on meanwhile: what no commit
 * touches is seen, of the rest some state that it had.
 */
final class CommittedWalk {
    private static final int PAGE = 2_000;

    private final ReconcileContext context;

    CommittedWalk(ReconcileContext context) {
        this.context = context;
    }

    Flux<List<Entry>> batches() {
        return context.ports()
                .commits()
                .committed(context.folder(), List.of(EntryPath.ROOT))
                .concatWith(
                        below(Optional.empty())
                                .expand(entries ->
                                        entries.size() < PAGE
                                                ? Mono.empty()
                                                : below(Optional.of(entries.getLast().path()))));
    }

    private Mono<List<Entry>> below(Optional<EntryPath> after) {
        return context.ports()
                .commits()
                .committedBelow(context.folder(), EntryPath.ROOT, after, PAGE);
    }

    /** The blocks of a file whose entry only names their list. */
    Mono<List<BlockRef>> listed(Entry.FileEntry file) {
        return context.ports().index().blocksOf(context.folder(), file.content().id());
    }
}
