package io.driftless.agent;

import io.driftless.block.ContentId;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Holder;
import io.driftless.port.TargetState.Intent;
import io.driftless.port.TargetState.Known;
import io.driftless.port.TargetTree.Leftover;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.port.TargetTree.StageName;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * Cleans up after a crash. A goal that has the inode we intended for it is ours, though its record
 * was lost. What is left in the stage and was about to be made visible is made visible now, if it
 * is still desired: a renamed file is not fetched again. The rest is ours if we wrote it or if it
 * is what we had applied at the goal; anything else came out of the tree and may be somebody's: it
 * goes to the trash. What was put there with another state is ours only by an intent of this one: a
 * name tells who wrote a file, but not what an exchange has put under it since.
 */
final class Recovery {
    private final AgentContext context;
    private final Takeover takeover;

    Recovery(AgentContext context, Takeover takeover) {
        this.context = context;
        this.takeover = takeover;
    }

    Mono<Void> run() {
        return context.ports()
                .state()
                .intents()
                .flatMap(intents -> {
                    List<EntryPath> paths = intents.stream().map(Intent::path).distinct().toList();
                    Set<ContentId> contents =
                            intents.stream()
                                    .flatMap(intent -> intent.content().stream())
                                    .collect(Collectors.toSet());
                    var state = context.ports().state();
                    return Mono.zip(state.knownOf(paths), state.holders(contents))
                            .flatMap(found ->
                                    recover(intents, byPath(found.getT1()), found.getT2()));
                });
    }

    private static Map<EntryPath, Known> byPath(List<Known> known) {
        Map<EntryPath, Known> byPath = new HashMap<>();
        known.forEach(one -> byPath.put(one.path(), one));
        return byPath;
    }

    private Mono<Void> recover(
            List<Intent> intents, Map<EntryPath, Known> known, List<Holder> holders) {
        return context.ports()
                .tree()
                .leftovers()
                .flatMap(leftovers -> sort(leftovers, intents, known, holders))
                .then(Mono.defer(() -> recordPlaced(intents, known)))
                .then(Mono.defer(takeover::end));
    }

    private Mono<Void> sort(
            List<Leftover> leftovers,
            List<Intent> intents,
            Map<EntryPath, Known> known,
            List<Holder> holders) {
        Map<StageName, Intent> byName = new HashMap<>();
        intents.forEach(intent -> byName.put(intent.name(), intent));
        List<Placement> unfinished = new ArrayList<>();
        Map<StageName, Long> inodes = new HashMap<>();
        List<StageName> ours = new ArrayList<>();
        List<StageName> theirs = new ArrayList<>();
        for (Leftover leftover : leftovers) {
            Optional<Intent> intent = Optional.ofNullable(byName.get(leftover.name()));
            Optional<Known> goal =
                    intent.flatMap(one -> Optional.ofNullable(known.get(one.path())));
            Optional<Placement> placement =
                    intent.flatMap(one -> placement(leftover, one, goal, holders));
            if (placement.isPresent()) {
                unfinished.add(placement.get());
                inodes.put(leftover.name(), leftover.stat().inode());
            } else {
                (isOurs(leftover, intent, goal) ? ours : theirs).add(leftover.name());
            }
        }
        var tree = context.ports().tree();
        return (ours.isEmpty() ? Mono.<Void>empty() : tree.discard(ours)) // Makes room for theirs.
                .then(Mono.defer(() -> theirs.isEmpty() ? Mono.empty() : tree.keep(theirs)))
                .then(Mono.defer(() -> finish(unfinished, inodes)));
    }

    /** How to make visible what was whole in the stage and is still desired. */
    private static Optional<Placement> placement(
            Leftover leftover, Intent intent, Optional<Known> goal, List<Holder> holders) {
        Stat stat = leftover.stat();
        return desired(intent, goal)
                .filter(file ->
                        isAsPlaced(stat, intent, file)
                                || isInode(intent, stat) && isAsTaken(stat, file, holders))
                .map(file ->
                        new Placement(
                                file,
                                leftover.name(),
                                goal.flatMap(Known::applied).map(Applied::stat)));
    }

    private Mono<Void> finish(List<Placement> placements, Map<StageName, Long> inodes) {
        if (placements.isEmpty()) {
            return Mono.empty();
        }
        var tree = context.ports().tree();
        return tree.makeDurable(placements.stream().map(Placement::name).toList())
                .then(Mono.defer(() -> tree.place(placements)))
                .flatMap(outcomes -> {
                    Map<StageName, Long> unplaced = new HashMap<>();
                    List<EntryPath> directories = new ArrayList<>();
                    for (int i = 0; i < outcomes.size(); i++) {
                        if (outcomes.get(i) instanceof Outcome.Failed) {
                            StageName name = placements.get(i).name();
                            unplaced.put(name, inodes.get(name));
                        } else {
                            directories.add(placements.get(i).entry().path().parent());
                        }
                    }
                    return tree.syncDirectories(directories.stream().distinct().toList())
                            .then(Unplaced.discard(tree, unplaced));
                });
    }

    private boolean isOurs(Leftover leftover, Optional<Intent> intent, Optional<Known> goal) {
        boolean isWritten = leftover.name().value().startsWith(AgentContext.STAGED);
        if (intent.isEmpty()) {
            return isWritten && takeover.isStageOwn();
        }
        boolean isStaged = isInode(intent.get(), leftover.stat());
        return isWritten && isStaged
                || goal.flatMap(Known::applied)
                        .filter(applied -> isSameButForChangeTime(applied.stat(), leftover.stat()))
                        .isPresent();
    }

    /** A file that was taken from its old path keeps for an instant the metadata that it had. */
    private static boolean isAsTaken(Stat stat, Entry.FileEntry file, List<Holder> holders) {
        return holders.stream()
                .map(Holder::applied)
                .filter(applied -> applied.content().equals(Optional.of(file.content())))
                .anyMatch(applied -> isSameButForChangeTime(applied.stat(), stat));
    }

    private static boolean isInode(Intent intent, Stat stat) {
        return intent.inode().filter(inode -> inode == stat.inode()).isPresent();
    }

    /** A rename changes the change time of what it moves. */
    private static boolean isSameButForChangeTime(Stat one, Stat other) {
        return one.kind() == other.kind()
                && one.sizeBytes() == other.sizeBytes()
                && one.metadata().equals(other.metadata())
                && one.isSameInode(other);
    }

    private Mono<Void> recordPlaced(List<Intent> intents, Map<EntryPath, Known> known) {
        List<Intent> files = intents.stream().filter(intent -> intent.inode().isPresent()).toList();
        if (files.isEmpty()) {
            return Mono.empty();
        }
        return context.ports()
                .tree()
                .look(files.stream().map(Intent::path).toList())
                .flatMap(found -> {
                    Map<EntryPath, Optional<Applied>> placed = new HashMap<>();
                    for (int i = 0; i < files.size(); i++) {
                        Intent intent = files.get(i);
                        placed(intent, found.get(i), Optional.ofNullable(known.get(intent.path())))
                                .ifPresent(
                                        applied -> placed.put(intent.path(), Optional.of(applied)));
                    }
                    return placed.isEmpty()
                            ? Mono.empty()
                            : context.ports().state().observe(placed);
                });
    }

    private static Optional<Applied> placed(Intent intent, Found found, Optional<Known> known) {
        Optional<Entry.FileEntry> desired = desired(intent, known);
        return found instanceof Found.Present present
                        && desired.filter(file -> isAsPlaced(present.stat(), intent, file))
                                .isPresent()
                ? Optional.of(
                        new Applied(
                                intent.path(),
                                present.stat(),
                                desired.map(Entry.FileEntry::content)))
                : Optional.empty();
    }

    /** The file that was intended, if it still is. */
    private static Optional<Entry.FileEntry> desired(Intent intent, Optional<Known> goal) {
        return goal.flatMap(Known::desired)
                .filter(Entry.FileEntry.class::isInstance)
                .map(Entry.FileEntry.class::cast)
                .filter(file -> intent.content().filter(file.content().id()::equals).isPresent());
    }

    /**
     * An edit in place keeps the inode and shows in size or time. What differs is not recorded and
     * so is read again.
     */
    private static boolean isAsPlaced(Stat stat, Intent intent, Entry.FileEntry file) {
        return stat.kind() == Stat.Kind.FILE
                && isInode(intent, stat)
                && stat.sizeBytes() == file.content().sizeBytes()
                && stat.metadata().modified().equals(file.metadata().modified());
    }
}
