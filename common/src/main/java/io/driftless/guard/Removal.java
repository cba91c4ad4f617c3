package io.driftless.guard;

import io.driftless.path.EntryPath;
import io.driftless.tree.Version;
import java.util.Comparator;

/**
 * A row that, once committed, takes something out of the folder: its own path, or what is below a
 * directory in whose place something else stands.
 *
 * @param version of the row that says so
 */
public record Removal(EntryPath path, Version version) implements Comparable<Removal> {
    private static final Comparator<Removal> ORDER =
            Comparator.comparing(Removal::path).thenComparing(Removal::version);

    @Override
    public int compareTo(Removal other) {
        return ORDER.compare(this, other);
    }
}
