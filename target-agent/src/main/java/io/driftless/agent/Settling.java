package io.driftless.agent;

import io.driftless.block.Content;
import io.driftless.error.ErrorCode;
import io.driftless.flow.WorkLoop;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Demand;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Settled;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;

/** Turns outcomes into what is remembered of a path. */
final class Settling {
    private static final int MAX_REMEMBERED = 10_000;

    private final AgentContext context;

    /**
     * Failures in a row of a path, for the backoff; bounded: the eldest are forgotten and begin
     * anew.
     */
    private final Map<EntryPath, Integer> failures = Bounded.map(MAX_REMEMBERED);

    /** Directories of paths that became right after they had failed. */
    private final Set<EntryPath> touchedLate = new HashSet<>();

    private boolean isShortOfSpace;

    Settling(AgentContext context) {
        this.context = context;
    }

    /**
     * Remembers how work ended. Where a directory turned out to be gone it is to be made again:
     * else what belongs into it would be tried for ever. What comes late changes the time of a
     * directory that was as desired already.
     */
    Mono<Void> settle(Kind kind, List<Settled> settled) {
        if (settled.isEmpty()) {
            return Mono.empty();
        }
        List<Demand> demands = new ArrayList<>();
        settled.stream()
                .filter(Settling::isVanished)
                .map(one -> kind == Kind.DIRECTORY_METADATA ? one.path() : one.path().parent())
                .distinct()
                .forEach(directory -> demands.add(new Demand(directory, Kind.DIRECTORY, false)));
        takeTouchedLate()
                .forEach(directory ->
                        demands.add(new Demand(directory, Kind.DIRECTORY_METADATA, false)));
        var state = context.ports().state();
        return state.settle(kind, settled)
                .then(demands.isEmpty() ? Mono.empty() : state.demand(demands));
    }

    private synchronized Set<EntryPath> takeTouchedLate() {
        Set<EntryPath> taken = Set.copyOf(touchedLate);
        touchedLate.clear();
        return taken;
    }

    private static boolean isVanished(Settled settled) {
        return settled instanceof Settled.Deviating deviating
                && deviating.code() == ErrorCode.ENTRY_VANISHED;
    }

    synchronized Settled deviating(EntryPath path, ErrorCode code, String message) {
        isShortOfSpace |= code == ErrorCode.NO_SPACE;
        int count = failures.merge(path, 1, Integer::sum);
        var wait =
                WorkLoop.backoff(
                        count, context.settings().firstRetry(), context.settings().longestRetry());
        return new Settled.Deviating(path, code, message, context.steady().plus(wait), count);
    }

    /** Whether the disk was full since this was asked last. */
    synchronized boolean takeShortage() {
        boolean wasShort = isShortOfSpace;
        isShortOfSpace = false;
        return wasShort;
    }

    private synchronized void forget(EntryPath path) {
        if (failures.remove(path) != null && !path.isRoot()) {
            touchedLate.add(path.parent());
        }
    }

    /**
     * The path is as desired if the outcome says so and owner and mode are what they should be.
     *
     * @param bytesWritten bytes that were put in place for it
     */
    Settled right(Entry desired, Outcome outcome, long bytesWritten) {
        return right(desired, outcome, bytesWritten, Optional.empty());
    }

    /** As {@link #right}, where all its bytes were hashed just now. */
    Settled proven(Entry desired, Outcome outcome, long bytesWritten) {
        return right(desired, outcome, bytesWritten, Optional.of(context.now()));
    }

    private Settled right(
            Entry desired, Outcome outcome, long bytesWritten, Optional<Instant> proven) {
        return switch (outcome) {
            case Outcome.Done(Optional<Stat> stat, boolean trashed) when stat.isPresent() ->
                    notPermitted(desired, stat.get())
                            .orElseGet(() -> made(desired, stat.get(), bytesWritten, proven));
            case Outcome.Done done ->
                    deviating(
                            desired.path(),
                            ErrorCode.LOCAL_EDIT,
                            desired.path() + " was gone right after it was made.");
            case Outcome.Failed(ErrorCode code, String message) ->
                    deviating(desired.path(), code, message);
        };
    }

    /** Why it is not right after all. */
    private Optional<Settled> notPermitted(Entry desired, Stat stat) {
        Metadata want = desired.metadata();
        Metadata have = stat.metadata();
        boolean isOwned = want.uid() == have.uid() && want.gid() == have.gid();
        boolean hasMode = desired instanceof Entry.SymlinkEntry || want.mode() == have.mode();
        return isOwned && hasMode
                ? Optional.empty()
                : Optional.of(
                        deviating(
                                desired.path(),
                                ErrorCode.NOT_PERMITTED,
                                "%s has owner %d:%d and mode %o, desired is %d:%d and %o."
                                        .formatted(
                                                desired.path(),
                                                have.uid(),
                                                have.gid(),
                                                have.mode(),
                                                want.uid(),
                                                want.gid(),
                                                want.mode())));
    }

    private Settled made(Entry desired, Stat stat, long bytesWritten, Optional<Instant> proven) {
        forget(desired.path());
        context.counters().applied(1, bytesWritten);
        return new Settled.Right(new Applied(desired.path(), stat, contentOf(desired), proven));
    }

    /** What was tried is tried again at once, and the waits between tries begin anew. */
    synchronized void forgetFailures() {
        failures.clear();
    }

    Settled gone(EntryPath path, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> {
                forget(path);
                context.counters().applied(1, 0);
                yield new Settled.Gone(path);
            }
            case Outcome.Failed(ErrorCode code, String message) -> deviating(path, code, message);
        };
    }

    /** The same, after whoever listens was told of the change; not where the path is not right. */
    Settled telling(AppliedChange change, Settled settled) {
        if (!(settled instanceof Settled.Deviating)) {
            context.counters().tell(change);
        }
        return settled;
    }

    static Optional<Content> contentOf(Entry entry) {
        return entry instanceof Entry.FileEntry file
                ? Optional.of(file.content())
                : Optional.empty();
    }
}
