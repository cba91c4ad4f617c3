package io.driftless.agent;

import io.driftless.agent.ContentStep.Need;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.FirstFailure;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.TargetState.Holder;
import io.driftless.port.TargetState.Intent;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Settled;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.port.TargetTree.StageName;
import io.driftless.port.TargetTree.TakeOver;
import io.driftless.tree.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stages what a batch needs, makes it durable, remembers the intents, makes it visible and
 * remembers what is there. Bytes come from files about to be removed, from files that stay, and
 * only then from the store.
 */
final class Placing {
    private final AgentContext context;
    private final Settling settling;
    private final SmallFiles small;
    private final LargeFiles large;

    Placing(AgentContext context, Settling settling, SmallFiles small, LargeFiles large) {
        this.context = context;
        this.settling = settling;
        this.small = small;
        this.large = large;
    }

    /** One path on its way: staged under a name, or failed already. */
    record Staged(Need.Place need, StageName name, Outcome outcome) {
        Entry entry() {
            return need.work().desired().orElseThrow();
        }

        boolean isStaged() {
            return outcome instanceof Outcome.Done;
        }
    }

    Mono<Void> place(List<Need.Place> needs) {
        if (needs.isEmpty()) {
            return Mono.empty();
        }
        return context.ports()
                .state()
                .holders(contents(needs))
                .flatMap(holders -> stage(needs, holders))
                .flatMap(this::makeVisible);
    }

    private static Set<ContentId> contents(List<Need.Place> needs) {
        Set<ContentId> contents = new HashSet<>();
        for (Need.Place need : needs) {
            if (need.work().desired().orElseThrow() instanceof Entry.FileEntry file
                    && file.content().sizeBytes() > 0) {
                contents.add(file.content().id());
            }
        }
        return contents;
    }

    private Mono<List<Staged>> stage(List<Need.Place> needs, List<Holder> holders) {
        Sources sources = new Sources(holders, context.mode());
        List<Need.Place> links = new ArrayList<>();
        List<TakeOver> moves = new ArrayList<>();
        List<Need.Place> moved = new ArrayList<>();
        List<Need.Place> rest = new ArrayList<>();
        for (Need.Place need : needs) {
            if (!(need.work().desired().orElseThrow() instanceof Entry.FileEntry file)) {
                links.add(need);
                continue;
            }
            Optional<Holder> leaving = sources.leaving(file.content().id());
            if (leaving.isPresent()) {
                var applied = leaving.get().applied();
                moves.add(new TakeOver(applied.path(), applied.stat(), file, context.takenName()));
                moved.add(need);
            } else {
                rest.add(need);
            }
        }
        List<Staged> staged = new ArrayList<>();
        links.forEach(link ->
                staged.add(
                        new Staged(
                                link,
                                context.stageName(),
                                new Outcome.Done(Optional.empty(), false))));
        return takeOver(moves, moved, staged, rest)
                .then(Mono.defer(() -> write(rest, sources, staged)));
    }

    /** Files that cannot be taken over after all are written like the rest. */
    private Mono<Void> takeOver(
            List<TakeOver> moves,
            List<Need.Place> needs,
            List<Staged> staged,
            List<Need.Place> rest) {
        if (moves.isEmpty()) {
            return Mono.empty();
        }
        return context.ports()
                .state()
                .intend(moves.stream().map(Placing::intent).toList())
                .then(context.ports().tree().takeOver(moves))
                .doOnNext(outcomes -> {
                    for (int i = 0; i < moves.size(); i++) {
                        if (outcomes.get(i) instanceof Outcome.Done) {
                            TakeOver move = moves.get(i);
                            context.counters()
                                    .tell(AppliedChange.removed(move.from(), move.expected()));
                            staged.add(new Staged(needs.get(i), move.name(), outcomes.get(i)));
                        } else {
                            rest.add(needs.get(i));
                        }
                    }
                })
                .then();
    }

    private Mono<List<Staged>> write(List<Need.Place> needs, Sources sources, List<Staged> staged) {
        List<Need.Place> smallOnes = new ArrayList<>();
        List<Need.Place> largeOnes = new ArrayList<>();
        Set<ContentId> begun = new HashSet<>();
        for (Need.Place need : needs) {
            if (!isLarge(need)) {
                smallOnes.add(need);
            } else if (begun.add(contentOf(need))) {
                largeOnes.add(need);
            }
            // A twin would be written into the same partial file: it stays due, for the next round.
        }
        List<Staged> filled = new ArrayList<>();
        return small.stage(smallOnes, sources)
                .doOnNext(staged::addAll)
                .thenMany(
                        Flux.fromIterable(largeOnes)
                                .flatMap(
                                        need -> large.fill(need, sources),
                                        context.settings().largeInFlight(),
                                        1))
                .onErrorMap(FirstFailure::of)
                .doOnNext(filled::add)
                .then()
                .onErrorResume(
                        Placing::isOfStore,
                        failure ->
                                finish(filled, staged)
                                        .flatMap(this::makeVisible)
                                        .then(Mono.error(failure)))
                .then(Mono.defer(() -> finish(filled, staged)));
    }

    /** What came before the store failed is whole: else it would wait for all the others. */
    private static boolean isOfStore(Throwable failure) {
        return failure instanceof SyncException known
                && switch (known.code()) {
                    case DEPENDENCY_UNAVAILABLE, STORE_REFUSED -> true;
                    default -> false;
                };
    }

    private Mono<List<Staged>> finish(List<Staged> filled, List<Staged> staged) {
        return Flux.fromIterable(filled)
                .concatMap(large::finish)
                .doOnNext(staged::add)
                .then(Mono.just(staged));
    }

    private boolean isLarge(Need.Place need) {
        boolean isListed =
                need.work().desired().orElseThrow() instanceof Entry.FileEntry file
                        && file.content().isListed();
        return isListed || sizeOf(need) > context.settings().largeBytes();
    }

    private static ContentId contentOf(Need.Place need) {
        return Settling.contentOf(need.work().desired().orElseThrow()).orElseThrow().id();
    }

    private static long sizeOf(Need.Place need) {
        return need.work().desired().orElseThrow() instanceof Entry.FileEntry file
                ? file.content().sizeBytes()
                : 0;
    }

    private Mono<Void> makeVisible(List<Staged> all) {
        List<Staged> staged = all.stream().filter(Staged::isStaged).toList();
        List<Settled> failed =
                all.stream()
                        .filter(one -> !one.isStaged())
                        .map(one -> settling.right(one.entry(), one.outcome(), 0))
                        .toList();
        if (staged.isEmpty()) {
            return settling.settle(Kind.CONTENT, failed);
        }
        var tree = context.ports().tree();
        List<StageName> files =
                staged.stream()
                        .filter(one -> one.entry() instanceof Entry.FileEntry)
                        .map(Staged::name)
                        .toList();
        return tree.makeDurable(files)
                .then(context.ports().state().intend(staged.stream().map(Placing::intent).toList()))
                .then(
                        Mono.defer(() ->
                                tree.place(
                                        staged.stream()
                                                .map(one ->
                                                        new Placement(
                                                                one.entry(),
                                                                one.name(),
                                                                one.need().expected()))
                                                .toList())))
                .flatMap(outcomes -> tree.syncDirectories(parents(staged)).thenReturn(outcomes))
                .flatMap(outcomes ->
                        settling.settle(Kind.CONTENT, settled(staged, outcomes, failed))
                                .then(Mono.defer(() -> discardUnplaced(staged, outcomes))));
    }

    /**
     * What cannot be placed is staged anew for each try, so it must not stay. Its inode tells it
     * from what came out of the tree under its name.
     */
    private Mono<Void> discardUnplaced(List<Staged> staged, List<Outcome> outcomes) {
        Map<StageName, Long> inodes = new HashMap<>();
        for (int i = 0; i < staged.size(); i++) {
            Staged one = staged.get(i);
            if (outcomes.get(i) instanceof Outcome.Failed) {
                intent(one).inode().ifPresent(inode -> inodes.put(one.name(), inode));
            }
        }
        return Unplaced.discard(context.ports().tree(), inodes);
    }

    /** From here on it is neither where it was nor where it is to be. */
    private static Intent intent(TakeOver move) {
        return new Intent(
                move.entry().path(),
                move.name(),
                Optional.of(move.expected().inode()),
                Optional.of(move.entry().content().id()));
    }

    private static Intent intent(Staged staged) {
        Optional<Long> inode =
                staged.outcome() instanceof Outcome.Done(var stat, var trashed)
                        ? stat.map(one -> one.inode())
                        : Optional.empty();
        return new Intent(
                staged.entry().path(),
                staged.name(),
                inode,
                Settling.contentOf(staged.entry()).map(content -> content.id()));
    }

    private static List<EntryPath> parents(List<Staged> staged) {
        return staged.stream().map(one -> one.entry().path().parent()).distinct().toList();
    }

    private List<Settled> settled(
            List<Staged> staged, List<Outcome> outcomes, List<Settled> failed) {
        List<Settled> settled = new ArrayList<>(failed);
        for (int i = 0; i < staged.size(); i++) {
            Need.Place need = staged.get(i).need();
            Entry desired = staged.get(i).entry();
            settled.add(
                    settling.telling(
                            AppliedChange.made(desired, need.before()),
                            isWritten(staged.get(i))
                                    ? settling.proven(desired, outcomes.get(i), sizeOf(need))
                                    : settling.right(desired, outcomes.get(i), sizeOf(need))));
        }
        return settled;
    }

    /** Every block of what we write is verified; what was only moved was not read. */
    private static boolean isWritten(Staged staged) {
        return staged.name().value().startsWith(AgentContext.STAGED);
    }

    /** Files of this target that hold contents needed now. */
    static final class Sources {
        private final Map<ContentId, Deque<Holder>> leaving = new HashMap<>();
        private final Map<ContentId, Holder> staying = new HashMap<>();

        Sources(List<Holder> holders, Mode mode) {
            for (Holder holder : holders) {
                ContentId id = holder.applied().content().orElseThrow().id();
                if (holder.isToBeRemoved() && mode == Mode.MIRROR) {
                    leaving.computeIfAbsent(id, content -> new ArrayDeque<>()).add(holder);
                } else {
                    staying.put(id, holder);
                }
            }
        }

        /** A file that is about to be removed and not promised yet. */
        Optional<Holder> leaving(ContentId content) {
            Deque<Holder> holders = leaving.get(content);
            return Optional.ofNullable(holders == null ? null : holders.poll());
        }

        /** A file that may be copied from. */
        Optional<Holder> staying(ContentId content) {
            return Optional.ofNullable(staying.get(content));
        }
    }

    /** Says of everything that could not be staged why. */
    static List<Staged> failed(
            List<Need.Place> needs, ErrorCode code, String message, StageName name) {
        return needs.stream()
                .map(need -> new Staged(need, name, new Outcome.Failed(code, message)))
                .toList();
    }
}
