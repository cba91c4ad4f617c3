package io.driftless.agent;

import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Intent;
import io.driftless.port.TargetState.Known;
import io.driftless.port.TargetTree.Leftover;
import io.driftless.port.TargetTree.StageName;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Cleans up after a crash. A goal that has the inode we intended for it is ours, though its record
 * was lost. What is left in the stage is ours if we wrote it or if it is what we had applied at the
 * goal; anything else came out of the tree and may be somebody's: it goes to the trash.
 */
final class Recovery {
    private final AgentContext context;

    Recovery(AgentContext context) {
        this.context = context;
    }

    Mono<Void> run() {
        return context.ports()
                .state()
                .intents()
                .flatMap(intents -> {
                    List<EntryPath> paths = intents.stream().map(Intent::path).distinct().toList();
                    return context.ports()
                            .state()
                            .knownOf(paths)
                            .flatMap(known -> recover(intents, byPath(known)));
                });
    }

    private static Map<EntryPath, Known> byPath(List<Known> known) {
        Map<EntryPath, Known> byPath = new HashMap<>();
        known.forEach(one -> byPath.put(one.path(), one));
        return byPath;
    }

    private Mono<Void> recover(List<Intent> intents, Map<EntryPath, Known> known) {
        return context.ports()
                .tree()
                .leftovers()
                .flatMap(leftovers -> sort(leftovers, intents, known))
                .then(Mono.defer(() -> recordPlaced(intents, known)));
    }

    private Mono<Void> sort(
            List<Leftover> leftovers, List<Intent> intents, Map<EntryPath, Known> known) {
        Map<StageName, Intent> byName = new HashMap<>();
        intents.forEach(intent -> byName.put(intent.name(), intent));
        List<StageName> ours = new ArrayList<>();
        List<StageName> theirs = new ArrayList<>();
        for (Leftover leftover : leftovers) {
            Optional<Intent> intent = Optional.ofNullable(byName.get(leftover.name()));
            boolean isOurs =
                    intent.isEmpty()
                            ? leftover.name().value().startsWith(AgentContext.STAGED)
                            : isOurs(
                                    leftover.stat(),
                                    intent.get(),
                                    Optional.ofNullable(known.get(intent.get().path())));
            (isOurs ? ours : theirs).add(leftover.name());
        }
        var tree = context.ports().tree();
        return (theirs.isEmpty() ? Mono.<Void>empty() : tree.keep(theirs))
                .then(Mono.defer(() -> ours.isEmpty() ? Mono.empty() : tree.discard(ours)));
    }

    private static boolean isOurs(Stat stat, Intent intent, Optional<Known> known) {
        boolean isStaged = intent.inode().filter(inode -> inode == stat.inode()).isPresent();
        return isStaged
                || known.flatMap(Known::applied)
                        .filter(applied -> isSameButForChangeTime(applied.stat(), stat))
                        .isPresent();
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
        Optional<Entry.FileEntry> desired =
                known.flatMap(Known::desired)
                        .filter(Entry.FileEntry.class::isInstance)
                        .map(Entry.FileEntry.class::cast)
                        .filter(file ->
                                intent.content().filter(file.content().id()::equals).isPresent());
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

    /**
     * An edit in place keeps the inode and shows in size or time. What differs is not recorded and
     * so is read again.
     */
    private static boolean isAsPlaced(Stat stat, Intent intent, Entry.FileEntry file) {
        return stat.kind() == Stat.Kind.FILE
                && intent.inode().filter(inode -> inode == stat.inode()).isPresent()
                && stat.sizeBytes() == file.content().sizeBytes()
                && stat.metadata().modified().equals(file.metadata().modified());
    }
}
