package io.driftless.plan;

import io.driftless.block.ContentId;
import io.driftless.tree.Found;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import java.util.Optional;

/**
 * What is at one path of a target.
 *
 * @param target the symlink's bytes; present exactly for symlinks
 * @param content of files, where it is known: the stat is that of our last touch, or it was read
 */
public record Actual(Stat stat, Optional<LinkTarget> target, Optional<ContentId> content) {
    public static Actual of(Found.Present found, Optional<ContentId> content) {
        return new Actual(found.stat(), found.target(), content);
    }

    Stat.Kind kind() {
        return stat.kind();
    }
}
