package io.driftless.adapter.postgres;

import io.driftless.adapter.postgres.ArrayColumn.Type;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.manifest.EntryCodec;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import io.driftless.tree.Version;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Row writes as columns, for one statement. */
final class RowBatch {
    /** Files up to this size are cut in one go: nothing is remembered of how far that came. */
    private static final long MAX_WITHOUT_PROGRESS_BYTES = 32 << 20;

    /**
     * Writes rows where their version is the one expected, and with them all that hangs on it. A
     * version stands for one content of a row, so what is found by its version is what is replaced,
     * at the place where it was found; whoever was faster put another version elsewhere. A row that
     * is dirty already stays dirty since then; should a commit take the earlier version at this
     * moment, it is taken once more.
     *
     * <p>Rows are locked in path order before anything is changed, then new rows are inserted, then
     * locked ones changed, then flags. A lock alone holds up no insert, a change does: it may be of
     * a row that appeared since the inserting statement began. So who has changed a row waits for
     * no other, and nobody waits in a circle.
     *
     * <p>A new row loses against what was found gone since the look began. A commit may be about to
     * delete that row: it is seen here still, or what is remembered of it.
     */
    private static final String WRITE =
            """
            with input as materialized (
                select * from unnest($1::bytea[], $2::smallint[], $3::bigint[], $4::smallint[], $5::smallint[],
                    $6::integer[], $7::timestamptz[], $8::bigint[], $9::integer[], $10::bytea[], $11::bytea[])
                    as i (key, depth, expected, state, code, tries, due, inode, links, stat, entry)
            ), found as materialized (
                select i.*, b.place,
                    b.entry is distinct from i.entry or (i.state = 1 and b.state <> 1) or (
                        select true from dirty d where head(d.key) = head(i.key) and d.key = i.key
                    ) is not null as is_dirty
                from input i
                cross join lateral (
                    select e.ctid as place, e.entry, e.state from entry e
                    where head(e.key) = head(i.key) and e.key = i.key and e.version = i.expected offset 0
                ) b
            ), held as materialized (
                select from found f
                cross join lateral (select from entry e where e.ctid = f.place for update) b
            ), inserted as (
                insert into entry as e
                    (version, inode, due, depth, state, code, tries, links, key, stat, entry)
                select nextval('version'), inode, due, depth, state, code, tries, links, key, stat, entry
                from input i
                where expected is null and (select count(*) from held) >= 0
                  and (
                    select true from gone g
                    where head(g.key) = head(i.key) and g.key = i.key and g.version > $15
                  ) is null
                  and (select true from entry x where head(x.key) = head(i.key) and x.key = i.key) is null
                on conflict (head(key), tail(key)) do nothing
                returning e.key, e.version, e.state = 1 as removed,
                    e.entry is not null or e.state = 1 as is_dirty
            ), updated as (
                update entry e
                set version = nextval('version'), state = f.state, code = f.code, tries = f.tries, due = f.due, written = default,
                    inode = f.inode, links = f.links, stat = f.stat, entry = f.entry
                from found f
                where (select count(*) from inserted) >= 0
                  and e.ctid = f.place and e.version = f.expected
                returning e.key, e.version, e.state = 1 as removed, f.is_dirty
            ), written as (
                select * from inserted union all select * from updated
            ), dirtied as (
                insert into dirty (version, since, removed, key)
                select version, version, removed, key from written
                where is_dirty and (select count(*) from written) >= 0
                on conflict (head(key), tail(key))
                    do update set version = excluded.version, removed = excluded.removed
            ), listed as (
                insert into content (key, blocks)
                select l.key, l.blocks from unnest($12::bytea[], $13::bytea[]) as l (key, blocks)
                on conflict (key) do nothing
            ), forgotten as (
                delete from progress p
                using unnest($14::bytea[]) as f (key)
                cross join lateral (
                    select x.ctid as place from progress x
                    where head(x.key) = head(f.key) and x.key = f.key offset 0
                ) b
                where p.ctid = b.place
            )
            select key, version from written
            """;

    private final FolderKey folder;
    private final ArrayColumn keys = new ArrayColumn(Type.BYTEA);
    private final ArrayColumn depths = new ArrayColumn(Type.SMALLINT);
    private final ArrayColumn expected = new ArrayColumn(Type.BIGINT);
    private final ArrayColumn states = new ArrayColumn(Type.SMALLINT);
    private final ArrayColumn codes = new ArrayColumn(Type.SMALLINT);
    private final ArrayColumn tries = new ArrayColumn(Type.INTEGER);
    private final ArrayColumn dues = new ArrayColumn(Type.TIMESTAMPTZ);
    private final ArrayColumn inodes = new ArrayColumn(Type.BIGINT);
    private final ArrayColumn links = new ArrayColumn(Type.INTEGER);
    private final ArrayColumn stats = new ArrayColumn(Type.BYTEA);
    private final ArrayColumn entries = new ArrayColumn(Type.BYTEA);
    private final ArrayColumn contents = new ArrayColumn(Type.BYTEA);
    private final ArrayColumn contentBlocks = new ArrayColumn(Type.BYTEA);

    /** By content, since that is the order in which their rows are inserted and waited for. */
    private final SortedMap<ContentId, List<BlockRef>> lists = new TreeMap<>();

    private final ArrayColumn settled = new ArrayColumn(Type.BYTEA);

    private final long began;

    private RowBatch(FolderKey folder, Version began) {
        this.folder = folder;
        this.began = began.value();
    }

    static Sql write(FolderKey folder, Iterable<RowWrite> writes, Version began) {
        RowBatch batch = new RowBatch(folder, began);
        writes.forEach(batch::add);
        batch.lists.forEach(batch::addList);
        return batch.sql();
    }

    private void add(RowWrite write) {
        EntryPath path = write.path();
        keys.add(folder.of(path));
        depths.add(path.depth());
        expected.add(write.expected().map(Version::value).orElse(null));
        addState(write.state());
        inodes.add(write.stat().map(Stat::inode).orElse(null));
        links.add(write.stat().filter(RowBatch::hasOtherNames).map(Stat::links).orElse(null));
        stats.add(write.stat().map(EntryCodec::encode).orElse(null));
        entries.add(encoded(write.entry()));
        addContent(write);
        if (mayHaveProgress(write)) {
            settled.add(folder.of(path));
        }
    }

    private static boolean hasOtherNames(Stat stat) {
        return stat.kind() == Stat.Kind.FILE && stat.links() > 1;
    }

    private static byte @Nullable [] encoded(Optional<Entry> entry) {
        return entry.map(EntryCodec::encode).orElse(null);
    }

    private void addState(State state) {
        states.add(RowColumns.number(state));
        codes.add(RowColumns.code(state));
        tries.add(state instanceof State.Waiting waiting ? waiting.tries() : null);
        dues.add(state instanceof State.Waiting waiting ? waiting.due() : null);
    }

    private void addContent(RowWrite write) {
        Optional<Content> listed =
                write.state() instanceof State.Ok
                        ? write.entry().flatMap(RowBatch::listed)
                        : Optional.empty();
        if (listed.isPresent() != write.blocks().isPresent()) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "The blocks of "
                            + write.path()
                            + " must be given exactly where it is ok and its entry does not hold"
                            + " them.");
        }
        if (listed.isPresent()) {
            lists.put(listed.get().id(), write.blocks().orElseThrow());
        }
    }

    private void addList(ContentId content, List<BlockRef> blocks) {
        contents.add(folder.of(content));
        contentBlocks.add(EntryCodec.encode(blocks));
    }

    private static Optional<Content> listed(Entry entry) {
        return content(entry).filter(Content::isListed);
    }

    private static Optional<Content> content(Entry entry) {
        return entry instanceof Entry.FileEntry file
                ? Optional.of(file.content())
                : Optional.empty();
    }

    private static boolean mayHaveProgress(RowWrite write) {
        return switch (write.state()) {
            case State.Waiting _, State.Skipped _ -> false;
            case State.Removed _ -> true;
            case State.Ok _ ->
                    write.entry()
                            .flatMap(RowBatch::content)
                            .filter(content -> content.sizeBytes() > MAX_WITHOUT_PROGRESS_BYTES)
                            .isPresent();
        };
    }

    private Sql sql() {
        return Sql.of(
                WRITE,
                keys,
                depths,
                expected,
                states,
                codes,
                tries,
                dues,
                inodes,
                links,
                stats,
                entries,
                contents,
                contentBlocks,
                settled,
                began);
    }
}
