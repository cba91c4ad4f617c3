package io.driftless.agent;

import io.driftless.agent.BlockFetch.Fetched;
import io.driftless.agent.BlockFetch.Lacking;
import io.driftless.agent.BlockFetch.Piece;
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
import java.util.Optional;
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

    /** Blocks at hand, and why others are not. */
    private record Gathered(
            Map<BlockHash, ByteBuffer> blocks, Map<BlockHash, SyncException> lacking) {
        void add(Piece piece) {
            switch (piece) {
                case Fetched(var hash, var plain) -> blocks.put(hash, plain);
                case Lacking(var hash, var failure) -> lacking.put(hash, failure);
            }
        }

        /** Why a file cannot be written; nothing where all its blocks are there. */
        Optional<SyncException> lackingOf(Entry.FileEntry file) {
            return inline(file.content()).stream()
                    .map(BlockRef::hash)
                    .filter(hash -> !blocks.containsKey(hash))
                    .map(hash -> Objects.requireNonNull(lacking.get(hash)))
                    .findFirst();
        }
    }

    Mono<List<Staged>> stage(List<Need.Place> needs, Sources sources) {
        if (needs.isEmpty()) {
            return Mono.just(List.of());
        }
        Gathered gathered = new Gathered(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        return copyLocal(needs, sources, gathered.blocks())
                .then(Mono.defer(() -> fetchMissing(needs, gathered)))
                .then(Mono.defer(() -> writeWhole(needs, gathered)));
    }

    /** A block that cannot be had must not hold up the files that do not need it. */
    private Mono<List<Staged>> writeWhole(List<Need.Place> needs, Gathered gathered) {
        List<Need.Place> whole = new ArrayList<>();
        List<Staged> staged = new ArrayList<>();
        for (Need.Place need : needs) {
            gathered.lackingOf(file(need))
                    .ifPresentOrElse(
                            failure -> staged.addAll(failed(need, failure)), () -> whole.add(need));
        }
        return whole.isEmpty()
                ? Mono.just(staged)
                : write(whole, gathered.blocks()).doOnNext(staged::addAll).thenReturn(staged);
    }

    private List<Staged> failed(Need.Place need, SyncException failure) {
        return Placing.failed(
                List.of(need),
                failure.code(),
                String.valueOf(failure.getMessage()),
                context.stageName());
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

    /** What cannot be had where it was known to be is looked for once more. */
    private Mono<Void> fetchMissing(List<Need.Place> needs, Gathered gathered) {
        return fetch(needs, gathered, false)
                .then(
                        Mono.defer(() -> {
                            if (gathered.lacking().isEmpty()) {
                                return Mono.empty();
                            }
                            locations.forget();
                            return fetch(needs, gathered, true);
                        }));
    }

    private Mono<Void> fetch(List<Need.Place> needs, Gathered gathered, boolean isFresh) {
        List<Entry.FileEntry> files =
                needs.stream()
                        .map(SmallFiles::file)
                        .filter(file ->
                                inline(file.content()).stream()
                                        .anyMatch(
                                                ref -> !gathered.blocks().containsKey(ref.hash())))
                        .toList();
        gathered.lacking().clear();
        if (files.isEmpty()) {
            return Mono.empty();
        }
        return locations
                .ofInline(files, isFresh)
                .flatMap(places -> {
                    gathered.lacking().putAll(places.unknown());
                    List<BlockLocation> wanted =
                            places.known().values().stream()
                                    .filter(at -> !gathered.blocks().containsKey(at.hash()))
                                    .toList();
                    return fetch.pieces(wanted).doOnNext(gathered::add).then();
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
