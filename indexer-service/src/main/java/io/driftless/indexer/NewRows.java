package io.driftless.indexer;

import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import io.driftless.tree.Version;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import reactor.core.publisher.Mono;

/**
 * Looks once more at paths that have a row only now. Whoever found the path gone meanwhile found no
 * row either and wrote nothing, so there was no version for the earlier look to lose against. Once
 * the row is there, every later look has it to write to.
 */
final class NewRows {
    private final IndexContext context;

    NewRows(IndexContext context) {
        this.context = context;
    }

    /**
     * The paths at which something else is now than what the new row was made of, or nothing. What
     * waits is left out: it is looked at again anyhow.
     *
     * @param versions of {@code writes}, in order; empty where one was lost
     */
    Mono<List<EntryPath>> outdated(
            List<Sight> sights, List<RowWrite> writes, List<Optional<Version>> versions) {
        Map<EntryPath, Stat> seen = new HashMap<>();
        for (Sight sight : sights) {
            if (sight.row().isEmpty() && sight.found() instanceof Found.Present present) {
                seen.put(sight.path(), present.stat());
            }
        }
        List<EntryPath> made =
                IntStream.range(0, writes.size())
                        .filter(i -> versions.get(i).isPresent())
                        .mapToObj(writes::get)
                        .filter(write -> !(write.state() instanceof State.Waiting))
                        .map(RowWrite::path)
                        .filter(seen::containsKey)
                        .toList();
        return made.isEmpty()
                ? Mono.just(List.of())
                : context.tree().look(made).map(found -> unlike(found, seen));
    }

    private static List<EntryPath> unlike(List<Found> found, Map<EntryPath, Stat> seen) {
        return found.stream()
                .filter(now -> !isStill(now, Objects.requireNonNull(seen.get(now.path()))))
                .map(Found::path)
                .toList();
    }

    private static boolean isStill(Found now, Stat before) {
        return now instanceof Found.Present present
                && present.stat().kind() == before.kind()
                && present.stat().isSameInode(before);
    }
}
