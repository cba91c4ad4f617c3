package io.driftless.port;

import io.driftless.block.Content;
import io.driftless.block.ContentId;
import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.LeftIncarnations;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.StageName;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Mono;

/**
 * What an agent remembers of one target: what is desired, what it applied, what is left to do. One
 * writer. It may be deleted: everything in it can be found out again from the commit and the disk.
 * Every call is one transaction, durable when complete.
 */
public interface TargetState extends PageSource {
    /** Before any time at which something that failed is due again. */
    Instant NOT_TRIED = Instant.MIN;

    /** Where the desired entries stand. */
    Mono<Position> position();

    /**
     * @param agent this state's own id, made with it
     * @param root the root of the desired entries; empty before the first commit
     * @param wasClean false where the last owner did not {@link #close}
     */
    record Position(
            String agent,
            Optional<UUID> incarnation,
            long seq,
            Optional<PageHash> root,
            boolean wasClean) {}

    /** Collects changes towards the next position, in any order of calls; not yet desired. */
    Mono<Void> collect(List<Change> changes);

    /** Forgets what was collected. */
    Mono<Void> forgetCollected();

    /**
     * In one transaction: makes the collected changes desired, computes the root from the desired
     * entries, and compares it. Equal: every changed path, and the directory around each, becomes
     * work, the position moves, and the answer is true. Different: nothing happens but that what
     * was collected is forgotten, and the answer is false.
     *
     * <p>Of another incarnation than before: what was put there for the one before, and is not
     * desired as it is, was never put there. Such files and symlinks are not applied any more, and
     * all removals are of extras, those that were left to do among them.
     */
    Mono<Boolean> fold(UUID incarnation, long seq, PageHash root);

    /**
     * Remembers that the folder was put back to before this position: the next fold does as one of
     * another incarnation.
     */
    Mono<Void> putBack();

    /** The manifest leaf that holds each desired path, for its locations. */
    Mono<Map<EntryPath, PageHash>> leavesOf(Collection<EntryPath> paths);

    /**
     * Work that is due, of one kind: directories in path order, files and symlinks too, but what
     * failed after what did not, by when it was to be tried again; removals and directory metadata
     * in the opposite order of paths.
     *
     * @param now {@link #NOT_TRIED} for what did not fail
     */
    Mono<List<Work>> work(Kind kind, Instant now, int limit);

    /** What kind of work a path needs, in the order it is done. */
    enum Kind {
        /** A directory is desired. */
        DIRECTORY,
        /** A file or symlink is desired. */
        CONTENT,
        /** Nothing is desired. */
        REMOVAL,
        /** A directory's owner, mode and times. */
        DIRECTORY_METADATA
    }

    /**
     * One path that is to be made as desired.
     *
     * @param applied what was there after our last touch; empty where we never touched it
     * @param isExtra true for removals of what was found but never desired by this incarnation
     */
    record Work(
            EntryPath path, Optional<Entry> desired, Optional<Applied> applied, boolean isExtra) {}

    /**
     * What was there after our last touch. {@code content} is empty for directories and symlinks.
     *
     * @param proven when its bytes were last read or written and found to be its content. Where it
     *     is remembered without, the proof of the same content at the same path stays
     */
    record Applied(EntryPath path, Stat stat, Optional<Content> content, Optional<Instant> proven) {
        /** Without a proof of its content. */
        public Applied(EntryPath path, Stat stat, Optional<Content> content) {
            this(path, stat, content, Optional.empty());
        }
    }

    /**
     * Files whose content was proven longest ago: those without a proof first, and those whose
     * proof is of a time after {@code now}, which a clock told that was wrong; then by the time of
     * it, then by path.
     */
    Mono<List<Applied>> leastProven(Instant now, int limit);

    /** How many paths are still work, due or not, deviations aside. */
    Mono<Long> workLeft();

    /**
     * Paths of this target that hold one of these contents, at most a few of each, those about to
     * be removed first.
     */
    Mono<List<Holder>> holders(Set<ContentId> contents);

    record Holder(Applied applied, boolean isToBeRemoved) {}

    /** Remembers what is about to be made visible, durably, before it is. */
    Mono<Void> intend(List<Intent> intents);

    record Intent(
            EntryPath path, StageName name, Optional<Long> inode, Optional<ContentId> content) {}

    Mono<List<Intent>> intents();

    /**
     * Settles work of one kind: what is now applied, gone, or not as desired. Work of another kind
     * at the same path stays. A deviation of the path ends with any result but {@link
     * Settled.Deviating}; intents of the path end with every result.
     */
    Mono<Void> settle(Kind kind, List<Settled> results);

    /** How one path of work ended. */
    sealed interface Settled {
        EntryPath path();

        /** It is as desired now. */
        record Right(Applied applied) implements Settled {
            @Override
            public EntryPath path() {
                return applied.path();
            }
        }

        /** It is gone, as desired. */
        record Gone(EntryPath path) implements Settled {}

        /** In overlay: no longer compared, left as it is. */
        record Released(EntryPath path) implements Settled {}

        /**
         * Not as desired; stays work from {@code next} on, and is a deviation until then.
         *
         * @param tries in a row that ended so, as far as this agent knows
         */
        record Deviating(EntryPath path, ErrorCode code, String message, Instant next, int tries)
                implements Settled {
            /** After one try. */
            public Deviating(EntryPath path, ErrorCode code, String message, Instant next) {
                this(path, code, message, next, 1);
            }
        }
    }

    /** What is to be removed and was never desired here, due or not. */
    Mono<Extras> extras();

    /**
     * @param entries how many paths
     * @param desired how many entries are desired
     * @param id stands for these paths and what was seen at them, and nothing else
     */
    record Extras(long entries, long desired, ApprovalId id) {}

    /** Somebody approved that they go: from now on they are no extras, and due. */
    Mono<Void> approveExtras();

    /**
     * Makes these paths work again, whatever is known of them; found extras are removals. What is
     * work already stays an extra, or none.
     */
    Mono<Void> demand(List<Demand> demands);

    /**
     * @param seen of an extra, a number for what was found there; see {@link Stat#imprint}
     */
    record Demand(EntryPath path, Kind kind, boolean isExtra, long seen) {
        /** Where what is there does not matter, or cannot be told. */
        public Demand(EntryPath path, Kind kind, boolean isExtra) {
            this(path, kind, isExtra, 0);
        }
    }

    /** Makes every deviation due at once. */
    Mono<Void> retryAll();

    /** Replaces what is known as applied, from a look at the disk; empty forgets. */
    Mono<Void> observe(Map<EntryPath, Optional<Applied>> looks);

    /** Paths that are desired, applied or work, after {@code after} in path order. */
    Mono<List<Known>> known(Optional<EntryPath> after, int limit);

    /**
     * @param work the kinds of work that the path is, due or not
     */
    record Known(
            EntryPath path, Optional<Entry> desired, Optional<Applied> applied, Set<Kind> work) {
        public Known {
            work = Set.copyOf(work);
        }
    }

    /** As {@link #known}, of these paths. */
    Mono<List<Known>> knownOf(Collection<EntryPath> paths);

    /** What of the orders was done here; all zero at first. */
    Mono<Requests> requestsDone();

    Mono<Void> requestsDone(Requests done);

    /** The counters of an order. */
    record Requests(long scan, long resync, long retry) {
        public static final Requests NONE = new Requests(0, 0, 0);
    }

    /** The incarnations that this target left; none at first. */
    Mono<LeftIncarnations> left();

    Mono<Void> left(LeftIncarnations all);

    /** Paths that are not as desired, at most {@code limit}, with the count of each code. */
    Mono<Deviations> deviations(int limit);

    record Deviations(Map<ErrorCode, Long> counts, List<Settled.Deviating> examples) {}

    /** Says that everything is at rest; the next owner need not scan for what a crash left. */
    Mono<Void> close();
}
