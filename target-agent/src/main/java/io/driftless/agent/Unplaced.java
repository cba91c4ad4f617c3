package io.driftless.agent;

import io.driftless.port.TargetTree;
import io.driftless.port.TargetTree.Leftover;
import io.driftless.port.TargetTree.StageName;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** What was staged and could not be placed. */
final class Unplaced {
    private Unplaced() {}

    /**
     * Removes it from the stage.
     *
     * @param inodes by name, which tell it from what came out of the tree under its name
     */
    static Mono<Void> discard(TargetTree tree, Map<StageName, Long> inodes) {
        if (inodes.isEmpty()) {
            return Mono.empty();
        }
        return tree.leftovers()
                .map(leftovers -> among(leftovers, inodes))
                .flatMap(names -> names.isEmpty() ? Mono.empty() : tree.discard(names));
    }

    private static List<StageName> among(List<Leftover> leftovers, Map<StageName, Long> inodes) {
        return leftovers.stream()
                .filter(left ->
                        inodes.entrySet().contains(Map.entry(left.name(), left.stat().inode())))
                .map(Leftover::name)
                .toList();
    }
}
