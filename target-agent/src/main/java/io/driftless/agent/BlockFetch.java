package io.driftless.agent;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.ObjectKey;
import io.driftless.port.StoreFailures;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Flux;

/**
 * Fetches blocks from the store: neighbours in one request, several requests in flight, every block
 * checked.
 */
final class BlockFetch {
    private final AgentContext context;

    BlockFetch(AgentContext context) {
        this.context = context;
    }

    /** What came of one block. */
    sealed interface Piece {}

    /** A block's plain bytes, already checked against its name. */
    record Fetched(BlockHash hash, ByteBuffer plain) implements Piece {}

    /** A block that cannot be had from there, while others may be. */
    record Lacking(BlockHash hash, SyncException failure) implements Piece {}

    /** All of these blocks, in any order. Fails where one is missing or damaged. */
    Flux<Fetched> blocks(Collection<BlockLocation> locations) {
        return pieces(locations)
                .map(piece ->
                        switch (piece) {
                            case Fetched fetched -> fetched;
                            case Lacking(var _, var failure) -> throw failure;
                        });
    }

    /** All of these blocks, in any order, each with its bytes or with why it lacks. */
    Flux<Piece> pieces(Collection<BlockLocation> locations) {
        List<Span> spans =
                spans(
                        locations,
                        context.settings().rangeBytes(),
                        context.settings().rangeGapBytes());
        return Flux.fromIterable(spans)
                .flatMap(this::fetch, context.settings().rangesInFlight(), 1);
    }

    /** Blocks of one pack that are fetched by one request. */
    record Span(UUID pack, long offset, int lengthBytes, List<BlockLocation> blocks) {}

    static List<Span> spans(Collection<BlockLocation> locations, int maxBytes, int maxGap) {
        List<BlockLocation> sorted = new ArrayList<>(locations);
        sorted.sort(
                Comparator.comparing(BlockLocation::pack)
                        .thenComparingLong(BlockLocation::offsetBytes));
        List<Span> spans = new ArrayList<>();
        List<BlockLocation> open = new ArrayList<>();
        for (BlockLocation next : sorted) {
            if (!open.isEmpty() && !continues(open, next, maxBytes, maxGap)) {
                spans.add(span(open));
                open = new ArrayList<>();
            }
            open.add(next);
        }
        if (!open.isEmpty()) {
            spans.add(span(open));
        }
        return spans;
    }

    private static boolean continues(
            List<BlockLocation> open, BlockLocation next, int maxBytes, int maxGap) {
        BlockLocation last = open.getLast();
        return last.pack().equals(next.pack())
                && next.offsetBytes() - last.endBytes() <= maxGap
                && next.endBytes() - open.getFirst().offsetBytes() <= maxBytes;
    }

    /** Blocks of a pack do not overlap, but what names their places is not signed. */
    private static Span span(List<BlockLocation> blocks) {
        long offset = blocks.getFirst().offsetBytes();
        long end = blocks.stream().mapToLong(BlockLocation::endBytes).max().orElseThrow();
        int length = (int) (end - offset);
        return new Span(blocks.getFirst().pack(), offset, length, blocks);
    }

    /**
     * True where other blocks may well be had: places that were known may be old, and only who
     * needs these blocks has to wait for them.
     */
    static boolean isOfTheseBlocks(SyncException failure) {
        return switch (failure.code()) {
            case BLOCK_MISSING, BLOCK_MISMATCH -> true;
            default -> StoreFailures.isOfOneObject(failure);
        };
    }

    private static boolean isOfTheseBlocks(Throwable failure) {
        return failure instanceof SyncException known && isOfTheseBlocks(known);
    }

    private Flux<Piece> fetch(Span span) {
        return context.ports()
                .store()
                .getRange(
                        ObjectKey.pack(context.folder(), span.pack()),
                        span.offset(),
                        span.lengthBytes())
                .onErrorMap(SyncException.class, failure -> ofPack(span.pack(), failure))
                .doOnNext(bytes -> context.counters().fetched(bytes.remaining()))
                .flatMapIterable(bytes -> cut(span, bytes))
                .onErrorResume(
                        BlockFetch::isOfTheseBlocks,
                        failure -> Flux.fromIterable(lacking(span, (SyncException) failure)));
    }

    private List<Piece> lacking(Span span, SyncException failure) {
        doubt(span.pack(), failure);
        return span.blocks().stream().<Piece>map(at -> new Lacking(at.hash(), failure)).toList();
    }

    private void doubt(UUID pack, SyncException failure) {
        switch (failure.code()) {
            case BLOCK_MISSING, BLOCK_MISMATCH, STORE_OBJECT_DAMAGED, STORE_OBJECT_UNREADABLE ->
                    context.counters().doubt(pack);
            default -> {} // of the way to the store, not of the pack
        }
    }

    /**
     * A pack that is not there means that its blocks are not: the locations were old, or it is
     * lost.
     */
    private static SyncException ofPack(UUID pack, SyncException failure) {
        return failure.code() == ErrorCode.STORE_OBJECT_MISSING
                ? new SyncException(
                        ErrorCode.BLOCK_MISSING, "Pack " + pack + " is not in the store.", failure)
                : failure;
    }

    /** One damaged block does not hold up those beside it. */
    private List<Piece> cut(Span span, ByteBuffer bytes) {
        List<Piece> pieces = new ArrayList<>(span.blocks().size());
        for (BlockLocation at : span.blocks()) {
            int from = bytes.position() + (int) (at.offsetBytes() - span.offset());
            try {
                pieces.add(new Fetched(at.hash(), plain(at, bytes.slice(from, at.storedBytes()))));
            } catch (SyncException failure) {
                if (!isOfTheseBlocks(failure)) {
                    throw failure;
                }
                doubt(span.pack(), failure);
                pieces.add(new Lacking(at.hash(), failure));
            }
        }
        return pieces;
    }

    private ByteBuffer plain(BlockLocation at, ByteBuffer stored) {
        ByteBuffer plain =
                context.ports().codec().decode(at.codec(), stored, at.block().lengthBytes());
        if (!Sha256.block(plain).equals(at.hash())) {
            throw new SyncException(
                    ErrorCode.BLOCK_MISMATCH,
                    "Block %s in pack %s holds other bytes.".formatted(at.hash(), at.pack()));
        }
        return plain;
    }
}
