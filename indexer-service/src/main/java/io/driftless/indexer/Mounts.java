package io.driftless.indexer;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Found;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import reactor.core.publisher.Mono;

/**
 * Takes back what was seen through a mount that is not as it was. A directory that was a mount
 * point and is none now, or the other way round, counts as unreadable: what is seen there, and what
 * is not, is of another file system, or of another part of this one. Numbers of devices and mounts
 * change with every boot, so what is compared is whether a directory is on another device, or seen
 * through another mount, than its parent.
 */
final class Mounts {
    private final IndexContext context;

    Mounts(IndexContext context) {
        this.context = context;
    }

    /**
     * What is left of the sights.
     *
     * @param waiting rows of the directories that count as unreadable
     * @param back paths that were gone and are there again
     */
    record Trusted(List<Sight> sights, List<RowWrite> waiting, List<EntryPath> back) {
        Trusted without(List<EntryPath> returned) {
            return new Trusted(
                    sights.stream().filter(one -> !returned.contains(one.path())).toList(),
                    waiting,
                    returned);
        }
    }

    /** What is known of the directories on the way to some paths. */
    private record Ground(
            Map<EntryPath, Found.Present> present, Set<EntryPath> absent, Set<EntryPath> mounts) {
        Optional<Boolean> isMounted(EntryPath directory) {
            Found.Present there = present.get(directory);
            Found.Present above = present.get(directory.parent());
            return there == null || above == null
                    ? Optional.empty()
                    : Optional.of(!there.isOnMountOf(above));
        }

        /** The topmost directory at or above a path that is not mounted as it was. */
        Optional<EntryPath> changed(EntryPath path) {
            for (EntryPath at : wayTo(path)) {
                if (isMounted(at).filter(now -> now != mounts.contains(at)).isPresent()) {
                    return Optional.of(at);
                }
                boolean isGoneWithMount =
                        absent.contains(at)
                                && mounts.stream()
                                        .anyMatch(one -> one.equals(at) || at.isAncestorOf(one));
                if (isGoneWithMount) {
                    return Optional.of(at);
                }
            }
            return Optional.empty();
        }
    }

    /** From below the root down to the path itself. */
    private static List<EntryPath> wayTo(EntryPath path) {
        List<EntryPath> way = new ArrayList<>();
        for (EntryPath at = path; !at.isRoot(); at = at.parent()) {
            way.addFirst(at);
        }
        return way;
    }

    Mono<Trusted> check(Below below, List<Sight> sights) {
        return context.index()
                .mounts(context.folder())
                .zipWith(context.tree().look(List.of(EntryPath.ROOT)))
                .flatMap(known -> {
                    Set<EntryPath> doubtful =
                            doubtful(sights, known.getT2().getFirst(), known.getT1());
                    return doubtful.isEmpty()
                            ? Mono.just(new Trusted(sights, List.of(), List.of()))
                            : check(below, sights, doubtful, known.getT1())
                                    .flatMap(trusted -> confirmed(below, trusted));
                });
    }

    /**
     * What is gone may have been hidden when it was looked at, by a mount that went away before the
     * way to it was: it has to be gone still.
     */
    private Mono<Trusted> confirmed(Below below, Trusted trusted) {
        List<EntryPath> gone =
                trusted.sights().stream().filter(Sight::isGone).map(Sight::path).toList();
        return gone.isEmpty()
                ? Mono.just(trusted)
                : below.look(gone)
                        .map(found ->
                                trusted.without(
                                        found.all().stream()
                                                .filter(one -> !(one instanceof Found.Absent))
                                                .map(Found::path)
                                                .toList()));
    }

    /** What is gone, on another device or mount than the root, or at or below a mount. */
    private static Set<EntryPath> doubtful(List<Sight> sights, Found root, Set<EntryPath> mounts) {
        Set<EntryPath> doubtful = new TreeSet<>();
        for (Sight sight : sights) {
            EntryPath path = sight.path();
            boolean isElsewhere =
                    sight.found() instanceof Found.Present present
                            && root instanceof Found.Present top
                            && !present.isOnMountOf(top);
            boolean isBelowMount =
                    mounts.stream().anyMatch(one -> one.equals(path) || one.isAncestorOf(path));
            if (sight.isGone() || isElsewhere || isBelowMount) {
                doubtful.add(path);
            }
        }
        return doubtful;
    }

    private Mono<Trusted> check(
            Below below, List<Sight> sights, Set<EntryPath> doubtful, Set<EntryPath> mounts) {
        Set<EntryPath> way = new TreeSet<>(Set.of(EntryPath.ROOT));
        doubtful.forEach(path -> way.addAll(wayTo(path)));
        return below.look(way)
                .map(found -> ground(found.all(), mounts))
                .flatMap(ground -> judged(sights, doubtful, ground));
    }

    private static Ground ground(List<Found> found, Set<EntryPath> mounts) {
        Map<EntryPath, Found.Present> present = new HashMap<>();
        Set<EntryPath> absent = new HashSet<>();
        for (Found one : found) {
            switch (one) {
                case Found.Present there -> present.put(there.path(), there);
                case Found.Absent(EntryPath path) -> absent.add(path);
                case Found.Unreadable _ -> {}
            }
        }
        return new Ground(present, absent, mounts);
    }

    private Mono<Trusted> judged(List<Sight> sights, Set<EntryPath> doubtful, Ground ground) {
        Map<EntryPath, EntryPath> changed = new HashMap<>();
        doubtful.forEach(path -> ground.changed(path).ifPresent(at -> changed.put(path, at)));
        if (changed.isEmpty()) {
            return Mono.just(new Trusted(sights, List.of(), List.of()));
        }
        Set<EntryPath> tops = new TreeSet<>(changed.values());
        return context.index()
                .rows(context.folder(), tops)
                .flatMap(rows -> {
                    Map<EntryPath, Row> known = new HashMap<>();
                    rows.stream()
                            .filter(Mounts::isKnown)
                            .forEach(row -> known.put(row.path(), row));
                    return accepted(tops, known, ground)
                            .thenReturn(trusted(sights, changed, known));
                });
    }

    /** A path that was never there, or is gone since a commit, has nothing to lose. */
    private static boolean isKnown(Row row) {
        return !(row.state() instanceof State.Removed);
    }

    /** New directories are as they are, and so is everything where somebody said so. */
    private Mono<Void> accepted(Set<EntryPath> tops, Map<EntryPath, Row> known, Ground ground) {
        boolean acceptsAll = context.settings().acceptMounts();
        Set<EntryPath> mounted = new HashSet<>();
        Set<EntryPath> unmounted = new HashSet<>();
        for (EntryPath top : tops) {
            if (acceptsAll || !known.containsKey(top)) {
                boolean isMounted = ground.isMounted(top).orElse(false);
                if (isMounted) {
                    mounted.add(top);
                } else {
                    ground.mounts().stream()
                            .filter(one -> one.equals(top) || top.isAncestorOf(one))
                            .forEach(unmounted::add);
                }
                known.remove(top);
            }
        }
        return mounted.isEmpty() && unmounted.isEmpty()
                ? Mono.empty()
                : context.index().keepMounts(context.folder(), mounted, unmounted);
    }

    private Trusted trusted(
            List<Sight> sights, Map<EntryPath, EntryPath> changed, Map<EntryPath, Row> known) {
        List<Sight> trusted =
                sights.stream()
                        .filter(sight -> {
                            EntryPath top = changed.get(sight.path());
                            return top == null || !known.containsKey(top);
                        })
                        .toList();
        List<RowWrite> waiting =
                changed.values().stream()
                        .distinct()
                        .filter(known::containsKey)
                        .map(top -> Objects.requireNonNull(known.get(top)))
                        .filter(row -> !waitsAlready(row))
                        .map(this::waiting)
                        .toList();
        return new Trusted(trusted, waiting, List.of());
    }

    private boolean waitsAlready(Row row) {
        return row.state() instanceof State.Waiting waiting
                && waiting.code() == ErrorCode.MOUNT_CHANGED
                && waiting.due().isAfter(context.now());
    }

    /** Keeps the stat, so that the row is looked at as a directory when it is due. */
    private RowWrite waiting(Row row) {
        Sight sight = new Sight(Optional.of(row), new Found.Absent(row.path()));
        RowWrite write =
                Verdict.waiting(sight, ErrorCode.MOUNT_CHANGED, context.settings(), context.now());
        return new RowWrite(
                write.path(),
                write.expected(),
                write.state(),
                row.stat(),
                write.entry(),
                write.blocks());
    }
}
