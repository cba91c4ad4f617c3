package io.driftless.port;

import io.driftless.path.EntryPath;
import reactor.core.publisher.Flux;

/** Tells of changes below a root as the file system reports them. */
public interface SourceWatch {
    /**
     * Starts to watch when subscribed to, registering each directory before listing it, and tells
     * until cancelled. {@link WatchEvent.Watching} comes once every directory that was there at the
     * start is watched, or was told to be {@link WatchEvent.Degraded}; events may come before it.
     * Demand is not waited for: what cannot be buffered becomes {@link WatchEvent.Lost}.
     */
    Flux<WatchEvent> watch();

    /** One thing the file system said. */
    sealed interface WatchEvent {
        /** The path was written and is still open, or had its times or mode changed. */
        record Modified(EntryPath path) implements WatchEvent {}

        /**
         * The path was closed after writing, made, removed, moved in or moved away: look at once.
         */
        record Changed(EntryPath path) implements WatchEvent {}

        /** A directory was made or moved in: it may hold anything by now. */
        record Appeared(EntryPath directory) implements WatchEvent {}

        /** Events of this subtree were lost. */
        record Lost(EntryPath directory) implements WatchEvent {}

        /** The initial directories are watched, as many as could be. */
        record Watching(long directories) implements WatchEvent {}

        /** This subtree cannot be watched, for the reason given; only scans find its changes. */
        record Degraded(EntryPath directory, String reason) implements WatchEvent {}
    }
}
