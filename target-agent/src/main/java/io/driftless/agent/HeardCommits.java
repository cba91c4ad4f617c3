package io.driftless.agent;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.guard.LeftIncarnations;
import io.driftless.port.TargetState.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The newest commit that was heard of, in each incarnation of the folder, and which of them counts:
 * the one that was heard of last, unless the target left that incarnation and nothing of it was
 * signed since. Safe for several threads.
 */
final class HeardCommits {
    private static final Logger LOG = LoggerFactory.getLogger(ApplyFlow.class);

    /** A late record is followed by one that is right within a minute. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final AgentContext context;

    /** The one that was heard of last is at the end. */
    private final Map<UUID, Heard> heard = new LinkedHashMap<>();

    private Optional<UUID> present = Optional.empty();
    private LeftIncarnations left = LeftIncarnations.NONE;
    private Optional<SyncException> refused = Optional.empty();
    private Optional<ErrorCode> wrongWith = Optional.empty();
    private Instant wrongSince = Instant.MIN;

    /**
     * @param commit the newest
     * @param signed when the latest was signed, which may only say the newest again
     * @param last the number of the one that came last
     */
    private record Heard(Commit commit, Instant signed, long last) {
        Heard and(Commit next) {
            return new Heard(
                    isAtLeast(commit, next) ? commit : next,
                    next.time().isAfter(signed) ? next.time() : signed,
                    next.seq());
        }

        boolean isSame(Heard other) {
            return commit.equals(other.commit) && signed.equals(other.signed);
        }
    }

    HeardCommits(AgentContext context) {
        this.context = context;
    }

    /** Hears of a commit; an older one than known changes nothing. */
    synchronized void learn(Commit commit) {
        refused = Optional.empty();
        UUID incarnation = commit.incarnation();
        Heard first = new Heard(commit, commit.time(), commit.seq());
        Optional<Heard> before = Optional.ofNullable(heard.get(incarnation));
        Heard now = before.map(one -> one.and(commit)).orElse(first);
        if (before.filter(now::isSame).isEmpty()) {
            heard.remove(incarnation); // It goes to the end.
        }
        heard.put(incarnation, now);
        if (heard.size() > LeftIncarnations.MAX) {
            heard.keySet().stream()
                    .filter(one -> !present.equals(Optional.of(one)))
                    .findFirst()
                    .ifPresent(heard::remove);
        }
        if (!isFollowed(incarnation)) {
            LOG.warn(
                    "commit of an incarnation that was left is passed over code={} folder={} target={} incarnation={} seq={}",
                    ErrorCode.INCARNATION_LEFT.id(),
                    context.folder(),
                    context.target(),
                    incarnation,
                    commit.seq());
        }
    }

    /** Hears of a commit that is not signed as it should be, which tells nothing else. */
    synchronized void refuse(Commit commit) {
        LOG.error(
                "commit refused code={} folder={} target={} seq={}",
                ErrorCode.SIGNATURE_INVALID.id(),
                context.folder(),
                context.target(),
                commit.seq());
        refused =
                Optional.of(
                        new SyncException(
                                ErrorCode.SIGNATURE_INVALID,
                                "Commit %d of %s is not signed with the key that this target trusts."
                                        .formatted(commit.seq(), context.folder())));
    }

    private static boolean isAtLeast(Commit known, Commit commit) {
        return known.seq() > commit.seq()
                || (known.seq() == commit.seq() && !tellsMore(known, commit));
    }

    private static boolean tellsMore(Commit known, Commit commit) {
        boolean hasChanges = !(commit.changes() instanceof Commit.Changes.None);
        return known.isWhole() == commit.isWhole() ? hasChanges : commit.isWhole();
    }

    private boolean isFollowed(UUID incarnation) {
        Heard one = heard.get(incarnation);
        return present.equals(Optional.of(incarnation))
                || one != null && !left.isPast(incarnation, one.signed());
    }

    /** What the target is to become. */
    synchronized Optional<Commit> newest() {
        return latestFirst().stream()
                .filter(one -> isFollowed(one.commit().incarnation()))
                .map(Heard::commit)
                .findFirst();
    }

    private List<Heard> latestFirst() {
        return new ArrayList<>(heard.values()).reversed();
    }

    /** Reads where the target stands and what it left. */
    Mono<Void> recall() {
        var state = context.ports().state();
        return Mono.zip(state.position(), state.left())
                .doOnNext(found -> stand(found.getT1().incarnation(), found.getT2()))
                .then();
    }

    private synchronized void stand(Optional<UUID> at, LeftIncarnations known) {
        present = at;
        left = known;
    }

    /** Remembers, before a commit of another incarnation is followed, that this one is left. */
    Mono<Void> leave(Position from, Commit to) {
        Optional<UUID> before =
                from.incarnation().filter(incarnation -> !incarnation.equals(to.incarnation()));
        if (before.isEmpty()) {
            return Mono.empty();
        }
        LOG.warn(
                "folder was made anew, what the target holds of it counts as put there by others code={} folder={} target={} incarnation={} seq={} before={}",
                ErrorCode.INCARNATION_CHANGED.id(),
                context.folder(),
                context.target(),
                to.incarnation(),
                to.seq(),
                before.get());
        return context.ports().state().left(afterwards(before.get(), to));
    }

    private synchronized LeftIncarnations afterwards(UUID from, Commit to) {
        Optional<Instant> seen = Optional.ofNullable(heard.get(from)).map(Heard::signed);
        return left.leave(from, seen, to);
    }

    /** What is wrong with what is heard, once it has been so for longer than a late record is. */
    synchronized Optional<SyncException> trouble(Optional<Position> position) {
        Optional<SyncException> wrong =
                position.flatMap(this::ahead).or(this::passedOver).or(() -> refused);
        Instant now = context.steady();
        Optional<ErrorCode> code = wrong.map(SyncException::code);
        if (!code.equals(wrongWith)) {
            wrongWith = code;
            wrongSince = now;
        }
        return wrong.filter(_ -> !now.isBefore(wrongSince.plus(PATIENCE)));
    }

    private Optional<SyncException> ahead(Position position) {
        return position.incarnation()
                .flatMap(incarnation -> Optional.ofNullable(heard.get(incarnation)))
                .filter(one -> one.last() < position.seq())
                .map(one ->
                        new SyncException(
                                ErrorCode.TARGET_AHEAD,
                                "This target holds commit %d, the folder is at %d: database and store are older than the target."
                                        .formatted(position.seq(), one.last())));
    }

    private Optional<SyncException> passedOver() {
        return latestFirst().stream()
                .limit(1)
                .map(Heard::commit)
                .filter(commit -> !isFollowed(commit.incarnation()))
                .map(commit ->
                        new SyncException(
                                ErrorCode.INCARNATION_LEFT,
                                "Commits come of incarnation %s, which this target left for another."
                                        .formatted(commit.incarnation())))
                .findFirst();
    }
}
