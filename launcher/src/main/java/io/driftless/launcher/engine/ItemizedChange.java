package io.driftless.launcher.engine;

import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import io.driftless.tree.TargetId;
import java.util.Optional;
import java.util.Set;

/**
 * One change of one path at one target, planned or done.
 *
 * @param kind what is at the path afterwards; for removals what was there
 * @param bytes size of the file afterwards; 0 for everything else
 * @param linkTarget present exactly for symlinks that are made or changed
 */
public record ItemizedChange(
        FolderId folder,
        TargetId target,
        EntryPath path,
        Stat.Kind kind,
        Action action,
        long bytes,
        Optional<LinkTarget> linkTarget) {

    /** What happens to the path. */
    public sealed interface Action {
        /** Nothing of this kind is there before. */
        record Create() implements Action {}

        /** It is there and differs in these aspects; never empty. */
        record Update(Set<Aspect> aspects) implements Action {
            public Update {
                aspects = Set.copyOf(aspects);
            }
        }

        /** It is taken away. */
        record Delete() implements Action {}
    }

    /** In what an entry can differ. */
    public enum Aspect {
        CONTENT,
        SIZE,
        TIME,
        MODE,
        OWNER,
        GROUP
    }
}
