package io.driftless.agent;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetTree.Ground;
import io.driftless.port.TreeReader;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Knows a target's root again that was without an agent for a while. A file system that is not
 * mounted, or another directory under the name, must not be filled, nor emptied of what it holds.
 *
 * <p>A marker tells the root, and so does a file that is as this agent left it. Where neither is
 * there, a directory that holds something is another; one that holds nothing, or is not there at
 * all, is the same made anew, unless it is on another file system.
 */
final class RootRecognition {
    private static final int SAMPLE = 64;

    private final AgentContext context;

    RootRecognition(AgentContext context) {
        this.context = context;
    }

    /** Fails with {@code ROOT_LOST} where the root is another than the one that was worked on. */
    Mono<Void> check() {
        return context.ports()
                .state()
                .leastProven(context.now(), SAMPLE)
                .flatMap(sample -> sample.isEmpty() ? Mono.empty() : check(sample));
    }

    private Mono<Void> check(List<Applied> sample) {
        var tree = context.ports().tree();
        return tree.ground()
                .flatMap(ground ->
                        switch (ground) {
                            case Ground.Absent() -> Mono.just(true);
                            case Ground.Marked _ -> tree.adopt(_ -> Mono.just(true));
                            case Ground.Unmarked() -> tree.adopt(now -> isRight(now, sample));
                        })
                .flatMap(isRight -> isRight ? Mono.empty() : Mono.error(another()));
    }

    private Mono<Boolean> isRight(TreeReader now, List<Applied> sample) {
        return now.list(EntryPath.ROOT)
                .flatMap(
                        names -> names.isEmpty() ? isOnSameFileSystem(now) : holdsAny(now, sample));
    }

    private Mono<Boolean> isOnSameFileSystem(TreeReader now) {
        List<EntryPath> root = List.of(EntryPath.ROOT);
        return Mono.zip(
                now.look(root),
                context.ports().state().knownOf(root),
                (found, known) ->
                        known.stream()
                                .flatMap(one -> one.applied().stream())
                                .map(Applied::stat)
                                .allMatch(stat -> isOn(found.getFirst(), stat)));
    }

    private static boolean isOn(Found found, Stat known) {
        return found instanceof Found.Present there && there.stat().device() == known.device();
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
