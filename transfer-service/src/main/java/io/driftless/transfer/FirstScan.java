package io.driftless.transfer;

import io.driftless.block.PageHash;
import io.driftless.event.Commit;
import reactor.core.publisher.Mono;

/**
 * Whether the source was seen as a whole. Until then targets must not take for removed what nobody
 * has looked for: a target that was filled before, or whose folder lost its index, would be emptied
 * and filled again.
 */
final class FirstScan {
    private final TransferContext context;

    /** Once it is over it stays so. */
    private boolean isOver;

    FirstScan(TransferContext context) {
        this.context = context;
    }

    /** The rules that a commit of this moment goes by. */
    Mono<PageHash> rules() {
        if (isOver) {
            return Mono.just(Commit.ALL);
        }
        return context.ports()
                .index()
                .isSeen(context.folder().id())
                .map(isSeen -> {
                    isOver = isSeen;
                    return isSeen ? Commit.ALL : Commit.SEEN_SO_FAR;
                });
    }
}
