package io.driftless.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.driftless.adapter.postgres.PostgresIndex;
import io.driftless.adapter.postgres.PostgresSettings;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Removal;
import io.driftless.guard.Standing.Decision;
import io.driftless.launcher.embedded.EmbeddedPostgres;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitLog.Lease;
import io.driftless.port.CommitLog.Pages;
import io.driftless.port.CommitLog.Refusal;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.port.ParkedRemovals.Parking;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Metadata;
import io.driftless.tree.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** What others do to the server at the same time, and what the server does to us. */
class PostgresFaultIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final FolderId folder = new FolderId("f-" + UUID.randomUUID());
    private final UUID incarnation = UUID.randomUUID();
    private final List<PostgresFixture> opened = new ArrayList<>();
    private PostgresFixture index;

    @TempDir Path directory;

    @BeforeEach
    void open() {
        index = open(EmbeddedDatabase.settings());
    }

    private PostgresFixture open(PostgresSettings settings) {
        PostgresFixture fixture = new PostgresFixture(settings);
        opened.add(fixture);
        get(fixture.rows().open(folder, incarnation));
        return fixture;
    }

    @AfterEach
    void close() {
        opened.forEach(PostgresFixture::close);
    }

    private static <T> T get(Mono<T> work) {
        return Objects.requireNonNull(work.block(PATIENCE));
    }

    // ---- Others at the same time

    @Test
    void commits_nothing_whose_pack_garbage_collection_is_taking_at_this_moment() throws Exception {
        UUID pack = UUID.randomUUID();
        index.packs().beginPacks(folder, List.of(pack)).block(PATIENCE);
        index.packs().finishPack(folder, pack, 10, List.of()).block(PATIENCE);
        try (Connection collector = index.connect();
                Statement statement = collector.createStatement()) {
            collector.setAutoCommit(false);
            statement.execute("update pack set state = 3 where id = '" + pack + "'");

            CompletableFuture<Optional<Refusal>> commit = commit(lease(), pack);
            awaitWaiting();
            collector.commit();

            assertThat(commit.join()).contains(Refusal.PACK_GONE);
        }
    }

    @Test
    void commits_nothing_for_whoever_loses_the_lease_at_this_moment() throws Exception {
        Lease lease = lease();
        try (Connection other = index.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "update lease set token = token + 1, holder = 'other' from folder"
                            + " where folder = number and id = '%s'".formatted(folder));

            CompletableFuture<Optional<Refusal>> commit = commit(lease);
            awaitWaiting();
            other.commit();

            assertThat(commit.join()).contains(Refusal.LEASE_LOST);
        }
    }

    /** What it took in is seen by nobody who approves it under its old name. */
    @Test
    void approves_nothing_of_a_set_that_takes_in_more_at_this_moment() throws Exception {
        park("a");

        assertThat(
                        approvedBeside(
                                "update parked_set set approval = '000000000002', joined = now() from folder"
                                        + " where folder = number and folder.id = '%s'"
                                                .formatted(folder)))
                .isFalse();

        assertThat(get(index.parked().sets(folder)))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.id()).isEqualTo(new ApprovalId("000000000002"));
                    assertThat(one.decision()).isEqualTo(Decision.WAITING);
                });
    }

    @Test
    void a_rejection_that_comes_while_an_approval_takes_its_time_is_the_last_word()
            throws Exception {
        park("a");

        assertThat(
                        approvedBeside(
                                "update parked_set set decided = false from folder"
                                        + " where folder = number and folder.id = '%s'"
                                                .formatted(folder)))
                .isFalse();

        assertThat(get(index.parked().sets(folder)))
                .singleElement()
                .satisfies(one -> assertThat(one.decision()).isEqualTo(Decision.REJECTED));
        assertThat(get(index.rows().dirtyRows(folder, Optional.empty(), 10))).isEmpty();
    }

    @Test
    void approves_what_joins_at_this_moment_with_the_rest() throws Exception {
        park("a");

        assertThat(
                        approvedBeside(
                                "update parked_set set joined = now() from folder"
                                        + " where folder = number and folder.id = '%s'"
                                                .formatted(folder)))
                .isTrue();
        assertThat(get(index.rows().dirtyRows(folder, Optional.empty(), 10))).hasSize(1);
    }

    @Test
    void releases_a_row_that_is_written_at_this_moment_too() throws Exception {
        Version version = park("a");

        assertThat(
                        approvedBeside(
                                "update entry set version = nextval('version'), tries = 1 where version = %d"
                                        .formatted(version.value())))
                .isTrue();

        assertThat(get(index.rows().dirtyRows(folder, Optional.empty(), 10)))
                .singleElement()
                .satisfies(row -> assertThat(row.version()).isGreaterThan(version));
    }

    @Test
    void keeps_a_set_that_takes_in_more_while_it_loses_what_it_had() throws Exception {
        park("a");
        Lease lease = lease();
        try (Connection other = index.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "update parked_set set joined = now() from folder"
                            + " where folder = number and folder.id = '%s'".formatted(folder));
            statement.execute(
                    "insert into parked (set, version, key)"
                            + " select s.id, 1, int2send(s.folder) || 'b'::bytea from parked_set s"
                            + " join folder f on f.number = s.folder where f.id = '%s'"
                                    .formatted(folder));

            CompletableFuture<Optional<Refusal>> commit = commit(lease, List.of(file("a")));
            awaitWaiting();
            other.commit();

            assertThat(commit.join()).isEmpty();
        }
        assertThat(get(index.parked().sets(folder)))
                .singleElement()
                .satisfies(one -> assertThat(one.id()).isEqualTo(PARKED));
    }

    @Test
    void forgets_what_is_seen_below_a_restored_mount_at_this_moment_too() throws Exception {
        Version version = get(index.rows().write(folder, removals("m/a"))).getFirst().orElseThrow();
        Lease lease = lease();
        try (Connection other = index.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "update entry set version = nextval('version'), tries = 1 where version = %d"
                            .formatted(version.value()));

            CompletableFuture<Void> restored =
                    index.recovery().restoreMounts(lease, Set.of(EntryPath.parse("m"))).toFuture();
            awaitWaiting();
            other.commit();
            restored.join();
        }
        assertThat(get(index.rows().rows(folder, List.of(EntryPath.parse("m/a"))))).isEmpty();
    }

    private static final ApprovalId PARKED = new ApprovalId("000000000001");

    private static Entry file(String path) {
        Metadata metadata = new Metadata(0644, 1000, 1000, Trees.TIME);
        return new Entry.FileEntry(EntryPath.parse(path), metadata, Trees.contentOf("one"));
    }

    private Version park(String path) {
        Version version = get(index.rows().write(folder, removals(path))).getFirst().orElseThrow();
        Removal removal = new Removal(EntryPath.parse(path), version);
        get(
                index.parked()
                        .park(folder, new Parking(Optional.empty(), PARKED, 1, List.of(removal))));
        return version;
    }

    /**
     * Approves while somebody else does something, which is durable before the approval goes on.
     */
    private boolean approvedBeside(String sql) throws Exception {
        try (Connection other = index.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(sql);

            CompletableFuture<Boolean> decided =
                    index.parked().decide(folder, PARKED, Decision.APPROVED).toFuture();
            awaitWaiting();
            other.commit();

            return decided.join();
        }
    }

    private Lease lease() {
        return get(index.commits().lease(folder, "me", Duration.ofMinutes(5))).orElseThrow();
    }

    private CompletableFuture<Optional<Refusal>> commit(Lease lease, UUID... packs) {
        return commit(lease, List.of(), packs);
    }

    private CompletableFuture<Optional<Refusal>> commit(
            Lease lease, List<Entry> puts, UUID... packs) {
        PageHash root = Sha256.page(new byte[] {1});
        Commit commit =
                new Commit(
                        folder,
                        incarnation,
                        1,
                        root,
                        Optional.empty(),
                        root,
                        "",
                        new Commit.Summary(1, 0),
                        Instant.EPOCH,
                        new Commit.Changes.None(),
                        Signature.NONE);
        Draft draft = new Draft(commit, puts, List.of(), List.of(), Set.of(packs), Pages.NONE);
        return index.commits().commit(lease, draft).toFuture();
    }

    /** Until somebody waits for a lock. */
    private void awaitWaiting() {
        String waiting =
                "select count(*) from pg_stat_activity"
                        + " where application_name = 'driftless' and wait_event_type = 'Lock'";
        await().atMost(PATIENCE)
                .until(() ->
                        !PostgresFixture.ask(EmbeddedDatabase.settings(), waiting).equals("0"));
    }

    // ---- Limits

    @Test
    void gives_a_call_up_that_takes_too_long_and_leaves_nothing_behind() throws Exception {
        PostgresFixture hurried = open(hurried());
        Version version = get(hurried.rows().write(folder, removals("z"))).getFirst().orElseThrow();
        List<RowWrite> writes = new ArrayList<>(removals("a", "b", "c"));
        writes.add(removal("z", Optional.of(version)));
        try (Connection other = index.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "select from entry where version = %d for update".formatted(version.value()));

            assertUnavailable(() -> get(hurried.rows().write(folder, writes)));
        }

        assertThat(get(hurried.rows().rows(folder, List.of(EntryPath.parse("a"))))).isEmpty();
        assertThat(get(hurried.rows().write(folder, writes))).doesNotContain(Optional.empty());
    }

    /**
     * One connection, so that one that is not given back is missed; small batches, so that there
     * are several.
     */
    private static PostgresSettings hurried() {
        return hurried(2);
    }

    private static PostgresSettings hurried(int batchRows) {
        PostgresSettings usual = EmbeddedDatabase.settings();
        return new PostgresSettings(
                usual.host(),
                usual.port(),
                usual.database(),
                usual.user(),
                usual.password(),
                usual.sslMode(),
                1,
                usual.connectTimeout(),
                Duration.ofSeconds(2),
                batchRows);
    }

    @Test
    void goes_on_over_another_connection_when_the_server_falls_silent_on_one() throws Exception {
        PostgresSettings usual = EmbeddedDatabase.settings();
        try (SilentProxy proxy = new SilentProxy(usual.host(), usual.port())) {
            PostgresFixture far = open(over(proxy, hurried()));
            get(far.rows().write(folder, removals("a")));

            proxy.silence();

            assertUnavailable(() -> get(far.rows().write(folder, removals("b", "c", "d"))));
            assertThat(get(far.rows().write(folder, removals("b"))))
                    .doesNotContain(Optional.empty());
        }
    }

    /** Behind what it does not take any more no goodbye reaches it. */
    @Test
    void goes_on_over_another_connection_when_the_server_reads_no_more_of_one() throws Exception {
        PostgresSettings usual = EmbeddedDatabase.settings();
        try (SilentProxy proxy = new SilentProxy(usual.host(), usual.port())) {
            PostgresFixture far = open(over(proxy, hurried(usual.batchRows())));
            Version began = get(far.rows().latest());
            List<RowWrite> many = manyLongRemovals(usual.batchRows());

            proxy.deafen();

            assertUnavailable(() -> get(far.rows().write(folder, many, began)));
            assertThat(get(far.rows().write(folder, removals("b"), began)))
                    .doesNotContain(Optional.empty());
        }
    }

    /** Several megabytes. */
    private static List<RowWrite> manyLongRemovals(int count) {
        String directory = ("d".repeat(250) + "/").repeat(15);
        return IntStream.range(0, count)
                .mapToObj(i -> removal(directory + i, Optional.empty()))
                .toList();
    }

    @Test
    void tells_the_time_over_another_connection_when_the_server_falls_silent_on_one()
            throws Exception {
        PostgresSettings usual = EmbeddedDatabase.settings();
        try (SilentProxy proxy = new SilentProxy(usual.host(), usual.port())) {
            PostgresFixture far = open(over(proxy, hurried()));
            assertThat(get(far.clock())).isBetween(justBefore(), Instant.now().plusSeconds(1));

            proxy.silence();

            assertThatThrownBy(() -> get(far.clock())).hasCauseInstanceOf(TimeoutException.class);
            assertThat(get(far.clock())).isBetween(justBefore(), Instant.now().plusSeconds(1));
        }
    }

    private static Instant justBefore() {
        return Instant.now().minusSeconds(10);
    }

    @Test
    void tells_the_time_while_its_connections_are_all_in_use() throws Exception {
        PostgresFixture hurried = open(hurried());
        Version version = get(hurried.rows().write(folder, removals("z"))).getFirst().orElseThrow();
        try (Connection other = index.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "select from entry where version = %d for update".formatted(version.value()));
            var waiting =
                    hurried.rows()
                            .write(folder, List.of(removal("z", Optional.of(version))))
                            .toFuture();
            awaitWaiting();

            assertThat(get(hurried.clock())).isAfter(justBefore());

            assertThat(waiting).isNotDone();
            other.rollback();
            waiting.join();
        }
    }

    private static PostgresSettings over(SilentProxy proxy, PostgresSettings settings) {
        return new PostgresSettings(
                "localhost",
                proxy.port(),
                settings.database(),
                settings.user(),
                settings.password(),
                settings.sslMode(),
                settings.connections(),
                settings.connectTimeout(),
                settings.callTimeout(),
                settings.batchRows());
    }

    private static List<RowWrite> removals(String... paths) {
        return List.of(paths).stream().map(path -> removal(path, Optional.empty())).toList();
    }

    private static RowWrite removal(String path, Optional<Version> expected) {
        return new RowWrite(
                EntryPath.parse(path),
                expected,
                new State.Removed(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    // ---- The server

    @Test
    void cannot_be_reached_where_nobody_listens() {
        PostgresSettings nowhere = PostgresSettings.of("127.0.0.1", 1, "d", "u", "p");

        assertUnavailable(() -> new PostgresFixture(nowhere));
    }

    /** One that stands in for another that failed, or has no more space. */
    @Test
    void takes_a_server_that_only_lets_read_for_one_that_is_away() {
        PostgresSettings usual = EmbeddedDatabase.settings();
        PostgresFixture.tell(usual, "create role reader superuser login password 'p'");
        PostgresFixture.tell(usual, "alter role reader set default_transaction_read_only = on");
        PostgresIndex standby = new PostgresIndex(reader(usual), PostgresFixture.codec());
        try {
            assertUnavailable(() -> get(standby.folderIndex().write(folder, removals("a"))))
                    .hasMessageContaining("25006");
        } finally {
            standby.close().block(PATIENCE);
            PostgresFixture.tell(usual, "drop role reader");
        }
    }

    private static PostgresSettings reader(PostgresSettings usual) {
        return PostgresSettings.of(usual.host(), usual.port(), usual.database(), "reader", "p");
    }

    @Test
    void goes_on_and_listens_again_when_its_server_comes_back_after_kill_9() throws Exception {
        EmbeddedPostgres.Settings settings = EmbeddedPostgres.Settings.in(directory);
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            PostgresFixture fixture = open(EmbeddedDatabase.settings(server.address()));
            get(fixture.rows().write(folder, removals("before")));
            Queue<FolderId> heard = new ConcurrentLinkedQueue<>();
            Disposable listening = fixture.packs().stored().subscribe(heard::add);
            awaitHeard(fixture, heard);
            assertThat(get(fixture.clock())).isAfter(justBefore());

            String pid = Files.readAllLines(directory.resolve("data/postmaster.pid")).getFirst();
            ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();
            assertUnavailable(() -> untilItFails(fixture));

            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(SyncException.class)
                    .until(() ->
                            get(fixture.rows().dirtyRows(folder, Optional.empty(), 9)).size() == 1);
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(SyncException.class)
                    .until(() -> get(fixture.clock()).isAfter(justBefore()));
            heard.clear();
            awaitHeard(fixture, heard);
            listening.dispose();
            fixture.close();
            opened.remove(fixture);
        }
    }

    private void awaitHeard(PostgresFixture fixture, Queue<FolderId> heard) {
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(SyncException.class)
                .until(() -> {
                    fixture.packs().announce(folder).block(PATIENCE);
                    return !heard.isEmpty();
                });
    }

    private void untilItFails(PostgresFixture fixture) {
        Instant end = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(end)) {
            get(fixture.rows().rows(folder, List.of(EntryPath.ROOT)));
        }
    }

    private static AbstractThrowableAssert<?, ?> assertUnavailable(ThrowingCallable work) {
        return assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure ->
                                assertThat(failure.code())
                                        .isEqualTo(ErrorCode.DEPENDENCY_UNAVAILABLE))
                .hasMessageContaining("PostgreSQL");
    }
}
