package io.driftless.agent;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.FirstFailure;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Finds out in which packs blocks lie: from the newest commit's own list where that helps, else
 * from the pages.
 */
final class Locations {
    private final AgentContext context;
    private final AtomicReference<Map<BlockHash, BlockLocation>> fromCommit =
            new AtomicReference<>(Map.of());

    Locations(AgentContext context) {
        this.context = context;
    }

    /** Remembers the locations that came with a commit. */
    void learn(List<BlockLocation> locations) {
        Map<BlockHash, BlockLocation> byHash = new HashMap<>();
        locations.forEach(location -> byHash.put(location.hash(), location));
        fromCommit.set(byHash);
    }

    /** Forgets what commits said; after a pack turned out to be gone. */
    void forget() {
        fromCommit.set(Map.of());
    }

    /**
     * Where blocks lie.
     *
     * @param unknown blocks whose place cannot be told, and why
     */
    record Places(Map<BlockHash, BlockLocation> known, Map<BlockHash, SyncException> unknown) {
        /** The places of these blocks; fails where one of them is not known. */
        List<BlockLocation> of(Set<BlockHash> wanted) {
            for (BlockHash hash : wanted) {
                SyncException failure = unknown.get(hash);
                if (failure != null) {
                    throw failure;
                }
            }
            return known.values().stream().filter(at -> wanted.contains(at.hash())).toList();
        }
    }

    /** Where the blocks of files lie that name them themselves. */
    Mono<Places> ofInline(Collection<Entry.FileEntry> files, boolean isFresh) {
        Map<BlockHash, BlockLocation> known = new HashMap<>();
        Set<EntryPath> unknown = new HashSet<>();
        Set<BlockHash> needed = new HashSet<>();
        for (Entry.FileEntry file : files) {
            for (BlockRef block : inline(file.content())) {
                BlockLocation at = fromCommit.get().get(block.hash());
                if (at != null && !isFresh) {
                    known.put(block.hash(), at);
                } else {
                    needed.add(block.hash());
                    unknown.add(file.path());
                }
            }
        }
        if (needed.isEmpty()) {
            return Mono.just(new Places(known, Map.of()));
        }
        return context.ports()
                .state()
                .leavesOf(unknown)
                .flatMap(leaves -> ofPages(new HashSet<>(leaves.values()), needed, isFresh))
                .map(found -> {
                    known.putAll(found.known());
                    return new Places(known, found.unknown());
                });
    }

    private static List<BlockRef> inline(Content content) {
        return content.blocks() instanceof Content.Blocks.Inline(List<BlockRef> refs)
                ? refs
                : List.of();
    }

    /** Where the blocks of these pages or block lists lie, those wanted only. */
    Mono<Places> ofPages(Set<PageHash> pages, Set<BlockHash> wanted, boolean isFresh) {
        Queue<SyncException> failures = new ConcurrentLinkedQueue<>();
        return Flux.fromIterable(pages)
                .flatMap(
                        page ->
                                locations(page, isFresh)
                                        .onErrorResume(
                                                SyncException.class,
                                                failure -> onlyHere(failure, failures)),
                        context.settings().rangesInFlight(),
                        1)
                .onErrorMap(FirstFailure::of)
                .collect(
                        HashMap<BlockHash, BlockLocation>::new,
                        (found, locations) ->
                                locations.stream()
                                        .filter(location -> wanted.contains(location.hash()))
                                        .forEach(location -> found.put(location.hash(), location)))
                .map(found -> new Places(found, unknown(wanted, found.keySet(), failures)));
    }

    /** What another page says may still be had. */
    private static Mono<List<BlockLocation>> onlyHere(
            SyncException failure, Queue<SyncException> failures) {
        if (!BlockFetch.isOfTheseBlocks(failure)) {
            return Mono.error(failure);
        }
        failures.add(failure);
        return Mono.empty();
    }

    private static Map<BlockHash, SyncException> unknown(
            Set<BlockHash> wanted, Set<BlockHash> found, Queue<SyncException> failures) {
        Map<BlockHash, SyncException> unknown = new HashMap<>();
        for (BlockHash hash : wanted) {
            if (!found.contains(hash)) {
                SyncException why = failures.peek();
                unknown.put(hash, why == null ? unplaced(hash) : why);
            }
        }
        return unknown;
    }

    private static SyncException unplaced(BlockHash hash) {
        return new SyncException(
                ErrorCode.BLOCK_MISSING, "No location is known of block " + hash + ".");
    }

    private Mono<List<BlockLocation>> locations(PageHash page, boolean isFresh) {
        return isFresh
                ? context.ports().pages().freshLocations(page)
                : context.ports().pages().locations(page);
    }
}
