package io.driftless.agent;

import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import java.util.Optional;

/**
 * One path that an agent made right.
 *
 * @param desired what it is now; empty where it was taken away
 * @param before what was there before, as it was seen or as we had left it; empty for nothing
 * @param isContentWritten true where a file or symlink was put in place or a directory was made;
 *     false where only owner, mode or times were set, or it was taken away
 */
public record AppliedChange(
        EntryPath path, Optional<Entry> desired, Optional<Stat> before, boolean isContentWritten) {
    static AppliedChange made(Entry desired, Optional<Stat> before) {
        return new AppliedChange(desired.path(), Optional.of(desired), before, true);
    }

    static AppliedChange described(Entry desired, Stat before) {
        return new AppliedChange(desired.path(), Optional.of(desired), Optional.of(before), false);
    }

    static AppliedChange removed(EntryPath path, Stat before) {
        return new AppliedChange(path, Optional.empty(), Optional.of(before), false);
    }

    /** True where it was right already. */
    boolean isNothing() {
        return !isContentWritten
                && desired.isPresent()
                && before.filter(stat -> stat.metadata().equals(desired.get().metadata()))
                        .isPresent();
    }
}
