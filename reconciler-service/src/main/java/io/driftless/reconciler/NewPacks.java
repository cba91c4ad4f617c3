package io.driftless.reconciler;

import io.driftless.adapter.codec.PackWriter;
import io.driftless.block.BlockRef;
import io.driftless.port.BlockCodec;
import io.driftless.port.ObjectKey;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Puts blocks at hand into packs of their own. */
final class NewPacks {
    private final ReconcileContext context;

    NewPacks(ReconcileContext context) {
        this.context = context;
    }

    /** A block as it is stored. */
    record Stored(BlockRef block, BlockCodec.Encoded encoded) {}

    /**
     * Stores a pack of these blocks, all of which find room in one; empty where there are none.
     * Nobody knows of it before it is {@link #finished}.
     */
    Mono<Optional<PackWriter.Pack>> stored(List<Stored> blocks) {
        if (blocks.isEmpty()) {
            return Mono.just(Optional.empty());
        }
        PackWriter writer = new PackWriter(context.ids().get());
        blocks.forEach(one -> writer.add(one.block(), one.encoded()));
        PackWriter.Pack pack = writer.finish();
        var folder = context.folder();
        return context.ports()
                .packs()
                .beginPacks(folder, List.of(pack.id()))
                .then(context.ports().store().put(ObjectKey.pack(folder, pack.id()), pack.pieces()))
                .thenReturn(Optional.of(pack));
    }

    /** Gives its blocks a place, but for those that have another one. */
    Mono<Void> finished(PackWriter.Pack pack) {
        return context.ports()
                .packs()
                .finishPack(context.folder(), pack.id(), pack.sizeBytes(), pack.blocks());
    }
}
