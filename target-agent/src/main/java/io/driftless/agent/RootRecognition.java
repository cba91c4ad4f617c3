package io.driftless.agent;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetTree.Ground;
import io.driftless.port.TargetTree.Marker;
import io.driftless.port.TreeReader;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Knows a target's root again that was without an agent for a while, or was lost under one. A file
 * system that is not mounted, or another directory under the name, must not be filled, nor emptied
 * of what it holds.
 *
 * <p>The directory that it was is the root, whatever is in it. Another one is where it holds the
 * marker, or a file that is as this agent left it. Where no agent was, one that holds nothing, or
 * none at all, is the root made anew, unless it is on another file system.
 */
final class RootRecognition {
    private static final int SAMPLE = 64;
    private static final List<EntryPath> ROOT = List.of(EntryPath.ROOT);

    private final AgentContext context;

    RootRecognition(AgentContext context) {
        this.context = context;
    }

    /** Fails with {@code ROOT_LOST} where the root is another than the one that was worked on. */
    Mono<Void> check() {
        return sample().filter(sample -> !sample.isEmpty())
                .flatMap(sample -> root().flatMap(root -> isRight(root, sample)))
                .flatMap(RootRecognition::orLost);
    }

    /**
     * The same of a root that was lost while this agent worked on it: its name may lead to it again
     * through another mount. Nothing is made anew, for whoever took it away may bring it back.
     *
     * @param marked the marker as it was written last, where it was: another is of another time
     */
    Mono<Void> checkAgain(Optional<Marker> marked) {
        return Mono.zip(sample(), root(), context.ports().tree().ground())
                .flatMap(found ->
                        isBack(found.getT2(), found.getT1(), isMarked(found.getT3(), marked)))
                .flatMap(RootRecognition::orLost);
    }

    private static boolean isMarked(Ground ground, Optional<Marker> marked) {
        return ground instanceof Ground.Marked(Marker there)
                && marked.filter(one -> !one.equals(there)).isEmpty();
    }

    private Mono<Boolean> isBack(Optional<Stat> root, List<Applied> sample, boolean isMarked) {
        return context.ports()
                .tree()
                .adopt(now ->
                        isSame(now, root)
                                .flatMap(isSame ->
                                        isSame || isMarked
                                                ? Mono.just(true)
                                                : holdsAny(now, sample)));
    }

    private Mono<List<Applied>> sample() {
        return context.ports().state().leastProven(context.now(), SAMPLE);
    }

    private static Mono<Void> orLost(boolean isRight) {
        return isRight ? Mono.empty() : Mono.error(another());
    }

    /** As it was left; empty where it was never touched. */
    private Mono<Optional<Stat>> root() {
        return context.ports()
                .state()
                .knownOf(ROOT)
                .map(known ->
                        known.stream()
                                .flatMap(one -> one.applied().stream())
                                .map(Applied::stat)
                                .findFirst());
    }

    private Mono<Boolean> isRight(Optional<Stat> root, List<Applied> sample) {
        var tree = context.ports().tree();
        return tree.ground()
                .flatMap(ground ->
                        switch (ground) {
                            case Ground.Absent(Optional<Long> device) ->
                                    Mono.just(isOn(device, root));
                            case Ground.Marked _ ->
                                    tree.adopt(now -> isRight(now, root, Mono.just(true)));
                            case Ground.Unmarked() ->
                                    tree.adopt(now -> isRight(now, root, holdsAny(now, sample)));
                        });
    }

    /**
     * @param isKnown asked where it is another directory, and holds something
     */
    private static Mono<Boolean> isRight(
            TreeReader now, Optional<Stat> root, Mono<Boolean> isKnown) {
        return there(now)
                .flatMap(there -> {
                    if (isSame(there, root)) {
                        return Mono.just(true);
                    }
                    return now.list(EntryPath.ROOT)
                            .flatMap(names ->
                                    names.isEmpty()
                                            ? Mono.just(isOn(there.map(Stat::device), root))
                                            : isKnown);
                });
    }

    private static Mono<Boolean> isSame(TreeReader now, Optional<Stat> root) {
        return there(now).map(there -> isSame(there, root));
    }

    private static boolean isSame(Optional<Stat> there, Optional<Stat> root) {
        return root.flatMap(known -> there.filter(known::isSameInode)).isPresent();
    }

    private static Mono<Optional<Stat>> there(TreeReader now) {
        return now.look(ROOT)
                .map(found ->
                        found.getFirst() instanceof Found.Present(_, Stat stat, _, _)
                                ? Optional.of(stat)
                                : Optional.empty());
    }

    /** Where one of the two is not known nothing speaks against it. */
    private static boolean isOn(Optional<Long> device, Optional<Stat> known) {
        return device.isEmpty() || known.isEmpty() || device.get() == known.get().device();
    }

    private static Mono<Boolean> holdsAny(TreeReader now, List<Applied> sample) {
        return now.look(sample.stream().map(Applied::path).toList())
                .map(found -> {
                    boolean isAny = false;
                    for (int i = 0; i < sample.size(); i++) {
                        isAny |= isAsLeft(found.get(i), sample.get(i).stat());
                    }
                    return isAny;
                });
    }

    private static boolean isAsLeft(Found found, Stat applied) {
        return found instanceof Found.Present there && applied.isSameTuple(there.stat());
    }

    private static SyncException another() {
        return new SyncException(
                ErrorCode.ROOT_LOST,
                "What is under the target's name holds nothing of what was put there. Bring the"
                        + " target back; or, if this is to be the target now, delete the agent's"
                        + " state and start again.");
    }
}
