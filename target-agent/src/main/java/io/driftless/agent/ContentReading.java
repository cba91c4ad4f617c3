package io.driftless.agent;

import io.driftless.block.ContentId;
import io.driftless.block.Sha256;
import io.driftless.path.EntryPath;
import io.driftless.port.TreeReader.Cut;
import io.driftless.tree.Stat;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Reads a file of the target and says whether it holds what it should. */
final class ContentReading {
    private final AgentContext context;

    ContentReading(AgentContext context) {
        this.context = context;
    }

    /** The stat with which it holds the content; empty where it does not, or changes meanwhile. */
    Mono<Optional<Stat>> holds(EntryPath path, ContentId content) {
        return context.ports()
                .tree()
                .cut(path, 0, Long.MAX_VALUE)
                .map(cut ->
                        cut instanceof Cut.Blocks blocks
                                        && blocks.isWhole()
                                        && blocks.isStable()
                                        && Sha256.content(blocks.blocks()).equals(content)
                                ? Optional.of(blocks.after())
                                : Optional.empty());
    }
}
