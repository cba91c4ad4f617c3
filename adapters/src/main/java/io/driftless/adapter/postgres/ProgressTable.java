package io.driftless.adapter.postgres;

import io.driftless.block.BlockRef;
import io.driftless.manifest.EntryCodec;
import io.driftless.tree.Stat;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * How far the cutting of large files came, in table {@code progress}. The list grows by what is
 * new: a file of a million blocks, remembered a thousand times, is written once.
 */
final class ProgressTable {
    private static final String FIND =
            """
            select first_block, stat, blocks
            from progress
            where head(key) = head($1) and key = $1
            order by first_block
            """;

    private static final String FIND_LAST =
            """
            select first_block, stat, blocks
            from progress
            where head(key) = head($1) and key = $1
            order by first_block desc
            limit 1
            """;

    private static final String FORGET =
            "delete from progress where head(key) = head($1) and key = $1";

    private static final String ADD =
            """
            insert into progress (key, stat, first_block, blocks)
            values ($1, $2, $3, $4)
            on conflict (head(key), tail(key), first_block)
                do update set stat = excluded.stat, blocks = excluded.blocks
            """;

    private static final int STATEMENTS = 3;

    private final Database database;

    private record Piece(int first, Stat stat, List<BlockRef> blocks) {
        static Piece of(Cells row) {
            return new Piece(
                    row.small(0),
                    EntryCodec.decodeStat(row.bytes(1)),
                    EntryCodec.decodeBlocks(row.bytes(2)));
        }

        int end() {
            return first + blocks.size();
        }

        /** True where a longer list of the same file goes on from here. */
        boolean isContinuedBy(Stat now, List<BlockRef> longer) {
            return stat.isSameTuple(now)
                    && end() <= longer.size()
                    && blocks.equals(longer.subList(first, end()));
        }
    }

    ProgressTable(Database database) {
        this.database = database;
    }

    Mono<List<BlockRef>> find(byte[] key, Stat stat) {
        return database.list(Sql.of(FIND, key), Piece::of).map(pieces -> joined(pieces, stat));
    }

    /** Nothing where any piece is of another state of the file, or one is missing. */
    private static List<BlockRef> joined(List<Piece> pieces, Stat stat) {
        int end = 0;
        for (Piece piece : pieces) {
            if (!piece.stat().isSameTuple(stat) || piece.first() != end) {
                return List.of();
            }
            end = piece.end();
        }
        return pieces.stream().flatMap(piece -> piece.blocks().stream()).toList();
    }

    Mono<Void> save(byte[] key, Stat stat, List<BlockRef> blocks) {
        return database.transaction(
                        STATEMENTS,
                        session ->
                                session.list(Sql.of(FIND_LAST, key), Piece::of)
                                        .flatMap(last -> save(session, key, last, stat, blocks)))
                .then();
    }

    private static Mono<Long> save(
            Session session, byte[] key, List<Piece> last, Stat stat, List<BlockRef> blocks) {
        boolean isContinued = !last.isEmpty() && last.getFirst().isContinuedBy(stat, blocks);
        int first = isContinued ? last.getFirst().end() : 0;
        byte[] added = EntryCodec.encode(blocks.subList(first, blocks.size()));
        Mono<Long> add = session.update(Sql.of(ADD, key, EntryCodec.encode(stat), first, added));
        return isContinued ? add : session.update(Sql.of(FORGET, key)).then(add);
    }
}
