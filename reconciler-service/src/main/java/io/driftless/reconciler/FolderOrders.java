package io.driftless.reconciler;

import io.driftless.event.Hint;
import io.driftless.event.Order;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.path.EntryPath;
import io.driftless.port.EventBus;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.PackIndex;
import io.driftless.port.ParkedRemovals;
import io.driftless.status.Ask;
import io.driftless.tree.FolderId;
import io.driftless.tree.Stat;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What somebody wants of a folder: given to its source and its targets as events, and to its
 * committer as a decision. Safe for several threads; whatever fails may be wanted again.
 */
public final class FolderOrders {
    /** Longer than anything waits for its next look. */
    private static final Duration EVER = Duration.ofDays(1);

    private static final int MAX_WAITING = 10_000;

    private final FolderId folder;
    private final Ports ports;
    private final InstantSource clock;

    /**
     * The outside world.
     *
     * @param bus fails while it is away
     */
    public record Ports(
            FolderIndex index, ParkedRemovals parked, PackIndex packs, Mono<EventBus> bus) {}

    public FolderOrders(FolderId folder, Ports ports, InstantSource clock) {
        this.folder = folder;
        this.ports = ports;
        this.clock = clock;
    }

    /**
     * Says what is to become of removals that wait; a committer takes note of it by itself.
     *
     * @return false where there is no such set
     */
    public Mono<Boolean> decide(ApprovalId set, Decision decision) {
        return ports.parked()
                .decide(folder, set, decision)
                .delayUntil(isDecided -> isDecided ? ports.packs().announce(folder) : Mono.empty());
    }

    /**
     * Completes when everybody is told; the work comes after.
     *
     * @param orders what asks for it, of each target
     */
    public Mono<Void> give(Ask ask, Flux<Order> orders) {
        return ports.bus()
                .flatMap(bus ->
                        orders.collectList()
                                .flatMap(bus::publish)
                                .then(ask == Ask.RETRY ? lookAtWhatWaits(bus) : Mono.empty()));
    }

    /**
     * Lets go what a target holds and was never put there.
     *
     * @param approval the order that says so; empty where no target holds it
     * @return false where it is empty
     */
    public Mono<Boolean> approve(Optional<Order> approval) {
        return Mono.justOrEmpty(approval)
                .flatMap(order ->
                        ports.bus().flatMap(bus -> bus.publish(List.of(order))).thenReturn(true))
                .defaultIfEmpty(false);
    }

    /** Entries of the source that could not be settled are looked at now. */
    private Mono<Void> lookAtWhatWaits(EventBus bus) {
        return Mono.defer(() -> {
            Instant ever = clock.instant().plus(EVER);
            return ports.index()
                    .dueRows(folder, ever, MAX_WAITING)
                    .map(rows -> rows.stream().map(this::hint).toList())
                    .flatMap(hints -> hints.isEmpty() ? Mono.empty() : bus.publish(hints));
        });
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
