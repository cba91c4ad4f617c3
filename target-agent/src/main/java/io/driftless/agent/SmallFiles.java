package io.driftless.agent;

import io.driftless.agent.ContentStep.Need;
import io.driftless.agent.Placing.Sources;
import io.driftless.agent.Placing.Staged;
import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.Sha256;
import io.driftless.error.SyncException;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetTree.SmallFile;
import io.driftless.port.TreeReader.Range;
import io.driftless.tree.Entry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stages files that fit in memory, many at once. */
final class SmallFiles {
    private final AgentContext context;
    private final BlockFetch fetch;
    private final Locations locations;

    SmallFiles(AgentContext context, BlockFetch fetch, Locations locations) {
        this.context = context;
        this.fetch = fetch;
        this.locations = locations;
    }

    Mono<List<Staged>> stage(List<Need.Place> needs, Sources sources) {
        if (needs.isEmpty()) {
            return Mono.just(List.of());
        }
        Map<BlockHash, ByteBuffer> blocks = new ConcurrentHashMap<>();
        return copyLocal(needs, sources, blocks)
                .then(Mono.defer(() -> fetchMissing(needs, blocks)))
                .then(Mono.defer(() -> write(needs, blocks)))
                .onErrorResume(
                        SyncException.class,
                        failure ->
                                BlockFetch.isOfTheseBlocks(failure)
                                        ? oneByOne(needs, sources, failure)
                                        : Mono.error(failure));
    }

    /** One damaged block must not hold up the others of its batch. */
    private Mono<List<Staged>> oneByOne(
            List<Need.Place> needs, Sources sources, SyncException failure) {
        locations.forget();
        if (needs.size() == 1) {
            return Mono.just(
                    Placing.failed(needs, failure.code(), describe(failure), context.stageName()));
        }
        return Flux.fromIterable(needs)
                .concatMap(need -> stage(List.of(need), sources))
                .collect(ArrayList::new, List::addAll);
    }

    private static String describe(SyncException failure) {
        return String.valueOf(failure.getMessage());
    }

    /**
     * Reads contents that another file of this target holds; what turns out to be different there
     * is fetched.
     */
    private Mono<Void> copyLocal(
            List<Need.Place> needs, Sources sources, Map<BlockHash, ByteBuffer> blocks) {
        Map<Applied, List<BlockRef>> copies = new LinkedHashMap<>();
        for (Need.Place need : needs) {
            Entry.FileEntry file = file(need);
            sources.staying(file.content().id())
                    .ifPresent(holder -> copies.put(holder.applied(), inline(file.content())));
        }
        return Flux.fromIterable(copies.entrySet())
                .flatMap(copy -> read(copy.getKey(), copy.getValue(), blocks), 4, 1)
                .then();
    }

    private Mono<Void> read(
            Applied holder, List<BlockRef> refs, Map<BlockHash, ByteBuffer> blocks) {
        List<Range> ranges = new ArrayList<>();
        long offset = 0;
        for (BlockRef ref : refs) {
            ranges.add(new Range(offset, ref.lengthBytes()));
            offset += ref.lengthBytes();
        }
        return context.ports()
                .tree()
                .read(holder.path(), ranges)
                .doOnNext(buffers -> {
                    for (int i = 0; i < buffers.size(); i++) {
                        BlockHash hash = refs.get(i).hash();
                        if (Sha256.block(buffers.get(i)).equals(hash)) {
                            blocks.put(hash, buffers.get(i));
                        }
                    }
                })
                .onErrorResume(SyncException.class, unreadable -> Mono.empty())
                .then();
    }

    private Mono<Void> fetchMissing(List<Need.Place> needs, Map<BlockHash, ByteBuffer> blocks) {
        List<Entry.FileEntry> files =
                needs.stream()
                        .map(SmallFiles::file)
                        .filter(file ->
                                inline(file.content()).stream()
                                        .anyMatch(ref -> !blocks.containsKey(ref.hash())))
                        .toList();
        if (files.isEmpty()) {
            return Mono.empty();
        }
        return fetch(files, blocks, false)
                .onErrorResume(
                        SyncException.class,
                        failure -> {
                            if (!BlockFetch.isOfTheseBlocks(failure)) {
                                return Mono.error(failure);
                            }
                            locations.forget();
                            return fetch(files, blocks, true);
                        });
    }

    private Mono<Void> fetch(
            List<Entry.FileEntry> files, Map<BlockHash, ByteBuffer> blocks, boolean isFresh) {
        return locations
                .ofInline(files, isFresh)
                .flatMap(found -> {
                    List<BlockLocation> wanted =
                            found.values().stream()
                                    .filter(location -> !blocks.containsKey(location.hash()))
                                    .toList();
                    return fetch.blocks(wanted)
                            .doOnNext(fetched -> blocks.put(fetched.hash(), fetched.plain()))
                            .then();
                });
    }

    private Mono<List<Staged>> write(List<Need.Place> needs, Map<BlockHash, ByteBuffer> blocks) {
        List<SmallFile> files =
                needs.stream()
                        .map(need ->
                                new SmallFile(
                                        file(need),
                                        context.stageName(),
                                        pieces(file(need), blocks)))
                        .toList();
        return context.ports()
                .tree()
                .stage(files)
                .map(outcomes -> {
                    List<Staged> staged = new ArrayList<>(needs.size());
                    for (int i = 0; i < needs.size(); i++) {
                        staged.add(new Staged(needs.get(i), files.get(i).name(), outcomes.get(i)));
                    }
                    return staged;
                });
    }

    private static List<ByteBuffer> pieces(
            Entry.FileEntry file, Map<BlockHash, ByteBuffer> blocks) {
        return inline(file.content()).stream()
                .map(ref -> Objects.requireNonNull(blocks.get(ref.hash())).duplicate())
                .toList();
    }

    private static Entry.FileEntry file(Need.Place need) {
        return (Entry.FileEntry) need.work().desired().orElseThrow();
    }

    private static List<BlockRef> inline(Content content) {
        return ((Content.Blocks.Inline) content.blocks()).refs();
    }
}
