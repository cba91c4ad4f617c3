package io.driftless.port;

import io.driftless.block.PageHash;
import io.driftless.manifest.Page;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;

/** Where pages come from: a store, a cache, the rows they are made of. */
public interface PageSource {
    /**
     * All of the named pages, each checked against its name. Fails with {@code
     * STORE_OBJECT_MISSING} or {@code STORE_OBJECT_DAMAGED} where one cannot be had.
     */
    Mono<Map<PageHash, Page>> pages(Set<PageHash> names);
}
