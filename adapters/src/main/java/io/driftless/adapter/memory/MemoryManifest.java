package io.driftless.adapter.memory;

import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.manifest.ManifestBuilder;
import io.driftless.manifest.Page;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All pages of one manifest. */
final class MemoryManifest {
    private final Map<PageHash, Page> pages = new HashMap<>();
    private final Map<EntryPath, PageHash> leaves = new HashMap<>();
    private final PageHash root;

    /**
     * @param entries in path order
     */
    MemoryManifest(Collection<Entry> entries) {
        ManifestBuilder builder = new ManifestBuilder(this::keep);
        entries.forEach(builder::add);
        root = builder.finish().root();
    }

    private void keep(PageHash name, Page page) {
        pages.put(name, page);
        if (page instanceof Page.Leaf leaf) {
            leaf.entries().forEach(entry -> leaves.put(entry.path(), name));
        }
    }

    PageHash root() {
        return root;
    }

    Map<PageHash, Page> pages(Set<PageHash> names) {
        Map<PageHash, Page> wanted = new HashMap<>(pages);
        wanted.keySet().retainAll(names);
        if (wanted.size() < names.size()) {
            throw new SyncException(
                    ErrorCode.STORE_OBJECT_MISSING,
                    "The desired entries have not all of the pages asked for.");
        }
        return wanted;
    }

    /** The leaf that holds each of the paths; others are left out. */
    Map<EntryPath, PageHash> leavesOf(Collection<EntryPath> paths) {
        Map<EntryPath, PageHash> wanted = new HashMap<>();
        for (EntryPath path : paths) {
            Optional.ofNullable(leaves.get(path)).ifPresent(leaf -> wanted.put(path, leaf));
        }
        return wanted;
    }
}
