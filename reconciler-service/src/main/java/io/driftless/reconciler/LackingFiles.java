package io.driftless.reconciler;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockRef;
import io.driftless.block.Content.Blocks;
import io.driftless.committed.CommittedWalk;
import io.driftless.committed.WantedBlocks;
import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.GarbageIndex.Lease;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Searches all committed files for blocks that have no place. The rows of those files become dirty,
 * so that what is not stored is stored again from the source. Memory is that of one batch of
 * entries.
 */
final class LackingFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileFlow.class);

    private final ReconcileContext context;
    private final CommittedWalk walk;

    LackingFiles(ReconcileContext context) {
        this.context = context;
        this.walk = context.committed();
    }

    /**
     * What a search came to.
     *
     * @param files how many lack a block
     * @param blocks that have no place, at most {@link WantedBlocks#MOST_KNOWN}
     */
    record Lacking(long files, SequencedSet<BlockRef> blocks) {
        static Lacking nothing() {
            return new Lacking(0, new LinkedHashSet<>());
        }

        /** One search adds to its own. */
        Lacking and(Map<EntryPath, Set<BlockRef>> found) {
            found.values().stream()
                    .flatMap(Set::stream)
                    .limit(WantedBlocks.MOST_KNOWN - blocks.size())
                    .forEach(blocks::add);
            return new Lacking(files + found.size(), blocks);
        }
    }

    /** Has blocks of committed files stored again that have no place. */
    Mono<Lacking> storeAgain(Lease lease) {
        return walk.batches()
                .concatMap(this::lacking, 1)
                .concatMap(found -> storeAgain(lease, found).thenReturn(found), 1)
                .reduceWith(Lacking::nothing, Lacking::and)
                .doOnNext(this::say);
    }

    private Mono<Void> storeAgain(Lease lease, Map<EntryPath, Set<BlockRef>> found) {
        return found.isEmpty()
                ? Mono.empty()
                : context.ports().garbage().storeAgain(lease, found.keySet());
    }

    private void say(Lacking lacking) {
        if (lacking.files() > 0) {
            LOG.warn(
                    "stored again code={} folder={} files={}",
                    ErrorCode.BLOCK_MISSING.id(),
                    context.folder(),
                    lacking.files());
        }
    }

    /** The paths of a batch of which some block has no place, with those blocks. */
    private Mono<Map<EntryPath, Set<BlockRef>>> lacking(List<Entry> entries) {
        Map<EntryPath, List<BlockRef>> inline = new LinkedHashMap<>();
        List<Entry.FileEntry> listed = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry instanceof Entry.FileEntry file) {
                if (file.content().blocks() instanceof Blocks.Inline(var refs)) {
                    inline.put(file.path(), refs);
                } else {
                    listed.add(file);
                }
            }
        }
        return among(inline)
                .flatMap(found ->
                        Flux.fromIterable(listed)
                                .concatMap(this::ofList, 1)
                                .doOnNext(found::putAll)
                                .then(Mono.just(found)));
    }

    private Mono<Map<EntryPath, Set<BlockRef>>> ofList(Entry.FileEntry file) {
        return walk.listed(file).flatMap(blocks -> among(Map.of(file.path(), blocks)));
    }

    private Mono<Map<EntryPath, Set<BlockRef>>> among(Map<EntryPath, List<BlockRef>> files) {
        return unplaced(files.values().stream().flatMap(Collection::stream).toList())
                .map(unplaced -> {
                    Map<EntryPath, Set<BlockRef>> found = new LinkedHashMap<>();
                    files.forEach((path, blocks) -> {
                        Set<BlockRef> lacks = new LinkedHashSet<>(blocks);
                        lacks.removeIf(block -> !unplaced.contains(block.hash()));
                        if (!lacks.isEmpty()) {
                            found.put(path, lacks);
                        }
                    });
                    return found;
                });
    }

    private Mono<Set<BlockHash>> unplaced(List<BlockRef> blocks) {
        Set<BlockHash> hashes =
                blocks.stream().map(BlockRef::hash).collect(Collectors.toCollection(HashSet::new));
        return context.ports()
                .packs()
                .locate(context.folder(), hashes)
                .map(found -> {
                    hashes.removeAll(found.keySet());
                    return hashes;
                });
    }
}
