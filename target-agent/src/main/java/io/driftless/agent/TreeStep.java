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
import io.driftless.tree.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Makes and removes directories, removes files, and sets directories' metadata. */
final class TreeStep {
    private final AgentContext context;
    private final Settling settling;

    TreeStep(AgentContext context, Settling settling) {
        this.context = context;
        this.settling = settling;
    }

    /**
     * Makes directories, parents first. Owner, mode and times follow when everything in them is
     * done.
     */
    Mono<Void> makeDirectories(List<Work> works) {
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
        return context.ports()
                .tree()
                .makeDirectories(placements)
                .flatMap(outcomes ->
                        context.ports().tree().syncDirectories(parents).thenReturn(outcomes))
                .flatMap(outcomes -> settling.settle(Kind.DIRECTORY, made(works, outcomes)));
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
        List<MetadataChange> changes =
                works.stream()
                        .map(work ->
                                new MetadataChange(
                                        work.path(), work.desired().orElseThrow().metadata()))
                        .toList();
        return context.ports()
                .tree()
                .setMetadata(changes)
                .flatMap(outcomes -> {
                    List<Settled> settled = new ArrayList<>();
                    for (int i = 0; i < works.size(); i++) {
                        Entry desired = works.get(i).desired().orElseThrow();
                        settled.add(settling.right(desired, outcomes.get(i), 0));
                    }
                    return settling.settle(Kind.DIRECTORY_METADATA, settled);
                });
    }

    /** Removes what is not desired any more; in overlay it is released and stays. */
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

    private Mono<Void> removeFound(List<Work> works, List<Found> found) {
        List<Settled> settled = new ArrayList<>();
        List<Work> present = new ArrayList<>();
        List<Removal> removals = new ArrayList<>();
        for (int i = 0; i < works.size(); i++) {
            Work work = works.get(i);
            switch (found.get(i)) {
                case Found.Absent absent -> settled.add(new Settled.Gone(work.path()));
                case Found.Unreadable(var path, var code, var message) ->
                        settled.add(settling.deviating(path, code, message));
                case Found.Present(var path, var stat, var target) -> {
                    present.add(work);
                    removals.add(new Removal(path, expected(work, stat)));
                }
            }
        }
        return context.ports()
                .tree()
                .remove(removals)
                .flatMap(outcomes -> {
                    List<EntryPath> full = new ArrayList<>();
                    for (int i = 0; i < outcomes.size(); i++) {
                        if (isNotEmpty(outcomes.get(i))) {
                            full.add(present.get(i).path());
                        } else {
                            settled.add(settling.gone(present.get(i).path(), outcomes.get(i)));
                        }
                    }
                    return trash(full)
                            .doOnNext(settled::addAll)
                            .then(syncParents(present))
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

    /** Directories that hold what is not ours go to the trash with it. */
    private Mono<List<Settled>> trash(List<EntryPath> full) {
        if (full.isEmpty()) {
            return Mono.just(List.of());
        }
        return context.ports()
                .tree()
                .moveToTrash(full)
                .map(outcomes -> {
                    List<Settled> settled = new ArrayList<>();
                    for (int i = 0; i < full.size(); i++) {
                        settled.add(settling.gone(full.get(i), outcomes.get(i)));
                    }
                    return settled;
                });
    }

    private Mono<Void> syncParents(List<Work> works) {
        List<EntryPath> parents =
                works.stream().map(work -> work.path().parent()).distinct().toList();
        return parents.isEmpty() ? Mono.empty() : context.ports().tree().syncDirectories(parents);
    }
}
