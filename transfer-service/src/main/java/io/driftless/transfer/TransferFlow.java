package io.driftless.transfer;

import io.driftless.source.RootCheck;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Dirty rows of one folder become stored blocks, and stored blocks a commit. Any number of
 * instances store; the one that holds the lease commits.
 */
public final class TransferFlow {
    private final TransferContext context;
    private final StoreLane storing;
    private final CommitLane committing;
    private final RootCheck root;

    public TransferFlow(TransferContext context) {
        this.context = context;
        this.root =
                new RootCheck(
                        context.folder().id(),
                        context.ports().tree(),
                        context.ports().index(),
                        context.timer());
        this.storing = new StoreLane(context);
        this.committing = new CommitLane(context, root);
    }

    /** Runs until cancelled; emits each piece of work done. */
    public Flux<Transferred> run() {
        return Flux.merge(storing.run(), committing.run(), findRoot());
    }

    /**
     * At the start anything may be under the root's name, as the directory below a mount that is
     * not there yet. Only what has to be looked at before it is taken out waits for that.
     */
    private Flux<Transferred> findRoot() {
        return root.found().retryWhen(context.transientRetry("root")).thenMany(root.findAgain());
    }

    /** After cancelling: completes when everything is given back. */
    public Mono<Void> stopped() {
        return committing.stopped();
    }

    /** What a piece of work came to. */
    public sealed interface Transferred {
        /**
         * @param blocks new blocks stored
         * @param plainBytes their plain size
         * @param storedBytes what they take in the store
         */
        record Stored(long blocks, long plainBytes, long storedBytes) implements Transferred {}

        /** A commit is durable and sent. */
        record Committed(long seq, long puts, long removals) implements Transferred {}
    }
}
