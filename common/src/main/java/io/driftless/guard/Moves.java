package io.driftless.guard;

import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Knows what appeared at new paths lately, so that the removal of its old path counts as a move and
 * not as a loss. Each entry that appeared makes up for one that goes. What it does not remember, or
 * never saw, counts as lost: the worst is a question too many. Not for several threads.
 */
public final class Moves {
    /** Paths; some 250 bytes each. */
    static final int MAX_REMEMBERED = 200_000;

    private final Duration life;

    /** The paths at which something appeared and has not made up for a removal yet. */
    private Map<Object, Set<EntryPath>> younger = new HashMap<>();

    private Map<Object, Set<EntryPath>> older = new HashMap<>();
    private Instant begun = Instant.MIN;

    /** How many paths both hold. */
    private int remembered;

    /**
     * @param life an entry that appeared is remembered this long, and at most twice as long
     */
    public Moves(Duration life) {
        this.life = life;
    }

    /**
     * Which removals are moves, if these entries appear with them. Remembers nothing of it. What
     * appeared lately itself can only have moved to where something appears now.
     */
    public Set<EntryPath> among(Collection<Entry> removed, Collection<Entry> appeared) {
        Matching matching = new Matching(appeared);
        matching.expect(removed);
        return matching.moved(removed);
    }

    /** Whether anything appeared lately that can make up for a removal. */
    public boolean isEmpty() {
        return remembered == 0;
    }

    /**
     * Which of more removals than are held at once are moves. All of them are expected before it is
     * asked which moved, a part at a time. Nothing may be remembered or forgotten meanwhile.
     */
    public final class Matching {
        private final Map<Object, Integer> spare = new HashMap<>();
        private final Map<Object, Integer> known = new HashMap<>();

        /**
         * @param appeared entries that appear with these removals
         */
        public Matching(Collection<Entry> appeared) {
            appeared.forEach(entry -> spare.merge(substance(entry), 1, Integer::sum));
        }

        /** Says that these go. */
        public void expect(Collection<Entry> removed) {
            for (Entry entry : removed) {
                Object substance = substance(entry);
                int count = count(substance);
                if (count > 0) {
                    known.putIfAbsent(substance, count);
                }
                if (isRemembered(entry)) {
                    known.merge(substance, -1, Integer::sum);
                }
            }
        }

        /** Those of these, which were expected, that moved. */
        public Set<EntryPath> moved(Collection<Entry> removed) {
            Set<EntryPath> moved = new HashSet<>();
            for (Entry entry : removed) {
                Object substance = substance(entry);
                boolean isMoved =
                        takeOne(spare, substance)
                                || (!isRemembered(entry) && takeOne(known, substance));
                if (isMoved) {
                    moved.add(entry.path());
                }
            }
            return moved;
        }
    }

    private static boolean takeOne(Map<Object, Integer> counts, Object substance) {
        int count = counts.getOrDefault(substance, 0);
        if (count > 0) {
            counts.put(substance, count - 1);
        }
        return count > 0;
    }

    private int count(Object substance) {
        return younger.getOrDefault(substance, Set.of()).size()
                + older.getOrDefault(substance, Set.of()).size();
    }

    private boolean isRemembered(Entry entry) {
        Object substance = substance(entry);
        return younger.getOrDefault(substance, Set.of()).contains(entry.path())
                || older.getOrDefault(substance, Set.of()).contains(entry.path());
    }

    /** Remembers a change that was made. */
    public void made(Collection<Entry> removed, Collection<Entry> appeared, Instant now) {
        age(now);
        Set<EntryPath> own = new HashSet<>();
        for (Entry entry : removed) {
            if (drop(younger, substance(entry), entry.path())
                    || drop(older, substance(entry), entry.path())) {
                own.add(entry.path());
            }
        }
        appeared.forEach(this::remember);
        for (Entry entry : removed) {
            Object substance = substance(entry);
            boolean isOlderUsed = !own.contains(entry.path()) && dropAny(older, substance);
            if (!isOlderUsed) {
                dropAny(younger, substance);
            }
        }
        if (remembered > MAX_REMEMBERED) {
            forget();
        }
    }

    /** Most substances have one path: a set that can grow would take more than all the rest. */
    private void remember(Entry entry) {
        Object substance = substance(entry);
        Set<EntryPath> paths = younger.getOrDefault(substance, Set.of());
        if (paths.contains(entry.path())) {
            return;
        }
        remembered++;
        switch (paths.size()) {
            case 0 -> younger.put(substance, Set.of(entry.path()));
            case 1 -> {
                Set<EntryPath> more = new LinkedHashSet<>(paths);
                more.add(entry.path());
                younger.put(substance, more);
            }
            default -> paths.add(entry.path());
        }
    }

    /** Somebody else may have committed: nothing is known any more. */
    public void forget() {
        younger = new HashMap<>();
        older = new HashMap<>();
        remembered = 0;
    }

    /** Forgets what appeared too long ago; so does {@link #made}. */
    public void age(Instant now) {
        if (begun.equals(Instant.MIN)) {
            begun = now;
        } else if (!now.isBefore(begun.plus(life.multipliedBy(2)))) {
            forget();
            begun = now;
        } else if (!now.isBefore(begun.plus(life))) {
            remembered -= paths(older);
            older = younger;
            younger = new HashMap<>();
            begun = now;
        }
    }

    private static int paths(Map<Object, Set<EntryPath>> known) {
        return known.values().stream().mapToInt(Set::size).sum();
    }

    private boolean dropAny(Map<Object, Set<EntryPath>> known, Object substance) {
        Set<EntryPath> paths = known.get(substance);
        return paths != null && drop(known, substance, paths.iterator().next());
    }

    private boolean drop(Map<Object, Set<EntryPath>> known, Object substance, EntryPath path) {
        Set<EntryPath> paths = known.get(substance);
        if (paths == null || !paths.contains(path)) {
            return false;
        }
        remembered--;
        if (paths.size() == 1) {
            known.remove(substance);
        } else {
            paths.remove(path);
        }
        return true;
    }

    /**
     * What makes two entries the same thing at two places. A directory is known by its last name:
     * when it moves, what is in it counts.
     */
    private static Object substance(Entry entry) {
        return switch (entry) {
            case Entry.FileEntry file -> file.content().id();
            case Entry.SymlinkEntry symlink -> symlink.target();
            case Entry.DirectoryEntry directory ->
                    directory.path().isRoot()
                            ? EntryPath.ROOT
                            : EntryPath.ofBytes(directory.path().nameBytes());
        };
    }
}
