package io.driftless.indexer;

import io.driftless.path.EntryPath;
import io.driftless.port.TreeReader;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Looks at paths of which many may be below one directory. While that directory is gone, so is all
 * that was below it: one look tells of every path. For the root, which is never gone to those who
 * look, each path is looked at.
 */
record Below(TreeReader tree, EntryPath top) {
    /** What was found, and of which paths that was concluded from the directory. */
    record Views(List<Found> looked, List<Found> concluded) {
        List<Found> all() {
            List<Found> all = new ArrayList<>(looked);
            all.addAll(concluded);
            return all;
        }
    }

    Mono<Views> look(Collection<EntryPath> paths) {
        List<EntryPath> below = paths.stream().filter(top::isAncestorOf).toList();
        if (top.isRoot() || below.isEmpty()) {
            return tree.look(List.copyOf(paths)).map(found -> new Views(found, List.of()));
        }
        return tree.look(List.of(top))
                .flatMap(found ->
                        isGone(found.getFirst())
                                ? besides(paths, below)
                                : tree.look(List.copyOf(paths))
                                        .map(each -> new Views(each, List.of())));
    }

    /** Also where something else took its name: nothing is below what is no directory. */
    private static boolean isGone(Found directory) {
        return directory instanceof Found.Absent
                || (directory instanceof Found.Present present
                        && present.stat().kind() != Stat.Kind.DIRECTORY);
    }

    private Mono<Views> besides(Collection<EntryPath> paths, List<EntryPath> gone) {
        List<EntryPath> others = paths.stream().filter(path -> !top.isAncestorOf(path)).toList();
        List<Found> concluded = gone.stream().<Found>map(Found.Absent::new).toList();
        return others.isEmpty()
                ? Mono.just(new Views(List.of(), concluded))
                : tree.look(others).map(found -> new Views(found, concluded));
    }
}
