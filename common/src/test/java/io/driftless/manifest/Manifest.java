package io.driftless.manifest;

import io.driftless.block.PageHash;
import io.driftless.event.Commit.Summary;
import io.driftless.manifest.ManifestBuilder.Built;
import io.driftless.path.EntryPath;
import io.driftless.testing.MapPageSource;
import io.driftless.tree.Entry;
import java.util.Set;
import java.util.SortedMap;

/** A manifest built from scratch, with the tree it is of. */
record Manifest(
        SortedMap<EntryPath, Entry> tree, PageHash root, Summary summary, MapPageSource pages) {
    static Manifest of(SortedMap<EntryPath, Entry> tree) {
        MapPageSource pages = new MapPageSource();
        ManifestBuilder builder = new ManifestBuilder(pages::put);
        tree.values().forEach(builder::add);
        Built built = builder.finish();
        return new Manifest(tree, built.root(), built.summary(), pages);
    }

    /** The level of the root. */
    int height() {
        MapPageSource copy = pages.copy();
        return copy.pagesNow(Set.of(root)).get(root) instanceof Page.Branch(var level, var _)
                ? level
                : 0;
    }
}
