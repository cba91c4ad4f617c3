package io.driftless.testkit.simulation;

import static io.driftless.testkit.simulation.DiskAgent.bytes;
import static io.driftless.testkit.simulation.DiskAgent.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.event.Report;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.testkit.tree.DiskEditor;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of docs/DRIFT.md on a real disk: each row, in both modes. */
@Tag("P3")
@Tag("P9")
class DriftMatrixIT {
    private static final Duration NEVER = Duration.ofDays(1);

    /** What the time of the root says when something came to it or went. */
    private static final Map<String, Long> ROOT_TIME = Map.of("metadata", 1L);

    @TempDir Path home;

    /**
     * One way to harm a target.
     *
     * @param drift how it is counted in both modes
     * @param mirrorDrift how it is counted besides in a mirror
     * @param left what overlay leaves where it is
     * @param trashed texts that are in the trash afterwards, in both modes
     */
    private record Harm(
            Consumer<DiskEditor> edit,
            Map<String, Long> drift,
            Map<String, Long> mirrorDrift,
            List<String> left,
            List<String> trashed) {}

    private static final Map<String, Harm> HARMS =
            Map.ofEntries(
                    Map.entry(
                            "deleted",
                            harm(disk -> disk.delete(path("a")), Map.of("missing", 1L), ROOT_TIME)),
                    Map.entry(
                            "overwritten with the same size and time",
                            harm(DriftMatrixIT::overwrite, "content", "BETA")),
                    Map.entry(
                            "truncated",
                            harm(disk -> disk.write(path("b"), bytes("be")), "partial", "be")),
                    Map.entry(
                            "appended",
                            harm(
                                    disk -> disk.write(path("b"), bytes("beta!")),
                                    "content",
                                    "beta!")),
                    Map.entry("chmod", harm(disk -> disk.changeMode(path("b"), 0600), "metadata")),
                    Map.entry(
                            "touched",
                            harm(
                                    disk -> disk.setModified(path("b"), new Timestamp(7, 7)),
                                    "metadata")),
                    Map.entry(
                            "replaced by a directory",
                            new Harm(
                                    DriftMatrixIT::replaceByDirectory,
                                    Map.of("type", 1L),
                                    Map.of("extra", 1L, "metadata", 1L),
                                    List.of("b/x"),
                                    List.of())),
                    Map.entry(
                            "replaced by a symlink",
                            harm(DriftMatrixIT::replaceBySymlink, Map.of("type", 1L), ROOT_TIME)),
                    Map.entry(
                            "renamed",
                            new Harm(
                                    disk -> disk.rename(path("b"), path("c")),
                                    Map.of("missing", 1L),
                                    Map.of("extra", 1L, "metadata", 1L),
                                    List.of("c"),
                                    List.of())),
                    Map.entry(
                            "extra file",
                            new Harm(
                                    disk -> disk.write(path("x"), bytes("extra")),
                                    Map.of(),
                                    Map.of("extra", 1L, "metadata", 1L),
                                    List.of("x"),
                                    List.of())),
                    Map.entry(
                            "extra directory",
                            new Harm(
                                    DriftMatrixIT::makeDirectory,
                                    Map.of(),
                                    Map.of("extra", 2L, "metadata", 1L),
                                    List.of("e", "e/y"),
                                    List.of())),
                    Map.entry(
                            ".driftless deleted",
                            harm(disk -> disk.delete(path(".driftless")), Map.of(), ROOT_TIME)));

    private static Harm harm(Consumer<DiskEditor> edit, String drift, String... trashed) {
        return new Harm(edit, Map.of(drift, 1L), Map.of(), List.of(), List.of(trashed));
    }

    private static Harm harm(
            Consumer<DiskEditor> edit, Map<String, Long> drift, Map<String, Long> mirrorDrift) {
        return new Harm(edit, drift, mirrorDrift, List.of(), List.of());
    }

    private static void overwrite(DiskEditor disk) {
        Timestamp modified = disk.stat(path("b")).orElseThrow().metadata().modified();
        disk.write(path("b"), bytes("BETA"));
        disk.setModified(path("b"), modified);
    }

    private static void replaceByDirectory(DiskEditor disk) {
        disk.delete(path("b"));
        disk.makeDirectory(path("b"));
        disk.write(path("b/x"), bytes("theirs"));
    }

    private static void replaceBySymlink(DiskEditor disk) {
        disk.delete(path("b"));
        disk.makeSymlink(path("b"), LinkTarget.parse("a"));
    }

    private static void makeDirectory(DiskEditor disk) {
        disk.makeDirectory(path("e"));
        disk.write(path("e/y"), bytes("theirs"));
    }

    static Stream<Arguments> harms() {
        return HARMS.keySet().stream()
                .flatMap(name -> Stream.of(Mode.values()).map(mode -> Arguments.of(name, mode)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("harms")
    void what_is_done_to_a_target_ends_as_the_table_says(String name, Mode mode) {
        Harm harm = HARMS.get(name);
        try (DiskAgent agent = new DiskAgent(home, mode, NEVER)) {
            Map<String, String> right = agent.tree();
            harm.edit().accept(agent.disk);
            Map<String, String> harmed = agent.tree();

            Report report = agent.scanned();

            Map<String, String> after = agent.tree();
            if (mode == Mode.MIRROR) {
                assertThat(after).isEqualTo(right);
                assertThat(report.deviations()).isEmpty();
            } else {
                isRightButForWhatIsLeft(after, right, harmed, harm);
            }
            assertThat(report.checks().drift()).isEqualTo(counted(harm, mode));
            assertThat(agent.trashed()).containsAll(harm.trashed());
            assertThat(agent.disk.read(path(".driftless/marker.json"))).isPresent();
        }
    }

    /** In overlay a directory in the way stays, and with it what is in it. */
    private static void isRightButForWhatIsLeft(
            Map<String, String> after,
            Map<String, String> right,
            Map<String, String> harmed,
            Harm harm) {
        for (String left : harm.left()) {
            assertThat(after).containsEntry(left, harmed.get(left));
        }
        boolean isHindered = harm.left().contains("b/x");
        right.forEach((path, text) -> {
            boolean isDirectory = text.startsWith(Stat.Kind.DIRECTORY.name());
            if (!isDirectory && !(isHindered && path.equals("b"))) {
                assertThat(after).containsEntry(path, text);
            }
        });
        assertThat(after).hasSize(right.size() + harm.left().size());
    }

    private static Map<String, Long> counted(Harm harm, Mode mode) {
        Map<String, Long> all = new TreeMap<>(harm.drift());
        if (mode == Mode.MIRROR) {
            harm.mirrorDrift().forEach((word, count) -> all.merge(word, count, Long::sum));
        }
        return all;
    }

    @Test
    void what_was_extra_in_a_mirror_is_in_its_trash() {
        try (DiskAgent agent = new DiskAgent(home, Mode.MIRROR, NEVER)) {
            makeDirectory(agent.disk);
            agent.disk.write(path("x"), bytes("extra"));

            agent.scanned();

            assertThat(agent.trashed()).containsExactlyInAnyOrder("theirs", "extra");
        }
    }

    @Test
    void a_target_is_scanned_by_the_clock() {
        try (DiskAgent agent = new DiskAgent(home, Mode.MIRROR, Duration.ofMillis(300))) {
            Map<String, String> right = agent.tree();
            agent.disk.delete(path("a"));

            agent.reported(
                    report -> report.checks().drift().containsKey("missing") && report.isSettled());

            assertThat(agent.tree()).isEqualTo(right);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_root_that_was_replaced_stops_the_target_until_it_is_back(Mode mode) throws Exception {
        try (DiskAgent agent = new DiskAgent(home, mode, Duration.ofMillis(300))) {
            Map<String, String> right = agent.tree();
            Path aside = home.resolve("aside");
            EntryPath theirs = path("theirs");
            agent.disk.swapRoot();
            agent.disk.write(theirs, bytes("theirs"));

            agent.reported(report -> report.deviations().containsKey("DL-3001"));

            assertThat(agent.disk.names(EntryPath.ROOT)).containsExactly(theirs);
            assertThat(Files.exists(aside.resolve("a"))).isTrue();
            agent.disk.delete(theirs);
            agent.disk.showRoot();
            agent.disk.delete(path("a"));
            agent.reported(
                    report -> report.isSettled() && report.checks().drift().containsKey("missing"));

            assertThat(agent.tree()).isEqualTo(right);
        }
    }
}
