package io.driftless.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driftless.adapter.postgres.PostgresSchema;
import io.driftless.adapter.postgres.PostgresSettings;
import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class PostgresSchemaIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROWS = 4_000;
    private static final int SMALL_CALLS = 200;
    private static final int ALL = 100_000;

    private final FolderId folder = new FolderId("f");

    @Test
    void is_made_once_by_any_number_of_processes() {
        PostgresSettings settings = newDatabase();

        CompletableFuture.allOf(
                        Stream.generate(() -> settings)
                                .limit(3)
                                .map(each ->
                                        CompletableFuture.runAsync(
                                                () -> PostgresSchema.migrate(each)))
                                .toArray(CompletableFuture[]::new))
                .join();

        PostgresFixture fixture = new PostgresFixture(settings);
        assertThat(get(fixture.rows().open(folder, UUID.randomUUID())).id()).isEqualTo(folder);
        fixture.close();
    }

    /**
     * Plans are made when the tables are known to be small, and kept while they grow. One that
     * reads a folder for each row of a batch would be right, and of no use.
     */
    @Test
    void is_read_through_indexes_although_it_was_small_when_it_was_analysed() {
        PostgresSettings settings = newDatabase();
        PostgresFixture fixture = new PostgresFixture(settings);
        get(fixture.rows().open(folder, UUID.randomUUID()));
        EntryPath one = EntryPath.parse("one");
        get(fixture.rows().write(folder, List.of(write(one, Optional.empty()))));
        storeAndLocateBlocks(fixture, 1);
        PostgresFixture.tell(settings, "vacuum analyze");
        List<EntryPath> paths =
                IntStream.range(0, ROWS)
                        .mapToObj(i -> EntryPath.parse("d/%05d".formatted(i)))
                        .toList();

        get(
                fixture.rows()
                        .write(
                                folder,
                                paths.stream()
                                        .map(path -> write(path, Optional.empty()))
                                        .toList()));
        for (EntryPath path : paths.subList(0, SMALL_CALLS)) {
            assertThat(get(fixture.rows().rows(folder, List.of(path)))).hasSize(1);
            get(fixture.rows().write(folder, List.of(write(path, Optional.empty()))));
        }
        List<Row> rows = get(fixture.rows().rows(folder, paths));
        get(
                fixture.rows()
                        .write(
                                folder,
                                rows.stream()
                                        .map(row -> write(row.path(), Optional.of(row.version())))
                                        .toList()));
        assertThat(
                        get(
                                fixture.rows()
                                        .children(
                                                folder,
                                                EntryPath.parse("d"),
                                                Optional.empty(),
                                                ROWS)))
                .hasSize(ROWS);
        assertThat(get(fixture.rows().dueRows(folder, Instant.EPOCH, ALL))).hasSize(ROWS + 1);
        storeAndLocateBlocks(fixture, ROWS);
        fixture.close();
        awaitReports(settings);

        Map<String, Long> read = rowsRead(settings);
        assertThat(read.get("entry")).isGreaterThan(ROWS * 3L);
        assertThat(read.get("entry")).isLessThan(ROWS * 10L);
        assertThat(read.get("block")).isLessThan(ROWS * 4L);
        assertThat(read.get("pack")).isLessThan(ROWS * 4L);
        assertThat(read.get("dirty")).isLessThan(ROWS * 10L);
    }

    private void storeAndLocateBlocks(PostgresFixture fixture, int count) {
        UUID pack = UUID.randomUUID();
        List<BlockLocation> blocks =
                IntStream.range(0, count)
                        .mapToObj(i ->
                                new BlockRef(
                                        Sha256.block(("" + i).getBytes(StandardCharsets.UTF_8)), 1))
                        .map(block -> new BlockLocation(block, pack, 0, 1, BlockLocation.Codec.RAW))
                        .toList();
        fixture.packs().beginPacks(folder, List.of(pack)).block(PATIENCE);
        fixture.packs().finishPack(folder, pack, count, blocks).block(PATIENCE);
        Map<BlockHash, BlockLocation> found =
                get(
                        fixture.packs()
                                .locate(
                                        folder,
                                        blocks.stream()
                                                .map(BlockLocation::hash)
                                                .collect(Collectors.toSet())));
        assertThat(found).hasSize(count);
    }

    private static RowWrite write(EntryPath path, Optional<Version> expected) {
        return new RowWrite(
                path,
                expected,
                new State.Waiting(ErrorCode.ENTRY_UNSTABLE, 1, Instant.EPOCH),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A session reports what it read when it ends. */
    private static void awaitReports(PostgresSettings settings) {
        String others =
                "select count(*) from pg_stat_activity"
                        + " where datname = current_database() and pid <> pg_backend_pid()";
        await().atMost(PATIENCE).until(() -> PostgresFixture.ask(settings, others).equals("0"));
    }

    private static Map<String, Long> rowsRead(PostgresSettings settings) {
        return Stream.of("entry", "dirty", "block", "pack")
                .collect(Collectors.toMap(Function.identity(), table -> rowsRead(settings, table)));
    }

    private static long rowsRead(PostgresSettings settings, String table) {
        String query =
                "select idx_tup_fetch + seq_tup_read from pg_stat_user_tables where relname = '%s'";
        return Long.parseLong(PostgresFixture.ask(settings, query.formatted(table)));
    }

    private static PostgresSettings newDatabase() {
        PostgresSettings any = EmbeddedDatabase.settings();
        String name = "d" + UUID.randomUUID().toString().replace('-', '_');
        PostgresFixture.tell(any, "create database " + name);
        return PostgresSettings.of(any.host(), any.port(), name, any.user(), any.password());
    }

    private static <T> T get(Mono<T> work) {
        return Objects.requireNonNull(work.block(PATIENCE));
    }
}
