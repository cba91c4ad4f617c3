package io.driftless.agent;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** Where the blocks of small files lie; every block is found or the call fails. */
    Mono<Map<BlockHash, BlockLocation>> ofInline(
            Collection<Entry.FileEntry> files, boolean isFresh) {
        Map<BlockHash, BlockLocation> known = new HashMap<>();
        List<EntryPath> unknown = new ArrayList<>();
        Map<BlockHash, EntryPath> needed = new LinkedHashMap<>();
        for (Entry.FileEntry file : files) {
            for (BlockRef block : inline(file.content())) {
                BlockLocation at = fromCommit.get().get(block.hash());
                if (at != null && !isFresh) {
                    known.put(block.hash(), at);
                } else {
                    needed.put(block.hash(), file.path());
                    unknown.add(file.path());
                }
            }
        }
        if (needed.isEmpty()) {
            return Mono.just(known);
        }
        return context.ports()
                .state()
                .leavesOf(unknown)
                .flatMap(
                        leaves -> ofPages(new HashSet<>(leaves.values()), needed.keySet(), isFresh))
                .map(found -> {
                    known.putAll(found);
                    needed.forEach((hash, path) -> check(known, hash, path.toString()));
                    return known;
                });
    }

    private static List<BlockRef> inline(Content content) {
        return content.blocks() instanceof Content.Blocks.Inline(List<BlockRef> refs)
                ? refs
                : List.of();
    }

    private static void check(Map<BlockHash, BlockLocation> known, BlockHash hash, String of) {
        if (!known.containsKey(hash)) {
            throw new SyncException(
                    ErrorCode.BLOCK_MISSING,
                    "No location is known of block " + hash + " of " + of + ".");
        }
    }

    /** Where the blocks of these pages or block lists lie, those wanted only. */
    Mono<Map<BlockHash, BlockLocation>> ofPages(
            Set<PageHash> pages, Set<BlockHash> wanted, boolean isFresh) {
        return Flux.fromIterable(pages)
                .flatMap(page -> locations(page, isFresh), context.settings().rangesInFlight(), 1)
                .collect(
                        HashMap<BlockHash, BlockLocation>::new,
                        (found, locations) ->
                                locations.stream()
                                        .filter(location -> wanted.contains(location.hash()))
                                        .forEach(location -> found.put(location.hash(), location)))
                .map(found -> found);
    }

    private Mono<List<BlockLocation>> locations(PageHash page, boolean isFresh) {
        return isFresh
                ? context.ports().pages().freshLocations(page)
                : context.ports().pages().locations(page);
    }
}
