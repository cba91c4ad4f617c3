package io.driftless.manifest;

import io.driftless.block.BlockLocation;
import io.driftless.change.Change;
import java.util.List;

/**
 * What a commit changed, and where the blocks of its puts lie at the time. Encoded by {@link
 * ChangeListCodec}.
 *
 * @param changes in path order, each path once
 * @param locations of the blocks that the puts name inline; a help, the locations objects are newer
 */
public record ChangeList(List<Change> changes, List<BlockLocation> locations) {
    public ChangeList {
        changes = List.copyOf(changes);
        locations = List.copyOf(locations);
    }
}
