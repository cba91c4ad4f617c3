package io.driftless.agent;

import io.driftless.event.Order;
import io.driftless.event.Report.Held;
import io.driftless.guard.ApprovalId;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.TargetState.Extras;
import io.driftless.port.TargetState.Work;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Keeps a mirror from removing much that was never put there, as where the wrong directory was
 * named: the trash would be bounded, what was there is not. Only {@link #learn} comes from outside.
 */
final class ExtrasGuard {
    private static final Logger LOG = LoggerFactory.getLogger(ExtrasGuard.class);

    /** For more, no scan is asked for before the next that comes of itself. */
    private static final int MAX_UNSEEN = 10_000;

    private final AgentContext context;
    private final AtomicReference<Set<String>> approved = new AtomicReference<>(Set.of());
    private Optional<Held> held = Optional.empty();

    /** While these go their number sinks: it is asked once for all of them. */
    private boolean isAllowed;

    /** Not all of them are found yet, so nobody knows how many there are. */
    private boolean isScanning;

    /** Directories in the way, or to be removed, for which a scan was asked. */
    private final Set<EntryPath> unseen = new HashSet<>();

    private boolean isScanWanted;

    /** Something waits for the scan alone. */
    private boolean isPutOff;

    ExtrasGuard(AgentContext context) {
        this.context = context;
    }

    /** True where the order approves something that it did not approve before. */
    boolean learn(Order order) {
        Set<String> now = Set.copyOf(order.approvals());
        return !approved.getAndSet(now).containsAll(now);
    }

    /** A scan begins: what it finds waits until it has found all. */
    void scanning() {
        isScanning = true;
        if (!isScanWanted) {
            unseen.clear();
        }
        isScanWanted = false;
    }

    /** The scan is over. True where something waited for it. */
    boolean scanned() {
        isScanning = false;
        isAllowed = false;
        boolean wasPutOff = isPutOff;
        isPutOff = false;
        return wasPutOff;
    }

    /** Of these, what may be asked about now. */
    List<Work> askable(List<Work> removals) {
        return isScanning ? removals.stream().filter(work -> !work.isExtra()).toList() : removals;
    }

    /** True where what is in a directory of ours, and was never put there, is to stay for now. */
    boolean keepsExtras() {
        return isScanning || held.isPresent();
    }

    /** What waits for somebody. */
    Optional<Held> held() {
        return held;
    }

    /** True where these removals may be made. */
    Mono<Boolean> mayGo(List<Work> removals) {
        boolean isAsked = context.mode() == Mode.MIRROR; // An overlay removes nothing.
        if (!isAsked || isAllowed || removals.stream().noneMatch(Work::isExtra)) {
            return Mono.just(true);
        }
        return context.ports().state().extras().flatMap(this::decide);
    }

    /** True where what was never put there may go along with a directory that is in the way. */
    Mono<Boolean> mayGoAlong() {
        if (isScanning) {
            isPutOff = true;
            return Mono.just(false);
        }
        return context.ports().state().extras().flatMap(this::decide);
    }

    /**
     * What is in this directory is not known: a scan is asked for, once until one comes of itself.
     */
    void mustSee(EntryPath directory) {
        if (unseen.size() < MAX_UNSEEN && unseen.add(directory)) {
            isScanWanted = true;
            isPutOff = true;
        }
    }

    /** It is not in the way any more, or not there. */
    void isCleared(EntryPath directory) {
        unseen.remove(directory);
    }

    /** There is something that only a scan can tell of. */
    boolean isScanWanted() {
        return isScanWanted;
    }

    private Mono<Boolean> decide(Extras extras) {
        long desired = Math.max(0, extras.desired() - 1); // The root aside.
        if (!context.settings().extras().isTooManyExtras(extras.entries(), desired)) {
            return allow();
        }
        ApprovalId id = extras.id().at(context.target().value());
        if (approved.get().contains(id.value())) {
            return context.ports().state().approveExtras().then(allow());
        }
        Optional<Held> now = Optional.of(new Held(id, extras.entries()));
        if (!held.equals(now)) {
            LOG.warn(
                    "extras wait for approval folder={} target={} set={} entries={} desired={}",
                    context.folder(),
                    context.target(),
                    id,
                    extras.entries(),
                    desired);
        }
        held = now;
        return Mono.just(false);
    }

    private Mono<Boolean> allow() {
        return Mono.fromCallable(() -> {
            held = Optional.empty();
            isAllowed = true;
            return true;
        });
    }

    /** No removal is due. */
    void rest() {
        isAllowed = false;
    }

    /** Nothing deviates: somebody moved away what waited. */
    void nothingWaits() {
        held = Optional.empty();
    }
}
