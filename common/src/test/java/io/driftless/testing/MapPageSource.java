package io.driftless.testing;

import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.manifest.Page;
import io.driftless.manifest.PageCodec;
import io.driftless.port.PageSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * Pages in memory, encoded, so that whatever is read has been through the codec. Counts what is
 * asked for.
 */
public final class MapPageSource implements PageSource {
    private final Map<PageHash, byte[]> pages = new HashMap<>();
    private final List<Set<PageHash>> requests = new ArrayList<>();

    public void put(PageHash name, Page page) {
        pages.put(name, PageCodec.encode(page));
    }

    public void putAll(Map<PageHash, Page> more) {
        more.forEach(this::put);
    }

    public void remove(PageHash name) {
        pages.remove(name);
    }

    public Set<PageHash> names() {
        return Set.copyOf(pages.keySet());
    }

    /** Every request so far, in order. */
    public List<Set<PageHash>> requests() {
        return List.copyOf(requests);
    }

    /** Every page asked for so far. */
    public Set<PageHash> requested() {
        return requests.stream().flatMap(Set::stream).collect(Collectors.toSet());
    }

    /** The same pages in a source of its own, which nothing was asked of. */
    public MapPageSource copy() {
        MapPageSource copy = new MapPageSource();
        copy.pages.putAll(pages);
        return copy;
    }

    @Override
    public Mono<Map<PageHash, Page>> pages(Set<PageHash> names) {
        return Mono.fromCallable(() -> pagesNow(names));
    }

    /** As {@link #pages}, at once. */
    public Map<PageHash, Page> pagesNow(Set<PageHash> names) {
        requests.add(Set.copyOf(names));
        Map<PageHash, Page> found = new LinkedHashMap<>();
        for (PageHash name : names) {
            byte[] bytes = pages.get(name);
            if (bytes == null) {
                throw new SyncException(
                        ErrorCode.STORE_OBJECT_MISSING, "Page " + name + " is not here.");
            }
            found.put(name, PageCodec.decode(name, bytes));
        }
        return found;
    }
}
