package io.driftless.adapter.sqlite;

import static io.driftless.adapter.sqlite.OpenState.get;
import static io.driftless.adapter.sqlite.OpenState.rootOf;
import static io.driftless.testing.Trees.file;
import static io.driftless.testing.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Position;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to the file, and what is said about it. */
class SqliteStateDamageIT {
    private static final SortedMap<EntryPath, Entry> TREE =
            tree(file("a", "one"), file("b", "two"));

    @TempDir Path directory;
    private Path path;

    @BeforeEach
    void nameTheFile() {
        path = directory.resolve("targets/nas/state.db");
    }

    @Test
    void makes_the_directories_of_a_new_file() {
        OpenState.of(path).close();

        assertThat(path).isRegularFile();
    }

    @Test
    void refuses_a_file_that_is_no_database() throws IOException {
        Files.createDirectories(path.getParent());
        Files.write(path, new byte[10_000]);

        assertCorrupt(() -> OpenState.of(path));
    }

    @Test
    void refuses_a_database_that_is_not_a_state() throws IOException, SQLException {
        sql("create table other (a int)");

        assertCorrupt(() -> OpenState.of(path));
    }

    @Test
    void refuses_a_later_layout() throws IOException, SQLException {
        OpenState.of(path).close();
        sql("pragma user_version = " + (StateSchema.VERSION + 1));

        assertCorrupt(() -> OpenState.of(path));
    }

    @Test
    void goes_on_with_the_layout_before() throws IOException, SQLException {
        fold();
        sql("alter table position drop column put_back");
        sql("drop index work_content");
        sql("create index work_content on work (path_key) where kinds & 2 <> 0");
        sql("pragma user_version = 1");

        for (int opening = 0; opening < 2; opening++) {
            try (OpenState open = OpenState.of(path)) {
                assertThat(get(open.state.position()).root()).isPresent();
                open.state.putBack().block();
            }
        }
    }

    @Test
    void refuses_a_directory_in_place_of_the_file() throws IOException {
        Files.createDirectories(path);

        assertCorrupt(() -> OpenState.of(path));
    }

    @Test
    void says_when_the_file_was_overwritten() throws IOException {
        SortedMap<EntryPath, Entry> tree = manyFiles();
        try (OpenState open = OpenState.of(path)) {
            open.fold(Trees.between(new TreeMap<>(), tree), rootOf(tree));
        }
        overwrite(path, Files.size(path) / 2, (int) (Files.size(path) / 4));

        assertCorrupt(() -> {
            try (OpenState open = OpenState.of(path)) {
                get(open.state.known(Optional.empty(), 10_000));
                get(open.state.workLeft());
                get(open.state.pages(Set.of(rootOf(tree))));
            }
        });
    }

    @Test
    void says_when_rows_are_not_those_of_their_page() throws IOException, SQLException {
        fold();
        sql(
                "update desired set entry = (select entry from desired where path_key = x'61') where path_key = x'62'");

        try (OpenState open = OpenState.of(path)) {
            assertCorrupt(() -> get(open.state.pages(Set.of(rootOf(TREE)))));
        }
    }

    @Test
    void says_when_a_row_cannot_be_read() throws IOException, SQLException {
        fold();
        sql("update desired set entry = x'01ff' where path_key = x'62'");

        try (OpenState open = OpenState.of(path)) {
            assertCorrupt(() -> get(open.state.pages(Set.of(rootOf(TREE)))));
            assertCorrupt(() -> get(open.state.known(Optional.empty(), 10)));
            assertCorrupt(() -> get(open.state.work(Kind.CONTENT, Instant.now(), 10)));
        }
    }

    @Test
    void says_when_the_path_of_a_row_is_none() throws IOException, SQLException {
        fold();
        sql("update work set path_key = x'2e2e' where path_key = x'62'");

        try (OpenState open = OpenState.of(path)) {
            assertCorrupt(() -> get(open.state.known(Optional.empty(), 10)));
        }
    }

    @Test
    void finds_another_root_when_rows_are_not_what_was_folded() throws IOException, SQLException {
        fold();
        sql("delete from desired where path_key = x'62'");

        SortedMap<EntryPath, Entry> next =
                tree(file("a", "one"), file("b", "two"), file("c", "three"));
        try (OpenState open = OpenState.of(path)) {
            assertThat(open.fold(Trees.between(TREE, next), rootOf(next))).isFalse();
            assertThat(open.position().root()).contains(rootOf(TREE));
        }
    }

    @Test
    void belongs_to_one_owner_at_a_time() {
        try (OpenState first = OpenState.of(path)) {
            assertThatThrownBy(() -> OpenState.of(path))
                    .isInstanceOfSatisfying(
                            SyncException.class,
                            failure ->
                                    assertThat(failure.code()).isEqualTo(ErrorCode.STATE_IN_USE));
            assertThat(first.position().seq()).isZero();
        }
    }

    @Test
    void stands_where_it_stood_when_it_was_killed() {
        try (OpenState open = OpenState.of(path)) {
            open.fold(Trees.between(new TreeMap<>(), TREE), rootOf(TREE));
            get(open.state.collect(List.of(new Change.Remove(EntryPath.parse("a")))));

            try (OpenState next = open.killedAndReopened(directory.resolve("next"))) {
                Position position = next.position();
                assertThat(position.wasClean()).isFalse();
                assertThat(position.root()).contains(rootOf(TREE));
                assertThat(position.agent()).isEqualTo("agent-1");
                assertThat(get(next.state.pages(Set.of(rootOf(TREE))))).hasSize(1);
            }
        }
    }

    /** A log whose end was never written is what a power cut leaves. */
    @Test
    void stands_at_a_commit_however_much_of_its_log_was_lost() throws IOException {
        SortedMap<EntryPath, Entry> tree = manyFiles();
        try (OpenState open = OpenState.of(path)) {
            open.fold(Trees.between(new TreeMap<>(), TREE), rootOf(TREE));
            open.fold(Trees.between(TREE, tree), rootOf(tree));
            Path log = Path.of(path + "-wal");
            for (int part = 0; part <= 8; part++) {
                Path copies = directory.resolve("cut-" + part);
                Files.createDirectories(copies);
                Files.copy(path, copies.resolve("state.db"));
                byte[] bytes = Files.readAllBytes(log);
                Files.write(
                        copies.resolve("state.db-wal"),
                        Arrays.copyOf(bytes, (int) ((long) bytes.length * part / 8)));

                try (OpenState next = OpenState.of(copies.resolve("state.db"))) {
                    Optional<PageHash> root = next.position().root();
                    if (root.isPresent()) {
                        assertThat(root.get()).isIn(rootOf(TREE), rootOf(tree));
                        assertThat(get(next.state.pages(Set.of(root.get())))).hasSize(1);
                    }
                }
            }
        }
    }

    @Test
    void closes_twice() {
        OpenState open = OpenState.of(path);
        get(open.state.close());
        open.close();

        try (OpenState next = OpenState.of(path)) {
            assertThat(next.position().wasClean()).isTrue();
        }
    }

    private void fold() {
        try (OpenState open = OpenState.of(path)) {
            assertThat(open.fold(Trees.between(new TreeMap<>(), TREE), rootOf(TREE))).isTrue();
        }
    }

    private static SortedMap<EntryPath, Entry> manyFiles() {
        SortedMap<EntryPath, Entry> tree = new TreeMap<>(TREE);
        for (int i = 0; i < 3_000; i++) {
            EntryPath name = EntryPath.parse("f" + i);
            tree.put(
                    name,
                    new Entry.FileEntry(
                            name, TREE.get(EntryPath.ROOT).metadata(), Trees.contentOf("" + i)));
        }
        return tree;
    }

    private void assertCorrupt(ThrowingCallable use) {
        assertThatThrownBy(use)
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> {
                            assertThat(failure.code()).isEqualTo(ErrorCode.STATE_CORRUPT);
                            assertThat(failure).hasMessageContaining(path.toString());
                        });
    }

    private void sql(String sql) throws IOException, SQLException {
        Files.createDirectories(path.getParent());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void overwrite(Path file, long from, int length) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(from);
            byte[] noise = new byte[length];
            Arrays.fill(noise, (byte) 0x5a);
            access.write(noise);
        }
    }
}
