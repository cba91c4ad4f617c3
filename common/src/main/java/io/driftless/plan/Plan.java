package io.driftless.plan;

import io.driftless.path.EntryPath;
import io.driftless.plan.Action.Blocked;
import io.driftless.plan.Action.FinishDirectory;
import io.driftless.plan.Action.Keep;
import io.driftless.plan.Action.Release;
import io.driftless.plan.Action.SetMetadata;
import io.driftless.plan.Action.TrashThenWrite;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * What is to be done at a whole target, in order: directories, files and symlinks, removals deepest
 * first, directory metadata deepest first. Paths where nothing is to be done are left out.
 */
public record Plan(List<Action> actions) {
    private static final Comparator<Action> ORDER =
            Comparator.comparing(Action::phase).thenComparing(Plan::byPath);

    public Plan {
        actions = List.copyOf(actions);
    }

    /**
     * The plan that makes {@code actual} as {@code desired}. For trees that fit in memory.
     *
     * @param managed paths of {@code actual} that are ours
     */
    public static Plan between(
            SortedMap<EntryPath, Entry> desired,
            SortedMap<EntryPath, Actual> actual,
            Mode mode,
            Set<EntryPath> managed) {
        Planner planner = new Planner(mode);
        NavigableSet<EntryPath> paths = new TreeSet<>(desired.keySet());
        paths.addAll(actual.keySet());
        List<Action> actions = new ArrayList<>();
        Optional<EntryPath> trashed = Optional.empty();
        for (EntryPath path : paths) {
            boolean isGone = trashed.filter(above -> above.isAncestorOf(path)).isPresent();
            Optional<Actual> there =
                    isGone ? Optional.empty() : Optional.ofNullable(actual.get(path));
            Action action =
                    planner.decide(
                            new Situation(
                                    path,
                                    Optional.ofNullable(desired.get(path)),
                                    there,
                                    managed.contains(path)));
            if (action instanceof TrashThenWrite) {
                trashed = Optional.of(path);
            }
            if (!(action instanceof Keep)) {
                actions.add(action);
            }
        }
        actions.addAll(finishes(actions, desired));
        actions.sort(ORDER);
        return new Plan(actions);
    }

    /** True where the target is as desired. */
    public boolean isEmpty() {
        return actions.isEmpty();
    }

    private static int byPath(Action left, Action right) {
        int order = left.path().compareTo(right.path());
        return left.phase().isDeepestFirst() ? -order : order;
    }

    /** Directories that work in them will have touched and that get no metadata otherwise. */
    private static List<Action> finishes(
            List<Action> actions, SortedMap<EntryPath, Entry> desired) {
        NavigableSet<EntryPath> touched = new TreeSet<>();
        Set<EntryPath> settled = new HashSet<>();
        for (Action action : actions) {
            if (action instanceof SetMetadata) {
                settled.add(action.path());
            } else if (!(action instanceof Blocked) && !(action instanceof Release)) {
                touched.add(action.path());
                touched.add(action.path().parent());
            }
        }
        touched.removeAll(settled);
        List<Action> finishes = new ArrayList<>();
        for (EntryPath path : touched) {
            if (desired.get(path) instanceof DirectoryEntry directory) {
                finishes.add(new FinishDirectory(directory));
            }
        }
        return finishes;
    }
}
