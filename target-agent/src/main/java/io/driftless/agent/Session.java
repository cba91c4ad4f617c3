package io.driftless.agent;

import io.driftless.agent.WorkStep.Did;
import io.driftless.block.Content;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Order;
import io.driftless.event.Report;
import io.driftless.flow.WorkLoop;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Position;
import io.driftless.port.TargetState.Work;
import io.driftless.port.TargetTree.Marker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One target from opening to closing. Rounds run one after the other; only {@link #learn} and
 * {@link #say} come from outside.
 */
final class Session {
    /** So much is done at most between two pieces of a scan. */
    private static final int MAX_BESIDE = 8;

    private final AgentContext context;
    private final CatchUp catchUp;
    private final TargetScan scan;
    private final ExtrasGuard extras;
    private final WorkStep work;
    private final Settling settling;
    private final Takeover takeover;
    private final Recovery recovery;
    private final ScanClock clock;
    private final Wish wish;
    private final Reporting reporting;
    private final ContentProof proof;
    private final Unlisted unlisted;
    private final BlockReturn returning;

    private final HeardCommits heard;
    private Optional<Position> position = Optional.empty();
    private Optional<Marker> marked = Optional.empty();
    private boolean isClaimed;

    /** Whatever has the root's name now is to be known again before anything is done there. */
    private boolean isRootLost;

    /** The stage may hold what a step that failed has left, or whoever was here before. */
    private boolean isRecoveryDue = true;

    /** Partial files may be there that no work wants any more. */
    private boolean isTidyingDue = true;

    /** The disk was full: before anything comes, what is not wanted goes. */
    private boolean isRoomNeeded;

    /** Something that waits for approval may have it, or what it waited for is over. */
    private volatile boolean mayGoOn;

    /** The state remembers that the folder was put back to before what the target holds. */
    private boolean isPutBack;

    private int failures;

    Session(AgentContext context) {
        this.context = context;
        this.heard = new HeardCommits(context);
        Locations locations = new Locations(context);
        this.settling = new Settling(context);
        BlockFetch fetch = new BlockFetch(context);
        this.catchUp = new CatchUp(context, locations);
        this.unlisted = new Unlisted(context);
        this.scan = new TargetScan(context, unlisted);
        Placing placing =
                new Placing(
                        context,
                        settling,
                        new SmallFiles(context, fetch, locations),
                        new LargeFiles(context, fetch, locations));
        this.extras = new ExtrasGuard(context);
        this.work =
                new WorkStep(
                        context,
                        extras,
                        settling,
                        new TreeStep(context, extras, settling),
                        new ContentStep(context, extras, settling, placing));
        this.clock = new ScanClock(context);
        this.wish = new Wish(context);
        this.proof = new ContentProof(context, scan);
        this.takeover = new Takeover(context);
        this.recovery = new Recovery(context, takeover);
        this.returning = new BlockReturn(context);
        this.reporting = new Reporting(context, extras, unlisted);
    }

    /** Hears of a commit; an older one than known changes nothing. */
    void learn(Commit commit) {
        heard.learn(commit);
    }

    /** Hears of a commit that is not signed as it should be. */
    void refuse(Commit commit) {
        heard.refuse(commit);
    }

    /** Hears what is wished of this target. */
    void learn(Order order) {
        wish.learn(order);
        returning.learn(order);
        if (extras.learn(order)) {
            mayGoOn = true;
        }
    }

    /** A step begins: reports wait until it has taken a while. */
    void begin() {
        reporting.begin();
    }

    /** As {@link #round(Mono)}, where nothing is to be said. */
    Mono<Boolean> round() {
        return round(Mono.empty());
    }

    /**
     * Does the next piece of work there is; false where there is none.
     *
     * @param saying reports how far it came, in pieces of work that take long
     */
    Mono<Boolean> round(Mono<Void> saying) {
        Optional<Commit> commit = heard.newest();
        if (commit.isEmpty()) {
            return Mono.just(false);
        }
        if (position.isEmpty()) {
            return heard.recall()
                    .then(Mono.defer(() -> Mono.justOrEmpty(heard.newest())))
                    .flatMap(one -> open(one).thenReturn(true))
                    .defaultIfEmpty(false);
        }
        return findRoot(commit.get())
                .then(Mono.defer(() -> takeover.await(commit.get())))
                .then(Mono.defer(() -> next(commit.get(), saying)));
    }

    private Mono<Boolean> next(Commit commit, Mono<Void> saying) {
        if (isRecoveryDue) {
            return recovery.run()
                    .then(Mono.fromRunnable(() -> isRecoveryDue = false))
                    .thenReturn(true);
        }
        if (isBehind(position.orElseThrow(), commit)) {
            return catchUp(commit);
        }
        if (isRoomNeeded) {
            return makeRoom();
        }
        if (wish.isRetryWished()) {
            return retryAll();
        }
        if (mayGoOn) {
            mayGoOn = false;
            return context.ports().state().retryAll().thenReturn(true);
        }
        if (clock.isDue() || wish.isScanWished() || extras.isScanWanted()) {
            return scan(saying).thenReturn(true);
        }
        return work().flatMap(did -> did ? Mono.just(true) : returning.some());
    }

    private Mono<Boolean> catchUp(Commit commit) {
        Position from = position.orElseThrow();
        boolean isSame = from.incarnation().equals(Optional.of(commit.incarnation()));
        if (isSame && !isPutBack) {
            return catchUp(commit, from);
        }
        extras.rest(); // What was allowed was so without what becomes an extra now.
        if (from.incarnation().isPresent()) {
            clock.ask();
            extras.scanning(); // What waits for approval is named by what a scan sees there.
        }
        return heard.leave(from, commit)
                .then(Mono.defer(() -> catchUp(commit, from)))
                .flatMap(did -> heard.recall().thenReturn(did));
    }

    private Mono<Boolean> catchUp(Commit commit, Position from) {
        return catchUp.to(commit, from)
                .doOnNext(next -> position = Optional.of(next))
                .thenReturn(true);
    }

    private Mono<Boolean> retryAll() {
        wish.begin();
        settling.forgetFailures();
        return context.ports().state().retryAll().then(Mono.defer(wish::retried)).thenReturn(true);
    }

    /**
     * The first scan comes before any work: whatever was left behind is known then. Later ones let
     * work go on beside them. What was in the stage is judged again first, which also brings our
     * own directory back where somebody removed it.
     */
    private Mono<Void> scan(Mono<Void> saying) {
        Beside beside = new Beside();
        boolean isFirst = !reporting.isScanned();
        TargetScan.Depth depth =
                wish.isResyncWished() ? TargetScan.Depth.CONTENT : TargetScan.Depth.STAT;
        clock.begin();
        wish.begin();
        extras.scanning();
        unlisted.scanning();
        return recovery.run()
                .then(
                        Mono.defer(() ->
                                scan.run(depth, isFirst ? Mono.empty() : beside.some(saying))))
                .flatMap(looked -> wish.scanned().thenReturn(looked))
                .doOnNext(looked -> {
                    clock.end();
                    unlisted.scanned();
                    if (extras.scanned()) {
                        mayGoOn = true;
                    }
                    reporting.scanned(looked);
                })
                .then(Mono.defer(beside::end));
    }

    /** What goes on while a scan does. Its failure ends it, not the scan, and is told after it. */
    private final class Beside {
        private Optional<SyncException> failure = Optional.empty();

        Mono<Void> some(Mono<Void> saying) {
            return Mono.defer(() -> failure.isPresent() ? Mono.just(false) : next())
                    .repeat(MAX_BESIDE - 1)
                    .takeWhile(did -> did)
                    .then(saying)
                    .onErrorResume(
                            SyncException.class,
                            one -> Mono.fromRunnable(() -> failure = Optional.of(one)));
        }

        private Mono<Boolean> next() {
            Commit commit = heard.newest().orElseThrow();
            return isBehind(position.orElseThrow(), commit) ? catchUp(commit) : work();
        }

        Mono<Void> end() {
            return Mono.justOrEmpty(failure).flatMap(Mono::error);
        }
    }

    private static boolean isBehind(Position at, Commit commit) {
        boolean isSameIncarnation = at.incarnation().equals(Optional.of(commit.incarnation()));
        return !isSameIncarnation || at.seq() < commit.seq() || at.root().isEmpty();
    }

    private Mono<Void> open(Commit commit) {
        return context.ports()
                .state()
                .position()
                .delayUntil(_ -> new RootRecognition(context).check())
                .flatMap(found ->
                        claim(commit, found)
                                .then(wish.recall())
                                // When they were due was told by the clock of another process.
                                .then(context.ports().state().retryAll())
                                .then(Mono.fromRunnable(() -> position = Optional.of(found))));
    }

    private Mono<Void> claim(Commit commit, Position at) {
        return context.ports()
                .tree()
                .claim(marker(commit.incarnation(), at))
                .doOnNext(before -> {
                    isClaimed = true;
                    takeover.found(before, at);
                })
                .then();
    }

    /** It may be seen through another mount by now, where the lock is to be taken as well. */
    private Mono<Void> findRoot(Commit commit) {
        if (!isRootLost) {
            return Mono.empty();
        }
        return new RootRecognition(context)
                .checkAgain(marked)
                .then(Mono.defer(() -> claim(commit, position.orElseThrow())))
                .then(Mono.fromRunnable(() -> isRootLost = false));
    }

    private Marker marker(UUID incarnation, Position at) {
        boolean isSame = at.incarnation().equals(Optional.of(incarnation));
        return new Marker(
                context.target().value(),
                context.folder().value(),
                incarnation,
                at.agent(),
                isSame ? at.seq() : 0);
    }

    /** At rest: the marker remembers how far this target came, should the state be lost. */
    Mono<Void> mark() {
        long last = marked.map(Marker::seq).orElse(0L);
        Optional<Position> at = position.filter(one -> one.seq() != last);
        return Mono.justOrEmpty(at)
                .filter(one -> one.incarnation().isPresent())
                .map(one -> marker(one.incarnation().orElseThrow(), one))
                .flatMap(next ->
                        context.ports()
                                .tree()
                                .mark(next)
                                .then(Mono.fromRunnable(() -> marked = Optional.of(next))));
    }

    /** At rest: reads some files again, and tries to list what could not be listed. */
    Mono<Void> prove() {
        if (position.isEmpty()) {
            return Mono.empty();
        }
        return proof.some()
                .then(Mono.defer(unlisted::isListable))
                .doOnNext(isListable -> {
                    if (isListable) {
                        clock.ask();
                    }
                })
                .then();
    }

    /**
     * At rest: drops partial files of contents that no work wants any more, as when a large file
     * changed again before it was whole here. Where not all work is known, none is dropped.
     */
    Mono<Void> tidy() {
        if (position.isEmpty() || !isTidyingDue) {
            return Mono.empty();
        }
        return contentWork()
                .filter(works -> works.size() < context.settings().batchEntries())
                .flatMap(works -> context.ports().tree().dropPartialsExcept(contents(works)))
                .then(Mono.fromRunnable(() -> isTidyingDue = false));
    }

    /**
     * Drops partial files of contents that are not next, and removes before anything is placed. A
     * removed file cannot be copied from any more; its blocks are in the store.
     */
    private Mono<Boolean> makeRoom() {
        return contentWork()
                .flatMap(works -> context.ports().tree().dropPartialsExcept(contents(works)))
                .then(Mono.defer(() -> isWhole() ? work.remove() : Mono.just(false)))
                .then(Mono.fromRunnable(() -> isRoomNeeded = false))
                .thenReturn(true);
    }

    /** The next files to place, due or not. */
    private Mono<List<Work>> contentWork() {
        Instant whenAllIsDue = context.steady().plus(context.settings().longestRetry());
        return context.ports()
                .state()
                .work(Kind.CONTENT, whenAllIsDue, context.settings().batchEntries());
    }

    private static List<ContentId> contents(List<Work> works) {
        return works.stream()
                .flatMap(work -> work.desired().stream())
                .flatMap(entry -> Settling.contentOf(entry).stream())
                .map(Content::id)
                .toList();
    }

    private boolean isWhole() {
        return heard.newest().filter(Commit::isWhole).isPresent();
    }

    private Mono<Boolean> work() {
        return work.next(isWhole())
                .doOnNext(did -> {
                    isTidyingDue |= did == Did.CONTENT;
                    if (did == Did.LOST_DIRECTORY) {
                        clock.ask();
                    }
                })
                .map(did -> did != Did.NOTHING);
    }

    /** The report, where it differs from what was said; while work goes on not too often. */
    Mono<Report> reportNow(boolean isAtRest) {
        Optional<SyncException> wrong = heard.trouble(position);
        reporting.concern(wrong);
        return rememberPutBack(wrong)
                .then(Mono.defer(() -> reporting.report(position, wish.done(), isAtRest)));
    }

    /** Of what came in the time between, this target may hold the only copy. */
    private Mono<Void> rememberPutBack(Optional<SyncException> wrong) {
        boolean isAhead = wrong.filter(one -> one.code() == ErrorCode.TARGET_AHEAD).isPresent();
        if (!isAhead || isPutBack) {
            isPutBack = isAhead;
            return Mono.empty();
        }
        return context.ports().state().putBack().then(Mono.fromRunnable(() -> isPutBack = true));
    }

    /** Sends a report, beside the rounds; empty where that was said already. */
    Mono<Report> say(Report report) {
        return reporting.say(report);
    }

    /** Remembers trouble of the target as a whole; how long to wait. */
    Duration failed(SyncException failure) {
        failures++;
        isRecoveryDue = true;
        isRoomNeeded |= failure.code() == ErrorCode.NO_SPACE;
        if (failure.code() == ErrorCode.ROOT_LOST) {
            isRootLost = position.isPresent();
            clock.ask(); // Whatever was done to it meanwhile is to be seen when it is back.
        }
        reporting.trouble(failure);
        return WorkLoop.backoff(failures, context.settings().firstRetry(), Duration.ofSeconds(10));
    }

    void recovered() {
        failures = 0;
        reporting.noTrouble();
    }

    /** Gives back whatever is held, and all of it: a state left open cannot be opened again. */
    Mono<Void> close() {
        Mono<Void> release = isClaimed ? context.ports().tree().release() : Mono.empty();
        return Flux.concatDelayError(context.ports().state().close(), release).then();
    }
}
