package io.driftless.launcher.local;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TreeReader;
import io.driftless.port.TreeReader.Cut;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Compares the bytes of a file in two trees by the names of their blocks, a stretch at a time, up
 * to the first that differs. Memory holds the names of one stretch of each.
 */
final class ContentComparison {
    private static final long STRETCH_BYTES = 64L << 20;

    private final TreeReader source;
    private final TreeReader target;
    private final long stretchBytes;

    ContentComparison(TreeReader source, TreeReader target) {
        this(source, target, STRETCH_BYTES);
    }

    ContentComparison(TreeReader source, TreeReader target, long stretchBytes) {
        this.source = source;
        this.target = target;
        this.stretchBytes = stretchBytes;
    }

    /** What reading told. */
    sealed interface Verdict {
        record Same() implements Verdict {}

        record Different() implements Verdict {}

        /** One of them was not readable, or not at rest. */
        record Untold(Side side, ErrorCode code, String message) implements Verdict {}
    }

    /** Where the comparison stands: everything before {@code offset} is the same. */
    private record Progress(long offset, Optional<Verdict> verdict) {}

    /**
     * @param sourceStat what a look said before; a file that is another one now is untold
     */
    Mono<Verdict> compare(EntryPath path, Stat sourceStat, Stat targetStat) {
        return Mono.just(new Progress(0, Optional.empty()))
                .expand(at ->
                        at.verdict().isPresent()
                                ? Mono.empty()
                                : next(path, at.offset(), sourceStat, targetStat))
                .last()
                .map(at -> at.verdict().orElseThrow());
    }

    private Mono<Progress> next(EntryPath path, long offset, Stat sourceStat, Stat targetStat) {
        return Mono.zip(
                source.cut(path, offset, stretchBytes),
                target.cut(path, offset, stretchBytes),
                (ours, theirs) ->
                        untold(Side.SOURCE, path, ours, sourceStat)
                                .or(() -> untold(Side.TARGET, path, theirs, targetStat))
                                .map(verdict -> new Progress(offset, Optional.of(verdict)))
                                .orElseGet(() ->
                                        judge(offset, (Cut.Blocks) ours, (Cut.Blocks) theirs)));
    }

    private static Optional<Verdict> untold(Side side, EntryPath path, Cut cut, Stat expected) {
        return switch (cut) {
            case Cut.Failed(Found.Unreadable(_, var code, var message)) ->
                    Optional.of(new Verdict.Untold(side, code, message));
            case Cut.Failed _ -> Optional.of(unstable(side, path));
            case Cut.Blocks blocks ->
                    blocks.isStable() && blocks.before().isSameTuple(expected)
                            ? Optional.empty()
                            : Optional.of(unstable(side, path));
        };
    }

    private static Verdict unstable(Side side, EntryPath path) {
        return new Verdict.Untold(
                side, ErrorCode.ENTRY_UNSTABLE, "File " + path + " changed while it was read.");
    }

    private static Progress judge(long offset, Cut.Blocks source, Cut.Blocks target) {
        if (!source.blocks().equals(target.blocks()) || source.isWhole() != target.isWhole()) {
            return new Progress(offset, Optional.of(new Verdict.Different()));
        }
        if (source.isWhole()) {
            return new Progress(offset, Optional.of(new Verdict.Same()));
        }
        long length = source.blocks().stream().mapToLong(block -> block.lengthBytes()).sum();
        return new Progress(offset + length, Optional.empty());
    }
}
