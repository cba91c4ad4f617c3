package io.driftless.change;

import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;

/** The new entry of one path, or its removal. */
public sealed interface Change {
    EntryPath path();

    record Put(Entry entry) implements Change {
        @Override
        public EntryPath path() {
            return entry.path();
        }
    }

    record Remove(EntryPath path) implements Change {}
}
