package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.tree.Stat;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which directories are watched. Each is registered before it is listed, so what is made in it
 * meanwhile is either listed or told. A new tree is told only when all of it is registered: whoever
 * looks then misses nothing later.
 */
final class Registry {
    private final Root root;
    private final Inotify inotify;
    private final EventQueue events;
    private final WatchedDirectory top = WatchedDirectory.root();
    private final Map<Integer, WatchedDirectory> byWatch = new HashMap<>();
    private final Deque<Job> jobs = new ArrayDeque<>();

    /** Directories that could not be registered, or not yet. */
    private final Set<WatchedDirectory> unwatched = new HashSet<>();

    private boolean isRepeatNeeded;

    /** The registering of one tree. */
    private static final class Job {
        final WatchedDirectory tree;
        final Purpose purpose;
        final Deque<WatchedDirectory> waiting = new ArrayDeque<>();

        Job(WatchedDirectory tree, Purpose purpose) {
            this.tree = tree;
            this.purpose = purpose;
            waiting.push(tree);
        }
    }

    private enum Purpose {
        /** The first of all. */
        START,
        /** A tree that was made or moved in. */
        APPEARED,
        /** A tree whose directories must all be gone through again. */
        AGAIN,
        /** Everything, after events were lost. */
        LOST;

        boolean isThorough() {
            return this == AGAIN || this == LOST;
        }
    }

    Registry(Root root, Inotify inotify, EventQueue events) {
        this.root = root;
        this.inotify = inotify;
        this.events = events;
    }

    boolean isBusy() {
        return !jobs.isEmpty();
    }

    Optional<WatchedDirectory> ofWatch(int watch) {
        return Optional.ofNullable(byWatch.get(watch));
    }

    boolean isRoot(WatchedDirectory directory) {
        return directory == top;
    }

    void watchAll() {
        jobs.add(new Job(top, Purpose.START));
    }

    /** Events were lost: nothing that is known of directories is certain. */
    void doubtAll() {
        if (jobs.stream().anyMatch(job -> job.purpose == Purpose.LOST)) {
            isRepeatNeeded = true;
        } else {
            jobs.add(new Job(top, Purpose.LOST));
        }
    }

    void appeared(WatchedDirectory parent, EntryPath name) {
        jobs.add(new Job(childOrNew(parent, name), Purpose.APPEARED));
    }

    /** A directory with all that is registered below it has another name. */
    void moved(WatchedDirectory directory, WatchedDirectory parent, EntryPath name) {
        remove(parent, name);
        parent.attach(directory, name);
        boolean isComplete = jobs.isEmpty() && unwatched.isEmpty();
        if (isComplete) {
            directory.path().ifPresent(path -> events.tell(new WatchEvent.Appeared(path)));
        } else {
            // Some of it may have been looked for under the old name.
            jobs.add(new Job(directory, Purpose.AGAIN));
        }
    }

    void remove(WatchedDirectory parent, EntryPath name) {
        parent.detach(name).ifPresent(this::forget);
    }

    /** Ends the watches of a tree that is not below the root any more. */
    void forget(WatchedDirectory tree) {
        Deque<WatchedDirectory> waiting = new ArrayDeque<>(List.of(tree));
        while (!waiting.isEmpty()) {
            WatchedDirectory directory = waiting.pop();
            waiting.addAll(directory.children().values());
            unwatched.remove(directory);
            boolean isItsWatch = byWatch.remove(directory.watch(), directory);
            if (isItsWatch) {
                inotify.unwatch(directory.watch());
            }
        }
    }

    /** The kernel ended a watch. */
    void ended(int watch) {
        WatchedDirectory directory = byWatch.remove(watch);
        if (directory != null && directory.watch() == watch) {
            directory.watchedAs(WatchedDirectory.NONE);
        }
    }

    void registerSome(int most) {
        for (int i = 0; i < most && !jobs.isEmpty(); i++) {
            Job job = jobs.element();
            if (job.waiting.isEmpty()) {
                jobs.remove();
                end(job);
            } else {
                register(job, job.waiting.pop());
            }
        }
    }

    private void end(Job job) {
        switch (job.purpose) {
            case START -> events.tell(new WatchEvent.Watching(byWatch.size()));
            case APPEARED, AGAIN ->
                    job.tree.path().ifPresent(path -> events.tell(new WatchEvent.Appeared(path)));
            case LOST -> events.tell(new WatchEvent.Lost(EntryPath.ROOT));
        }
        if (job.purpose == Purpose.LOST && isRepeatNeeded) {
            isRepeatNeeded = false;
            doubtAll();
        }
    }

    private void register(Job job, WatchedDirectory directory) {
        Optional<EntryPath> path = directory.path();
        if (path.isEmpty()) {
            return;
        }
        try (Descriptor opened = root.open();
                Descriptor listing = Opening.listing(opened.number(), path.get())) {
            int watch = listing.isOpen() ? inotify.watch(listing) : listing.number();
            if (watch < 0) {
                cannotWatch(directory, path.get(), watch);
                return;
            }
            directory.registeredThrough(Statx.look(listing) < 0 ? 0 : Statx.identity().mount());
            watched(directory, watch);
            degradeRemote(listing, directory, path.get());
            Listing children = Listing.of(listing).below(path.get());
            if (children.isComplete()) {
                compare(job, directory, children);
            } else if (!Errno.isAbsent(-children.errno())) {
                degraded(path.get(), "list: " + Errno.name(children.errno()));
            }
        }
    }

    private void cannotWatch(WatchedDirectory directory, EntryPath path, int result) {
        unwatched.add(directory);
        if (result == -Errno.ENOSPC) {
            degraded(path, "inotify_add_watch: ENOSPC; raise fs.inotify.max_user_watches");
        } else if (!Errno.isAbsent(result)) {
            degraded(path, "inotify_add_watch: " + Errno.name(-result));
        }
    }

    private void degraded(EntryPath path, String reason) {
        events.tell(new WatchEvent.Degraded(path, reason));
    }

    /** One directory has one watch, under whatever name it is found. */
    private void watched(WatchedDirectory directory, int watch) {
        if (directory.watch() != watch) {
            byWatch.remove(directory.watch(), directory);
            directory.watchedAs(watch);
        }
        unwatched.remove(directory);
        WatchedDirectory before = byWatch.put(watch, directory);
        if (before != null && before != directory) {
            displaced(before, directory);
        }
    }

    /**
     * Its directory was found at another place. Mostly it moved there, and the events that say so
     * are still to come; but through another mount it is at both places, and only one of them is
     * told of.
     */
    private void displaced(WatchedDirectory before, WatchedDirectory by) {
        before.watchedAs(WatchedDirectory.NONE);
        unwatched.add(before);
        if (before.mount() == by.mount()) {
            jobs.add(new Job(before, Purpose.AGAIN));
        } else {
            before.path()
                    .ifPresent(path ->
                            degraded(path, "the directory is mounted at another place as well"));
        }
    }

    /** Over a network, what others change is not told. */
    private void degradeRemote(Descriptor listing, WatchedDirectory directory, EntryPath path) {
        Optional<String> type = FileSystemType.remote(listing);
        boolean isNews = directory.foundRemote(type.isPresent());
        if (isNews) {
            degraded(path, type.orElseThrow() + " does not tell of changes made elsewhere");
        }
    }

    private void compare(Job job, WatchedDirectory directory, Listing listing) {
        Set<EntryPath> listed = new HashSet<>();
        for (Listing.Child child : listing.children()) {
            if (child.kind() == Stat.Kind.DIRECTORY) {
                EntryPath name = EntryPath.ofBytes(child.name());
                boolean isKnown = directory.children().containsKey(name);
                WatchedDirectory below = childOrNew(directory, name);
                if (!isKnown || job.purpose.isThorough() || unwatched.contains(below)) {
                    job.waiting.push(below);
                }
                listed.add(name);
            }
        }
        if (job.purpose.isThorough()) {
            List<EntryPath> gone = new ArrayList<>(directory.children().keySet());
            gone.removeAll(listed);
            gone.forEach(name -> remove(directory, name));
        }
    }

    private WatchedDirectory childOrNew(WatchedDirectory parent, EntryPath name) {
        WatchedDirectory child = parent.childOrNew(name);
        if (child.watch() == WatchedDirectory.NONE) {
            unwatched.add(child);
        }
        return child;
    }
}
