package io.driftless.reconciler;

import io.driftless.port.GarbageIndex.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Looks after the store with each collection: some packs and pages always, and where something is
 * missed, the doubted packs, the files whose blocks have no place, and all pages, in this order,
 * for locations name packs. What is stored again has a place only later, so all is looked at once
 * more, less and less often while something is left.
 */
final class StoreCheck {
    private final ReconcileContext context;
    private final PackCheck packs;
    private final LackingFiles files;
    private final PageCheck pages;
    private final Consumer<LackingFiles.Lacking> searched;

    /** Something is missed, or was found and is not known to be right again. */
    private volatile boolean isMissed;

    /** Blocks may have no place though nobody misses them, as after a crash amid a repair. */
    private boolean mayLackPlaces = true;

    /** Files that lacked a block at the last search. */
    private long lacking;

    private Duration wait;
    private Instant next = Instant.MIN;

    /**
     * @param searched is told what each search for blocks without a place came to
     */
    StoreCheck(ReconcileContext context, Consumer<LackingFiles.Lacking> searched) {
        this.context = context;
        this.searched = searched;
        this.packs = new PackCheck(context);
        this.files = new LackingFiles(context);
        this.pages = new PageCheck(context);
        this.wait = soon();
    }

    /** How long to wait at least from one look for what is missed to the next. */
    Duration soon() {
        return context.garbage().collectEvery().dividedBy(10);
    }

    /** A target lacks something. */
    void missed() {
        isMissed = true;
    }

    /** True where all committed blocks had a place when they were searched last. */
    boolean isWhole() {
        return lacking == 0 && !mayLackPlaces;
    }

    /** True where what is missed is to be looked for again. */
    boolean isDue() {
        return isMissed && !context.steady().isBefore(next);
    }

    /**
     * How many packs, pages and locations were not right and are, or will be, made again.
     *
     * @param doubted packs that targets doubt
     */
    Mono<Long> run(Lease lease, Set<UUID> doubted) {
        return Mono.defer(() -> {
            boolean wasMissed = isMissed;
            isMissed = false;
            return packs.check(lease, wasMissed ? doubted : Set.of())
                    .flatMap(found -> packs.some(lease).map(found::plus))
                    .flatMap(found -> repair(lease, found, wasMissed))
                    .doFinally(end -> ended(end, wasMissed));
        });
    }

    private Mono<Long> repair(Lease lease, PackCheck.Found found, boolean wasMissed) {
        boolean isAnyDamaged = found.damaged() > 0;
        Mono<Long> lacking =
                wasMissed || isAnyDamaged || mayLackPlaces ? search(lease) : Mono.just(0L);
        return lacking.doOnNext(left -> note(found.damaged() + found.unread() + left))
                .then(Mono.defer(() -> wasMissed || isAnyDamaged ? pages.all() : somePages()))
                .map(written -> found.damaged() + written);
    }

    private Mono<Long> search(Lease lease) {
        return files.storeAgain(lease)
                .doOnNext(searched)
                .map(LackingFiles.Lacking::files)
                .doOnNext(left -> lacking = left);
    }

    /** Where one page is not right others may not be either. */
    private Mono<Long> somePages() {
        return pages.some()
                .flatMap(written ->
                        written == 0
                                ? Mono.just(written)
                                : pages.all().map(others -> written + others));
    }

    private void note(long left) {
        Duration longer = wait.multipliedBy(2);
        Duration longest = context.garbage().collectEvery();
        if (left > 0) {
            isMissed = true;
            next = context.steady().plus(wait);
            wait = longer.compareTo(longest) < 0 ? longer : longest;
        } else {
            wait = soon();
        }
        mayLackPlaces = false;
    }

    /** What did not come to its end knows nothing. */
    private void ended(SignalType end, boolean wasMissed) {
        if (end != SignalType.ON_COMPLETE) {
            mayLackPlaces = true;
            if (wasMissed) {
                isMissed = true;
            }
        }
    }
}
