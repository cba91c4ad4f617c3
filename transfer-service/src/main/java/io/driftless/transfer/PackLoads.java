package io.driftless.transfer;

import io.driftless.adapter.codec.PackWriter;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Sha256;
import io.driftless.error.SyncException;
import io.driftless.event.Hint;
import io.driftless.flow.FirstFailure;
import io.driftless.path.EntryPath;
import io.driftless.port.ObjectKey;
import io.driftless.port.TreeReader.Range;
import io.driftless.transfer.StoreLane.Wanted;
import io.driftless.transfer.TransferFlow.Transferred;
import io.driftless.tree.Entry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.pool.Pool;
import reactor.pool.PoolBuilder;

/**
 * Reads missing blocks from the source, checks them against their names, and stores them in packs.
 */
final class PackLoads {
    private final TransferContext context;

    /** Places for packs under way, of all batches together: each pack takes memory. */
    private final Pool<Object> places;

    PackLoads(TransferContext context) {
        this.context = context;
        this.places =
                PoolBuilder.from(Mono.fromSupplier(Object::new))
                        .sizeBetween(0, context.settings().putsInFlight())
                        .buildPool();
    }

    Mono<List<Transferred>> store(List<Wanted> missing) {
        return Flux.fromIterable(split(missing, context.settings().packBytes()))
                .flatMap(
                        load -> places.withPoolable(place -> storePack(load)),
                        context.settings().putsInFlight(),
                        1)
                .onErrorMap(FirstFailure::of)
                .collectList();
    }

    /**
     * Pieces in the given order, none of more than {@code maxBytes} unless it is one block, and
     * each finds room in a pack.
     */
    static List<List<Wanted>> split(List<Wanted> missing, int maxBytes) {
        List<List<Wanted>> loads = new ArrayList<>();
        List<Wanted> load = new ArrayList<>();
        long bytes = 0;
        for (Wanted one : missing) {
            long more = bytes + one.block().lengthBytes();
            boolean doesFit = more <= maxBytes && PackWriter.doFit(load.size() + 1, more);
            if (!load.isEmpty() && !doesFit) {
                loads.add(load);
                load = new ArrayList<>();
                bytes = 0;
            }
            load.add(one);
            bytes += one.block().lengthBytes();
        }
        if (!load.isEmpty()) {
            loads.add(load);
        }
        return loads;
    }

    private Mono<Transferred> storePack(List<Wanted> load) {
        Map<EntryPath, List<Wanted>> byFile = new LinkedHashMap<>();
        load.forEach(one -> byFile.computeIfAbsent(one.path(), path -> new ArrayList<>()).add(one));
        PackWriter writer = new PackWriter(context.ids().get());
        return Flux.fromIterable(byFile.entrySet())
                .concatMap(file -> read(file.getKey(), file.getValue(), writer))
                .then(Mono.defer(() -> writer.isEmpty() ? Mono.empty() : put(writer)));
    }

    /** Adds what the source still has under its name; for the rest, somebody has to look again. */
    private Mono<Void> read(EntryPath path, List<Wanted> wanted, PackWriter writer) {
        List<Range> ranges =
                wanted.stream()
                        .map(one -> new Range(one.offset(), one.block().lengthBytes()))
                        .toList();
        return context.ports()
                .tree()
                .read(path, ranges)
                .map(buffers -> addVerified(wanted, buffers, writer))
                .onErrorResume(
                        SyncException.class,
                        failure ->
                                switch (failure.code()) {
                                    case ENTRY_VANISHED,
                                            ENTRY_UNREADABLE,
                                            ENTRY_UNSTABLE,
                                            ENTRY_UNSUPPORTED ->
                                            Mono.just(false);
                                    default -> Mono.error(failure);
                                })
                .flatMap(isWhole -> isWhole ? Mono.empty() : lookAgain(path, wanted));
    }

    /**
     * Bytes that are committed and are others now without another stat are no edit: they rotted,
     * and the targets may hold the last good ones. So the file is looked at by its stat; others are
     * read.
     */
    private Mono<Void> lookAgain(EntryPath path, List<Wanted> wanted) {
        return context.ports()
                .commits()
                .committed(context.folder().id(), List.of(path))
                .flatMapIterable(entries -> entries)
                .next()
                .flatMap(this::blocksOf)
                .map(blocks -> wanted.stream().map(Wanted::block).anyMatch(blocks::contains))
                .defaultIfEmpty(false)
                .map(isCommitted -> isCommitted ? Hint.Origin.RETRY : Hint.Origin.TRANSFER)
                .flatMap(origin -> context.look(List.of(path), origin));
    }

    private Mono<List<BlockRef>> blocksOf(Entry committed) {
        return committed instanceof Entry.FileEntry file
                ? context.ports().index().blocksOf(context.folder().id(), file.content())
                : Mono.empty();
    }

    private boolean addVerified(List<Wanted> wanted, List<ByteBuffer> buffers, PackWriter writer) {
        boolean isWhole = buffers.size() == wanted.size();
        for (int i = 0; i < buffers.size(); i++) {
            var block = wanted.get(i).block();
            ByteBuffer plain = buffers.get(i);
            if (plain.remaining() == block.lengthBytes()
                    && Sha256.block(plain).equals(block.hash())) {
                writer.add(block, context.ports().codec().encode(plain));
            } else {
                isWhole = false;
            }
        }
        return isWhole;
    }

    private Mono<Transferred> put(PackWriter writer) {
        PackWriter.Pack pack = writer.finish();
        UUID id = pack.id();
        var folder = context.folder().id();
        return context.ports()
                .packs()
                .beginPacks(folder, List.of(id))
                .then(context.ports().store().put(ObjectKey.pack(folder, id), pack.pieces()))
                .then(
                        context.ports()
                                .packs()
                                .finishPack(folder, id, pack.sizeBytes(), pack.blocks()))
                .thenReturn(stored(pack));
    }

    private static Transferred stored(PackWriter.Pack pack) {
        long plain =
                pack.blocks().stream()
                        .map(BlockLocation::block)
                        .mapToLong(block -> block.lengthBytes())
                        .sum();
        return new Transferred.Stored(pack.blocks().size(), plain, pack.sizeBytes());
    }
}
