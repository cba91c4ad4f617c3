package io.driftless.agent;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Settled;
import io.driftless.port.TargetState.Work;
import io.driftless.port.TargetTree.MetadataChange;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.port.TargetTree.Removal;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;

/** Makes and removes directories, removes files, and sets directories' metadata. */
final class TreeStep {
    private static final int MAX_REMEMBERED = 100_000;

    private final AgentContext context;
    private final ExtrasGuard guard;
    private final Settling settling;

    /**
     * Directories that were told of as made: setting their metadata is no second change. Bounded:
     * of the eldest both are told.
     */
    private final Set<EntryPath> toldAsMade = Bounded.set(MAX_REMEMBERED);

    TreeStep(AgentContext context, ExtrasGuard guard, Settling settling) {
        this.context = context;
        this.guard = guard;
        this.settling = settling;
    }

    /**
     * Makes directories, parents first. Owner, mode and times follow when everything in them is
     * done. True where one was missing that had been there, and so all that was in it.
     */
    Mono<Boolean> makeDirectories(List<Work> works) {
        List<Placement> placements =
                works.stream()
                        .map(work ->
                                new Placement(
                                        work.desired().orElseThrow(),
                                        context.stageName(),
                                        work.applied().map(Applied::stat)))
                        .toList();
        List<EntryPath> parents =
                works.stream().map(work -> work.path().parent()).distinct().toList();
        var tree = context.ports().tree();
        return lookIfNeeded(works)
                .flatMap(before ->
                        tree.makeDirectories(placements)
                                .flatMap(outcomes ->
                                        tree.syncDirectories(parents).thenReturn(outcomes))
                                .map(outcomes -> made(works, outcomes))
                                .doOnNext(settled -> tellMade(works, before, settled))
                                .flatMap(settled ->
                                        settling.settle(Kind.DIRECTORY, settled)
                                                .thenReturn(wasLost(works, before, settled))));
    }

    /** Whether a directory is there already shows in no outcome; where nobody asks, no look. */
    private Mono<List<Found>> lookIfNeeded(List<Work> works) {
        boolean isNeeded =
                context.counters().isTold()
                        || works.stream().anyMatch(work -> work.applied().isPresent());
        return isNeeded
                ? context.ports().tree().look(works.stream().map(Work::path).toList())
                : Mono.just(List.of());
    }

    private static boolean wasLost(List<Work> works, List<Found> before, List<Settled> settled) {
        for (int i = 0; i < before.size(); i++) {
            boolean wasApplied =
                    works.get(i)
                            .applied()
                            .filter(applied -> applied.stat().kind() == Stat.Kind.DIRECTORY)
                            .isPresent();
            if (wasApplied
                    && !isDirectory(before.get(i))
                    && settled.get(i) instanceof Settled.Right) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDirectory(Found found) {
        return found instanceof Found.Present present
                && present.stat().kind() == Stat.Kind.DIRECTORY;
    }

    private void tellMade(List<Work> works, List<Found> before, List<Settled> settled) {
        for (int i = 0; i < before.size(); i++) {
            Optional<Stat> stat =
                    before.get(i) instanceof Found.Present present
                            ? Optional.of(present.stat())
                            : Optional.empty();
            if (!isDirectory(before.get(i)) && settled.get(i) instanceof Settled.Right) {
                toldAsMade.add(works.get(i).path());
                context.counters()
                        .tell(AppliedChange.made(works.get(i).desired().orElseThrow(), stat));
            }
        }
    }

    private List<Settled> made(List<Work> works, List<Outcome> outcomes) {
        List<Settled> settled = new ArrayList<>();
        for (int i = 0; i < works.size(); i++) {
            EntryPath path = works.get(i).path();
            settled.add(
                    switch (outcomes.get(i)) {
                        case Outcome.Done(Optional<Stat> stat, boolean trashed)
                                when stat.isPresent() ->
                                new Settled.Right(new Applied(path, stat.get(), Optional.empty()));
                        case Outcome.Done done ->
                                settling.deviating(
                                        path,
                                        ErrorCode.LOCAL_EDIT,
                                        path + " was gone right after it was made.");
                        case Outcome.Failed(ErrorCode code, String message) ->
                                settling.deviating(path, code, message);
                    });
        }
        return settled;
    }

    Mono<Void> setDirectoryMetadata(List<Work> works) {
        return context.ports()
                .tree()
                .look(works.stream().map(Work::path).toList())
                .flatMap(found -> setMetadataOfDirectories(works, found));
    }

    /** What took the place of a directory is not ours to describe. */
    private Mono<Void> setMetadataOfDirectories(List<Work> works, List<Found> found) {
        List<Settled> settled = new ArrayList<>();
        List<Work> present = new ArrayList<>();
        List<MetadataChange> changes = new ArrayList<>();
        for (int i = 0; i < works.size(); i++) {
            Work work = works.get(i);
            switch (found.get(i)) {
                case Found.Present there when isDirectory(there) -> {
                    Metadata wanted = work.desired().orElseThrow().metadata();
                    present.add(work);
                    changes.add(new MetadataChange(work.path(), wanted, Optional.empty()));
                }
                case Found.Unreadable(var path, var code, var message) ->
                        settled.add(settling.deviating(path, code, message));
                case Found.Present _, Found.Absent _ ->
                        settled.add(
                                settling.deviating(
                                        work.path(),
                                        ErrorCode.ENTRY_VANISHED,
                                        "There is no directory " + work.path() + " any more."));
            }
        }
        return context.ports()
                .tree()
                .setMetadata(changes)
                .flatMap(outcomes -> {
                    for (int i = 0; i < present.size(); i++) {
                        Entry desired = present.get(i).desired().orElseThrow();
                        Settled one = settling.right(desired, outcomes.get(i), 0);
                        settled.add(one);
                        tellDescribed(present.get(i), one);
                    }
                    return settling.settle(Kind.DIRECTORY_METADATA, settled);
                });
    }

    /** Before the work in a directory touched its times, it was as we had left or found it. */
    private void tellDescribed(Work work, Settled settled) {
        boolean isTold = settled instanceof Settled.Right && toldAsMade.remove(work.path());
        if (!isTold && work.applied().isPresent()) {
            settling.telling(
                    AppliedChange.described(
                            work.desired().orElseThrow(), work.applied().get().stat()),
                    settled);
        }
    }

    /**
     * Removes what is not desired any more; in overlay it is released and stays. A directory with
     * something in it that was never put there stays with it.
     */
    Mono<Void> remove(List<Work> works) {
        if (context.mode() == Mode.OVERLAY) {
            List<Settled> released =
                    works.stream()
                            .map(work -> (Settled) new Settled.Released(work.path()))
                            .toList();
            return settling.settle(Kind.REMOVAL, released);
        }
        return context.ports()
                .tree()
                .look(works.stream().map(Work::path).toList())
                .flatMap(found -> removeFound(works, found));
    }

    /** Leaves what is there as it is, as a deviation; what is gone is settled. */
    Mono<Void> hold(List<Work> works) {
        return context.ports()
                .tree()
                .look(works.stream().map(Work::path).toList())
                .flatMap(found ->
                        settling.settle(Kind.REMOVAL, found.stream().map(this::held).toList()));
    }

    private Settled held(Found found) {
        return found instanceof Found.Absent
                ? new Settled.Gone(found.path())
                : settling.deviating(
                        found.path(),
                        ErrorCode.EXTRAS_HELD,
                        found.path() + " was never put here; it waits for approval.");
    }

    private Mono<Void> removeFound(List<Work> works, List<Found> found) {
        List<Settled> settled = new ArrayList<>();
        List<Found.Present> present = new ArrayList<>();
        List<Removal> removals = new ArrayList<>();
        for (int i = 0; i < works.size(); i++) {
            Work work = works.get(i);
            switch (found.get(i)) {
                case Found.Absent absent -> settled.add(new Settled.Gone(work.path()));
                case Found.Unreadable(var path, var code, var message) ->
                        settled.add(settling.deviating(path, code, message));
                case Found.Present there -> {
                    present.add(there);
                    removals.add(new Removal(there.path(), expected(work, there.stat())));
                }
            }
        }
        return context.ports()
                .tree()
                .remove(removals)
                .flatMap(outcomes -> {
                    for (int i = 0; i < outcomes.size(); i++) {
                        settled.add(
                                isNotEmpty(outcomes.get(i))
                                        ? stays(present.get(i).path())
                                        : gone(present.get(i), outcomes.get(i)));
                    }
                    return syncParents(present)
                            .then(Mono.defer(() -> settling.settle(Kind.REMOVAL, settled)));
                });
    }

    /**
     * A directory's times change with what is in it, so only its inode tells whether it is still
     * ours.
     */
    private static Optional<Stat> expected(Work work, Stat actual) {
        Optional<Stat> applied = work.applied().map(Applied::stat);
        boolean isOurDirectory =
                actual.kind() == Stat.Kind.DIRECTORY
                        && applied.filter(actual::isSameInode).isPresent();
        return isOurDirectory ? Optional.of(actual) : applied;
    }

    private static boolean isNotEmpty(Outcome outcome) {
        return outcome instanceof Outcome.Failed failed
                && failed.code() == ErrorCode.FOREIGN_IN_THE_WAY;
    }

    /**
     * What is in it is known, and waits, or a scan is to see and count it first: then it is removed
     * before its directory, or waits.
     */
    private Settled stays(EntryPath directory) {
        if (guard.keepsExtras()) {
            return settling.deviating(
                    directory,
                    ErrorCode.EXTRAS_HELD,
                    "What is in "
                            + directory
                            + " was never put there; it is counted, and may wait for approval.");
        }
        guard.mustSee(directory);
        return settling.deviating(
                directory,
                ErrorCode.FOREIGN_IN_THE_WAY,
                "Something that was never put there is in " + directory + "; a scan counts it.");
    }

    private Settled gone(Found.Present there, Outcome outcome) {
        if (outcome instanceof Outcome.Done) {
            guard.isCleared(there.path());
        }
        return settling.telling(
                AppliedChange.removed(there.path(), there.stat()),
                settling.gone(there.path(), outcome));
    }

    private Mono<Void> syncParents(List<Found.Present> removed) {
        List<EntryPath> parents =
                removed.stream().map(one -> one.path().parent()).distinct().toList();
        return parents.isEmpty() ? Mono.empty() : context.ports().tree().syncDirectories(parents);
    }
}
