package io.driftless.manifest;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit.Summary;
import io.driftless.manifest.ManifestBuilder.Built;
import io.driftless.manifest.Page.BlockBranch;
import io.driftless.manifest.Page.BlockLeaf;
import io.driftless.manifest.Page.Branch;
import io.driftless.manifest.Page.Child;
import io.driftless.manifest.Page.Leaf;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One edit of a manifest, without any reading of its own: {@link #advance} goes on until it lacks
 * pages and says which.
 *
 * <p>First it goes down to the leaves that changes fall into ({@link EditDescent}). Then it walks
 * the old manifest in path order and feeds a builder: a page without changes is taken over whole
 * where the builder stands at the begin of a page of that level, and is opened otherwise. So after
 * a page whose end moved, pages are opened up to the first old end that is also a new one, and the
 * result is what building from scratch gives.
 */
final class EditRun {
    private final List<Change> changes;
    private final Map<PageHash, Page> loaded = new HashMap<>();
    private final ManifestBuilder builder = new ManifestBuilder(this::give);
    private final Map<PageHash, Page> fresh = new LinkedHashMap<>();
    private final Set<PageHash> added = new LinkedHashSet<>();
    private final Set<PageHash> superseded = new LinkedHashSet<>();

    private final EditDescent descent;
    private final Deque<Place> places = new ArrayDeque<>();
    private final Optional<PageHash> oldRoot;
    private Optional<PageHash> reused = Optional.empty();
    private Optional<Built> built = Optional.empty();
    private boolean isMerging;
    private int next;

    EditRun(Optional<PageHash> root, List<Change> changes) {
        this.oldRoot = root;
        this.changes = changes;
        this.descent = new EditDescent(root, changes, loaded);
        checkOrder(changes);
    }

    /** How far the walk came in one branch. */
    private static final class Place {
        final Branch branch;
        final boolean isRightmost;
        int next;

        Place(Branch branch, boolean isRightmost) {
            this.branch = branch;
            this.isRightmost = isRightmost;
        }
    }

    /**
     * Goes on as far as the loaded pages reach. Names the pages it lacks; none where it is done.
     */
    Set<PageHash> advance() {
        Set<PageHash> lacks = descent.advance();
        if (lacks.isEmpty()) {
            lacks = merge();
        }
        return lacks.isEmpty() ? finish() : lacks;
    }

    /** Pages that {@link #advance} asked for. */
    void supply(Map<PageHash, Page> pages, Set<PageHash> asked) {
        asked.forEach(name -> loaded.put(name, PageLoader.pageOf(pages, name)));
    }

    /** The new pages since the last call. */
    Map<PageHash, Page> takeFresh() {
        Map<PageHash, Page> taken = new LinkedHashMap<>(fresh);
        fresh.clear();
        return taken;
    }

    PageHash root() {
        return result().root();
    }

    Summary summary() {
        return result().summary();
    }

    Set<PageHash> added() {
        return added;
    }

    Set<PageHash> superseded() {
        return superseded;
    }

    private Built result() {
        return built.orElseThrow(
                () -> new SyncException(ErrorCode.INVARIANT_BROKEN, "The edit is not done."));
    }

    private void give(PageHash name, Page page) {
        if (!superseded.remove(name)) {
            added.add(name);
            fresh.put(name, page);
        }
    }

    private Set<PageHash> merge() {
        if (!isMerging) {
            isMerging = true;
            enterRoot();
        }
        while (!places.isEmpty()) {
            Place place = places.getLast();
            if (place.next == place.branch.children().size()) {
                places.removeLast();
                continue;
            }
            Child child = place.branch.children().get(place.next);
            int level = place.branch.level() - 1;
            boolean isRightmost =
                    place.isRightmost && place.next + 1 == place.branch.children().size();
            if (!hasChanges(child, isRightmost) && builder.isAligned(level)) {
                builder.addPage(level, child);
                reused = Optional.of(child.page());
            } else if (loaded.containsKey(child.page())) {
                enter(child, level, isRightmost);
            } else {
                return descent.withTouched(child.page());
            }
            place.next++;
        }
        return Set.of();
    }

    private boolean hasChanges(Child child, boolean isRightmost) {
        return next < changes.size()
                && (isRightmost || changes.get(next).path().compareTo(child.last()) <= 0);
    }

    private void enterRoot() {
        if (oldRoot.isEmpty()) {
            mergeLeaf(List.of(), true);
            return;
        }
        switch (open(oldRoot.get())) {
            case Leaf(var entries) -> mergeLeaf(entries, true);
            case Branch branch -> places.addLast(new Place(branch, true));
            case BlockLeaf page -> throw PageLoader.misplaced(page, 0);
            case BlockBranch page -> throw PageLoader.misplaced(page, page.level());
        }
    }

    private void enter(Child child, int level, boolean isRightmost) {
        Page page = open(child.page());
        if (level == 0 && page instanceof Leaf(var entries) && endsAt(entries, child)) {
            mergeLeaf(entries, isRightmost);
        } else if (page instanceof Branch branch && branch.level() == level) {
            places.addLast(new Place(branch, isRightmost));
        } else {
            throw PageLoader.misplaced(page, level);
        }
    }

    private Page open(PageHash name) {
        Page page = PageLoader.pageOf(loaded, name);
        loaded.remove(name);
        superseded.add(name);
        return page;
    }

    private static boolean endsAt(List<Entry> entries, Child child) {
        return !entries.isEmpty() && entries.getLast().path().equals(child.last());
    }

    private void mergeLeaf(List<Entry> entries, boolean isRightmost) {
        for (Entry entry : entries) {
            boolean isReplaced = putThrough(entry.path());
            if (!isReplaced) {
                builder.add(entry);
            }
        }
        while (isRightmost && next < changes.size()) {
            put(changes.get(next++));
        }
    }

    /** Applies the changes up to and with this path; true where the last of them was of it. */
    private boolean putThrough(EntryPath path) {
        int order = -1;
        while (next < changes.size() && order < 0) {
            order = changes.get(next).path().compareTo(path);
            if (order <= 0) {
                put(changes.get(next++));
            }
        }
        return order == 0;
    }

    private void put(Change change) {
        if (change instanceof Change.Put(var entry)) {
            builder.add(entry);
        }
    }

    /**
     * A page taken over that is alone at its level is the root, or if it has but one child, that
     * child is.
     */
    private Set<PageHash> finish() {
        Built now = built.orElseGet(builder::finish);
        built = Optional.of(now);
        boolean isOld = reused.filter(now.root()::equals).isPresent();
        if (!isOld) {
            return Set.of();
        }
        Page root = loaded.get(now.root());
        if (root == null) {
            return Set.of(now.root());
        }
        if (root instanceof Branch(var _, var children) && children.size() == 1) {
            superseded.add(now.root());
            PageHash only = children.getFirst().page();
            reused = Optional.of(only);
            built = Optional.of(new Built(only, now.summary()));
            return finish();
        }
        return Set.of();
    }

    private static void checkOrder(List<Change> changes) {
        for (int i = 1; i < changes.size(); i++) {
            if (changes.get(i - 1).path().compareTo(changes.get(i).path()) >= 0) {
                throw new SyncException(
                        ErrorCode.INVARIANT_BROKEN,
                        "Changes come in path order, each path once, but "
                                + changes.get(i).path()
                                + " does not.");
            }
        }
    }
}
