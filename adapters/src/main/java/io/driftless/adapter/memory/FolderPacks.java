package io.driftless.adapter.memory;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The packs of one folder and the blocks in them. */
final class FolderPacks {
    private final StoredRows<UUID> rows;
    private final Map<BlockHash, BlockLocation> blocks = new HashMap<>();

    FolderPacks(InstantSource clock) {
        this.rows = new StoredRows<>(clock);
    }

    StoredRows<UUID> rows() {
        return rows;
    }

    Map<BlockHash, BlockLocation> locate(Set<BlockHash> wanted) {
        Map<BlockHash, BlockLocation> found = new HashMap<>();
        for (BlockHash block : wanted) {
            BlockLocation location = blocks.get(block);
            if (location != null && rows.isStored(location.pack())) {
                found.put(block, location);
            }
        }
        return found;
    }

    void begin(List<UUID> ids) {
        ids.forEach(rows::beginIfAbsent);
    }

    void finish(UUID pack, List<BlockLocation> locations) {
        switch (rows.state(pack)) {
            case UPLOADING -> rows.set(pack, PackState.LIVE);
            case LIVE, DYING -> {} // said twice
            case GONE ->
                    throw new SyncException(
                            ErrorCode.STORE_OBJECT_MISSING,
                            "Pack " + pack + " was not begun, or was given up before it ended.");
        }
        for (BlockLocation location : locations) {
            blocks.merge(location.hash(), location, this::keepPlace);
        }
    }

    private BlockLocation keepPlace(BlockLocation before, BlockLocation next) {
        return rows.isStored(before.pack()) ? before : next;
    }

    /** What is stored in a pack, wherever it was thought to lie. */
    void adopt(UUID pack, List<BlockLocation> locations) {
        begin(List.of(pack));
        if (rows.state(pack) != PackState.GONE) {
            rows.restore(List.of(pack), true);
            locations.forEach(location -> blocks.put(location.hash(), location));
        }
    }

    /** Turns these packs live; false, with nothing changed, where one of them is not stored. */
    boolean use(Set<UUID> needed, long seq) {
        if (!needed.stream().allMatch(rows::isStored)) {
            return false;
        }
        rows.use(needed, seq, true);
        return true;
    }

    List<UUID> bury(long oldestRetained, Duration grace, int limit) {
        List<UUID> gone = rows.bury(oldestRetained, grace, limit);
        forgetBlocksOf(new HashSet<>(gone));
        return gone;
    }

    private void forgetBlocksOf(Set<UUID> packs) {
        blocks.values().removeIf(location -> packs.contains(location.pack()));
    }

    List<BlockLocation> blocksIn(UUID pack) {
        return rows.isStored(pack)
                ? blocks.values().stream()
                        .filter(location -> location.pack().equals(pack))
                        .sorted(Comparator.comparingLong(BlockLocation::offsetBytes))
                        .toList()
                : List.of();
    }

    boolean abandon(UUID pack) {
        if (!rows.isStored(pack)) {
            return false;
        }
        rows.set(pack, PackState.GONE);
        forgetBlocksOf(Set.of(pack));
        return true;
    }
}
