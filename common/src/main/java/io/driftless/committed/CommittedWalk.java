package io.driftless.committed;

import io.driftless.block.BlockRef;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog;
import io.driftless.port.FolderIndex;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * All committed entries in path order, a batch at a time. Commits go on meanwhile: what no commit
 * touches is seen, of the rest some state that it had.
 */
public final class CommittedWalk {
    private static final int PAGE = 2_000;

    private final FolderId folder;
    private final CommitLog commits;
    private final FolderIndex index;

    public CommittedWalk(FolderId folder, CommitLog commits, FolderIndex index) {
        this.folder = folder;
        this.commits = commits;
        this.index = index;
    }

    public Flux<List<Entry>> batches() {
        return commits.committed(folder, List.of(EntryPath.ROOT))
                .concatWith(
                        below(Optional.empty())
                                .expand(entries ->
                                        entries.size() < PAGE
                                                ? Mono.empty()
                                                : below(Optional.of(entries.getLast().path()))));
    }

    private Mono<List<Entry>> below(Optional<EntryPath> after) {
        return commits.committedBelow(folder, EntryPath.ROOT, after, PAGE);
    }

    /** The blocks of a file whose entry only names their list. */
    public Mono<List<BlockRef>> listed(Entry.FileEntry file) {
        return index.blocksOf(folder, file.content().id());
    }
}
