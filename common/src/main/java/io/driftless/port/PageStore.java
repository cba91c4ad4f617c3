package io.driftless.port;

import io.driftless.block.BlockLocation;
import io.driftless.block.PageHash;
import io.driftless.manifest.ChangeList;
import io.driftless.manifest.Page;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** The pages of one folder in the block store, with the objects that stand beside them. */
public interface PageStore extends PageSource {
    /** No change list is longer, encoded: its object has a head before it. */
    int MAX_CHANGES_BYTES = BlockStore.MAX_OBJECT_BYTES - 64;

    /** Stores pages under their names; complete means durable. */
    Mono<Void> put(Map<PageHash, Page> pages);

    /** Where the blocks that a page names lie, as last written. */
    Mono<List<BlockLocation>> locations(PageHash page);

    /** Reads {@link #locations} past any cache, after a location turned out to be old. */
    Mono<List<BlockLocation>> freshLocations(PageHash page);

    Mono<Void> putLocations(Map<PageHash, List<BlockLocation>> locations);

    /** The change list of this name, checked against it. */
    Mono<ChangeList> changes(PageHash name);

    /**
     * Stores a change list given in its encoded form, of at most {@link #MAX_CHANGES_BYTES}, and
     * gives back its name.
     */
    Mono<PageHash> putChanges(byte[] encoded);
}
