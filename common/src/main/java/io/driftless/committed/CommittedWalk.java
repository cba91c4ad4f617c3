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
                .concatWith(below(commits, folder, EntryPath.ROOT));
    }

    /** What is committed below a directory, in the same way. */
    public static Flux<List<Entry>> below(CommitLog commits, FolderId folder, EntryPath directory) {
        return commits.committedBelow(folder, directory, Optional.empty(), PAGE)
                .expand(entries ->
                        entries.size() < PAGE
                                ? Mono.empty()
                                : commits.committedBelow(
                                        folder,
                                        directory,
                                        Optional.of(entries.getLast().path()),
                                        PAGE));
    }

    /** The blocks of a file whose entry only names their list. */
    public Mono<List<BlockRef>> listed(Entry.FileEntry file) {
        return index.blocksOf(folder, file.content().id());
    }
}
