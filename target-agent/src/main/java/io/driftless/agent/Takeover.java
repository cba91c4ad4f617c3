package io.driftless.agent;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.port.TargetState.Position;
import io.driftless.port.TargetTree.Marker;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * What the target's marker tells of whoever was at work here before: another agent, or this one
 * with a state that was lost or set back since.
 *
 * <p>A commit that stood here once is not undone. Topics are read from their beginning, so an agent
 * that knows nothing hears of older commits first; it waits for the one that the marker names. Not
 * for ever: a marker is a file that anybody may put back, and numbers of one incarnation may begin
 * lower where database and store were both set back. Who has the right to commit says the newest
 * commit once a minute, so what was not heard of for several minutes is not to come.
 */
final class Takeover {
    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final AgentContext context;

    /** The marker of another agent, or of this one with a later state: not written over yet. */
    private Optional<Marker> other = Optional.empty();

    /** A marker that is ahead of this agent's own state. */
    private Optional<Marker> ahead = Optional.empty();

    private Instant until = Instant.MAX;
    private String agent = "";
    private boolean isStageOwn = true;

    Takeover(AgentContext context) {
        this.context = context;
    }

    /** To be called with the marker as a claim found it. */
    void found(Optional<Marker> marker, Position own) {
        agent = own.agent();
        boolean isSame =
                marker.filter(one -> own.incarnation().equals(Optional.of(one.incarnation())))
                        .isPresent();
        ahead = marker.filter(one -> !isSame || own.seq() < one.seq());
        other = marker.filter(one -> !one.agent().equals(agent) || ahead.isPresent());
        isStageOwn = other.isEmpty() && own.root().isPresent();
        until = context.steady().plus(PATIENCE);
    }

    /** Fails where this commit is older than what stood here. */
    Mono<Void> await(Commit commit) {
        Optional<Marker> mark = ahead.filter(one -> one.incarnation().equals(commit.incarnation()));
        if (mark.isEmpty()) {
            return Mono.empty();
        }
        boolean isOlder = commit.seq() < mark.get().seq();
        if (isOlder && context.steady().isBefore(until)) {
            return Mono.error(awaited(commit, mark.get()));
        }
        if (isOlder) {
            LOG.warn(
                    "target goes back to an older commit folder={} target={} seq={} marked={}",
                    context.folder(),
                    context.target(),
                    commit.seq(),
                    mark.get().seq());
        }
        ahead = Optional.empty();
        return Mono.empty();
    }

    private static SyncException awaited(Commit commit, Marker mark) {
        return new SyncException(
                ErrorCode.COMMIT_AWAITED,
                "Commit %d stood here, and the newest that was heard of is %d."
                        .formatted(mark.seq(), commit.seq()));
    }

    /**
     * True where all that is in the stage was put there with this state, or is judged. A state in
     * which nothing was ever desired has put nothing there.
     */
    boolean isStageOwn() {
        return isStageOwn;
    }

    /** The stage is judged: from now on what is in it is this agent's. */
    Mono<Void> end() {
        return Mono.justOrEmpty(other)
                .flatMap(marker -> context.ports().tree().mark(marker.by(agent)))
                .then(
                        Mono.fromRunnable(() -> {
                            other = Optional.empty();
                            isStageOwn = true;
                        }));
    }
}
