package io.driftless.launcher.local;

import io.driftless.event.Hint;
import io.driftless.launcher.engine.Ask;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.tree.FolderId;
import io.driftless.tree.Stat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Gives what somebody asks of a folder to its source and its targets, as events. */
final class FolderOrders {
    /** Longer than anything waits for its next look. */
    private static final Duration EVER = Duration.ofDays(1);

    private static final int MAX_WAITING = 10_000;

    private final FolderId folder;
    private final Servers servers;
    private final List<LocalTarget> targets;

    FolderOrders(FolderId folder, Servers servers, List<LocalTarget> targets) {
        this.folder = folder;
        this.servers = servers;
        this.targets = targets;
    }

    /** Completes when everybody is told; the work comes after. */
    Mono<Void> give(Ask ask) {
        return Flux.fromIterable(targets)
                .concatMap(target -> target.order(ask))
                .collectList()
                .flatMap(orders -> servers.bus().publish(orders))
                .then(ask == Ask.RETRY ? lookAtWhatWaits() : Mono.empty());
    }

    /** Entries of the source that could not be settled are looked at now. */
    private Mono<Void> lookAtWhatWaits() {
        return servers.index()
                .folderIndex()
                .dueRows(folder, Instant.now().plus(EVER), MAX_WAITING)
                .map(rows -> rows.stream().map(this::hint).toList())
                .flatMap(hints -> hints.isEmpty() ? Mono.empty() : servers.bus().publish(hints));
    }

    /** What cannot be listed is looked at with what is below it. */
    private Hint hint(Row row) {
        EntryPath path = row.path();
        boolean isDirectory =
                row.stat().filter(stat -> stat.kind() == Stat.Kind.DIRECTORY).isPresent();
        return isDirectory || path.isRoot()
                ? Hint.tree(folder, path, Hint.Origin.OPERATOR, Optional.empty())
                : Hint.entries(folder, path.parent(), List.of(path), Hint.Origin.OPERATOR);
    }
}
