package io.driftless.port;

import io.driftless.block.BlockRef;
import io.driftless.path.EntryPath;
import io.driftless.tree.Found;
import io.driftless.tree.Listed;
import io.driftless.tree.Stat;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads a tree below a root. Never follows a symlink, never leaves the root, never reads {@code
 * .driftless} in the root. The root is opened by name again for each call and must be the one this
 * reader was made for: {@code ROOT_LOST} otherwise.
 */
public interface TreeReader {
    /**
     * Everything below {@code top} but not {@code top} itself, depth first in path order, beginning
     * after {@code after}. Names come from listings, without a look at each; a directory's own name
     * comes before what is in it. A {@link Listed.Unlistable} comes in place of the names below its
     * directory, {@code top} included. Buffers at most one listing per depth.
     */
    Flux<Listed> walk(EntryPath top, Optional<EntryPath> after);

    /**
     * The names directly in a directory, in path order; one {@link Listed.Unlistable} where it
     * cannot be listed.
     */
    Mono<List<Listed>> list(EntryPath directory);

    /**
     * One look at each path, in the given order. Entry failures are values, only {@code ROOT_LOST}
     * is an error.
     */
    Mono<List<Found>> look(List<EntryPath> paths);

    /**
     * Reads a file from {@code offset}, cuts it into blocks and names them, in one pass, for at
     * most {@code maxBytes} (rounded up to a block's end). {@code offset} must be where a block
     * begins.
     */
    Mono<Cut> cut(EntryPath path, long offset, long maxBytes);

    /**
     * Reads the given ranges of one file, in one opening. Not checked against their names: the
     * caller does.
     */
    Mono<List<ByteBuffer>> read(EntryPath path, List<Range> ranges);

    /**
     * Takes the directory that has the root's name now as the root from now on, if it is found to
     * be the right one.
     *
     * @param isRight asked with a reader of that directory; not asked where there is none
     * @return true where it was taken; a reader that keeps its root whatever comes says false
     */
    default Mono<Boolean> adopt(Function<TreeReader, Mono<Boolean>> isRight) {
        return Mono.just(false);
    }

    /** A block's place in a file. */
    record Range(long offset, int lengthBytes) {}

    /** What {@link #cut} found. */
    sealed interface Cut {
        /**
         * True where these are blocks of a file with this tuple, from before the first to the end.
         */
        default boolean isOf(Stat stat) {
            return this instanceof Blocks blocks
                    && blocks.isStable()
                    && blocks.after().isSameTuple(stat);
        }

        /**
         * @param before the file's stat at opening
         * @param after its stat after the last byte was read; different tuples mean the blocks are
         *     of no one state
         * @param isWhole true where the file ended within {@code maxBytes}
         */
        record Blocks(Stat before, Stat after, List<BlockRef> blocks, boolean isWhole)
                implements Cut {
            public Blocks {
                blocks = List.copyOf(blocks);
            }

            public boolean isStable() {
                return before.isSameTuple(after);
            }
        }

        /** It is not a readable file now: absent, of another kind, or unreadable. */
        record Failed(Found found) implements Cut {}
    }
}
