package io.driftless.adapter.memory;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The packs of one folder and the blocks in them. */
final class FolderPacks {
    private final Map<UUID, PackState> packs = new HashMap<>();
    private final Map<BlockHash, BlockLocation> blocks = new HashMap<>();

    Map<BlockHash, BlockLocation> locate(Set<BlockHash> wanted) {
        Map<BlockHash, BlockLocation> found = new HashMap<>();
        for (BlockHash block : wanted) {
            BlockLocation location = blocks.get(block);
            if (location != null && isStored(location.pack())) {
                found.put(block, location);
            }
        }
        return found;
    }

    void begin(List<UUID> ids) {
        for (UUID id : ids) {
            packs.putIfAbsent(id, PackState.UPLOADING);
        }
    }

    void finish(UUID pack, List<BlockLocation> locations) {
        switch (get(pack)) {
            case UPLOADING -> packs.put(pack, PackState.LIVE);
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
        return isStored(before.pack()) ? before : next;
    }

    /** Turns dying packs live; false, with nothing changed, where one of them is not stored. */
    boolean use(Collection<UUID> needed) {
        if (!needed.stream().allMatch(this::isStored)) {
            return false;
        }
        needed.forEach(pack -> packs.put(pack, PackState.LIVE));
        return true;
    }

    void set(UUID pack, PackState state) {
        packs.put(pack, state);
    }

    PackState get(UUID pack) {
        return packs.getOrDefault(pack, PackState.GONE);
    }

    private boolean isStored(UUID pack) {
        PackState state = get(pack);
        return state == PackState.LIVE || state == PackState.DYING;
    }
}
