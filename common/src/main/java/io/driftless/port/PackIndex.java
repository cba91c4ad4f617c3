package io.driftless.port;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.tree.FolderId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Which blocks are stored, and where. */
public interface PackIndex {
    /** Where these blocks lie; blocks not stored, or in a pack that is gone, are left out. */
    Mono<Map<BlockHash, BlockLocation>> locate(FolderId folder, Set<BlockHash> blocks);

    /** Says that these packs are about to be written, before the first byte is. */
    Mono<Void> beginPacks(FolderId folder, List<UUID> packs);

    /**
     * Says that a pack is stored and holds these blocks. A block that another pack holds already
     * keeps its place. Afterwards {@link #stored} tells every listener.
     */
    Mono<Void> finishPack(FolderId folder, UUID pack, long sizeBytes, List<BlockLocation> blocks);

    /**
     * Tells that something of a folder may have become ready for a commit: from this and other
     * processes; may be lost.
     */
    Flux<FolderId> stored();

    /** Tells {@link #stored} listeners, for rows that need no block stored. */
    Mono<Void> announce(FolderId folder);
}
