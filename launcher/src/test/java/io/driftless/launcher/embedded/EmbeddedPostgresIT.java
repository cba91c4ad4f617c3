package io.driftless.launcher.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.launcher.embedded.EmbeddedPostgres.Address;
import io.driftless.launcher.embedded.EmbeddedPostgres.Settings;
import io.driftless.launcher.embedded.ServerProcesses.State;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddedPostgresIT {
    /** Rows that take a while to recover. */
    private static final int MUCH = 1_000_000;

    /** Enough for all of a start but recovery. */
    private static final Duration HURRIED = Duration.ofSeconds(3);

    @TempDir Path directory;
    private Thread starter = Thread.currentThread();

    @Test
    void lets_in_who_knows_the_password_and_nobody_else() throws Exception {
        try (EmbeddedPostgres server = start()) {
            Address address = server.address();

            assertThat(ask(address, "select current_setting('fsync')")).isEqualTo("on");
            assertThatThrownBy(() -> connect(address, "guessed").close())
                    .hasMessageContaining("password authentication failed");
            assertThat(address.toString()).doesNotContain(address.password());
            assertThat(Files.getPosixFilePermissions(directory.resolve("password")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void keeps_rows_and_password_from_one_start_to_the_next() throws Exception {
        Address first = startWithOneRow();

        try (EmbeddedPostgres again = start()) {
            assertThat(again.address().password()).isEqualTo(first.password());
            assertThat(ask(again.address(), "select n from t")).isEqualTo("7");
        }
    }

    @Test
    void comes_back_at_the_same_address_after_its_server_was_killed() throws Exception {
        try (EmbeddedPostgres server = start()) {
            tell(server.address(), "create table t (n int)", "insert into t values (7)");

            server.process().destroyForcibly();

            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsInstanceOf(SQLException.class)
                    .until(() -> ask(server.address(), "select n from t").equals("7"));
        }
    }

    @Test
    void stops_within_two_seconds_while_clients_are_connected() throws Exception {
        EmbeddedPostgres server = start();
        try (Connection client = connect(server.address(), server.address().password())) {
            Instant before = Instant.now();
            server.close();

            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(2));
            assertThat(server.process().isAlive()).isFalse();
            assertThat(client.isValid(1)).isFalse();
        }
    }

    @Test
    void refuses_a_second_server_in_its_directory() {
        try (EmbeddedPostgres server = start()) {
            assertFailsWith(ErrorCode.STATE_IN_USE, this::start);
            assertThat(server.process().isAlive()).isTrue();
        }
    }

    @Test
    void ends_with_a_killed_process_and_refuses_its_directory_until_then() throws Exception {
        Process other = startElsewhere();
        try (BufferedReader lines = other.inputReader()) {
            long server = Long.parseLong(lines.readLine());
            assertFailsWith(ErrorCode.STATE_IN_USE, this::start);

            other.destroyForcibly().waitFor();

            await().atMost(Duration.ofSeconds(10)).until(() -> ProcessHandle.of(server).isEmpty());
        } finally {
            other.destroyForcibly();
        }
        start().close();
    }

    @Test
    void stops_a_server_that_was_left_behind() throws Exception {
        startWithOneRow();
        Process orphan = startBySelf();
        await().atMost(Duration.ofSeconds(10)).until(() -> isReady(orphan));

        try (EmbeddedPostgres server = start()) {
            assertThat(orphan.waitFor(1, TimeUnit.SECONDS)).isTrue();
            assertThat(ask(server.address(), "select n from t")).isEqualTo("7");
        } finally {
            orphan.destroyForcibly();
        }
    }

    @Test
    void starts_although_another_program_has_the_number_of_a_server_long_gone() throws Exception {
        startWithOneRow();
        String mine = ProcessHandle.current().pid() + "\n" + directory + "\n";
        Files.writeString(directory.resolve("data/postmaster.pid"), mine);

        try (EmbeddedPostgres server = start()) {
            assertThat(ask(server.address(), "select n from t")).isEqualTo("7");
        }
    }

    @ParameterizedTest
    @MethodSource("leftByPowerFailures")
    void starts_although_a_power_failure_damaged_what_its_server_had_written_about_itself(
            byte[] left) throws Exception {
        startWithOneRow();
        Files.write(directory.resolve("data/postmaster.pid"), left);

        try (EmbeddedPostgres server = start()) {
            assertThat(ask(server.address(), "select n from t")).isEqualTo("7");
        }
    }

    private static Stream<Arguments> leftByPowerFailures() {
        byte[] nothing = {};
        byte[] zeros = new byte[90];
        byte[] notText = {(byte) 0xff, (byte) 0xfe, 7, '\n'};
        return Stream.of(
                argumentSet("nothing", nothing),
                argumentSet("zeros", zeros),
                argumentSet("not text", notText));
    }

    @Test
    void waits_for_a_recovery_that_takes_longer_than_a_start_may() throws Exception {
        leaveMuchToRecover();
        FutureTask<EmbeddedPostgres> starting = startInThread(HURRIED);
        ProcessHandle recovery = recovery();
        send("STOP", recovery);

        assertThatThrownBy(() -> starting.get(5, TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class);

        send("CONT", recovery);
        try (EmbeddedPostgres server = starting.get(60, TimeUnit.SECONDS)) {
            assertThat(ask(server.address(), "select count(*) from t")).isEqualTo("" + MUCH);
        }
    }

    @Test
    void a_start_that_waits_for_a_recovery_ends_and_gives_the_directory_back_when_cancelled()
            throws Exception {
        leaveMuchToRecover();
        FutureTask<EmbeddedPostgres> starting = startInThread(Duration.ofSeconds(60));
        send("STOP", recovery());

        starter.interrupt();

        assertThatThrownBy(() -> starting.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(SyncException.class);
        start().close();
    }

    @Test
    void says_the_servers_last_words_when_it_does_not_start() throws Exception {
        start().close();
        Files.writeString(
                directory.resolve("data/postgresql.conf"),
                "\nno_such_setting = 1\n",
                StandardOpenOption.APPEND);

        assertThatThrownBy(this::start)
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failed -> assertThat(failed.code()).isEqualTo(ErrorCode.START_FAILED))
                .hasMessageContaining("no_such_setting");
        assertFailsWith(ErrorCode.START_FAILED, this::start); // and not STATE_IN_USE
    }

    @Test
    void refuses_a_port_that_is_taken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Settings any = Settings.in(directory);
            Settings fixed =
                    new Settings(
                            directory,
                            any.cacheDirectory(),
                            taken.getLocalPort(),
                            any.startTimeout(),
                            any.stopTimeout());

            assertFailsWith(ErrorCode.PORT_IN_USE, () -> EmbeddedPostgres.start(fixed));
        }
    }

    @Test
    void runs_for_root_where_user_namespaces_are_forbidden() throws Exception {
        assumeTrue(RunAs.choose() == RunAs.ROOT_IN_NAMESPACE);
        startWithOneRow();

        try (EmbeddedPostgres server =
                EmbeddedPostgres.start(Settings.in(directory), RunAs.NOBODY)) {
            assertThat(ask(server.address(), "select n from t")).isEqualTo("7");
        }
        try (EmbeddedPostgres server = start()) {
            assertThat(ask(server.address(), "select n from t")).isEqualTo("7");
        }
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(Settings.in(directory));
    }

    private Address startWithOneRow() throws SQLException {
        try (EmbeddedPostgres server = start()) {
            tell(server.address(), "create table t (n int)", "insert into t values (7)");
            return server.address();
        }
    }

    /** What a power failure leaves in the midst of much work. */
    private void leaveMuchToRecover() throws SQLException {
        EmbeddedPostgres server = start();
        tell(
                server.address(),
                "create table t (n int)",
                "insert into t select generate_series(1, " + MUCH + ")");
        server.process().destroyForcibly();
        server.close(); // before it is started again
    }

    private FutureTask<EmbeddedPostgres> startInThread(Duration startTimeout) {
        Settings any = Settings.in(directory);
        Settings settings =
                new Settings(directory, any.cacheDirectory(), 0, startTimeout, any.stopTimeout());
        FutureTask<EmbeddedPostgres> starting =
                new FutureTask<>(() -> EmbeddedPostgres.start(settings));
        starter = Thread.ofPlatform().daemon().start(starting);
        return starting;
    }

    /** The process of our server that recovers. */
    private static ProcessHandle recovery() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")));
        return await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(
                        () ->
                                ProcessHandle.current()
                                        .descendants()
                                        .filter(one -> title(one).startsWith("postgres: startup"))
                                        .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static String title(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
        } catch (IOException ended) {
            return "";
        }
    }

    private static void send(String signal, ProcessHandle process) {
        assertThat(Command.of("kill", "-" + signal, Long.toString(process.pid())).succeeds())
                .isTrue();
    }

    /** As a version of ours that lost its child would leave it. */
    private Process startBySelf() throws IOException {
        Path program =
                PostgresBinaries.ofThisMachine()
                        .unpackedIn(PostgresBinaries.userCache())
                        .resolve("bin/postgres");
        List<String> asRoot = List.of("unshare", "-U");
        List<String> command =
                List.of(
                        program.toString(),
                        "-D",
                        directory.resolve("data").toString(),
                        "-p",
                        Integer.toString(LoopbackPort.free()),
                        "-c",
                        "unix_socket_directories=");
        boolean isRoot = RunAs.choose() == RunAs.ROOT_IN_NAMESPACE;
        return new Command(isRoot ? asRoot : List.of())
                .and(command)
                .start(directory.resolve("orphan.log"));
    }

    private boolean isReady(Process server) throws IOException {
        return new ServerProcesses(directory.resolve("data")).state(server.pid()) == State.READY;
    }

    private Process startElsewhere() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServerInAnotherProcess.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void assertFailsWith(ErrorCode code, ThrowingCallable start) {
        assertThatThrownBy(start)
                .isInstanceOfSatisfying(
                        SyncException.class, failed -> assertThat(failed.code()).isEqualTo(code));
    }

    private static String ask(Address address, String query) throws SQLException {
        try (Connection connection = connect(address, address.password());
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(query)) {
            answer.next();
            return answer.getString(1);
        }
    }

    private static void tell(Address address, String... statements) throws SQLException {
        try (Connection connection = connect(address, address.password());
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }

    private static Connection connect(Address address, String password) throws SQLException {
        String url =
                "jdbc:postgresql://%s:%d/%s"
                        .formatted(address.host(), address.port(), address.database());
        return DriverManager.getConnection(url, address.user(), password);
    }
}
