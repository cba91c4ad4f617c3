package io.driftless.launcher.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.status.Parked;
import io.driftless.status.SystemStatus;
import io.driftless.status.SystemStatus.FolderStatus;
import io.driftless.status.SystemStatus.Problem;
import io.driftless.status.SystemStatus.TargetChecks;
import io.driftless.status.SystemStatus.TargetStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values as people read them. */
class LinesTest {
    @ParameterizedTest
    @CsvSource({
        "0,0 B",
        "1023,1023 B",
        "1024,1.00 KiB",
        "10240,10.0 KiB",
        "102400,100 KiB",
        "1048575,1.00 MiB",
        "1572864,1.50 MiB",
        "1099511627776,1.00 TiB",
        "9223372036854775807,8.00 EiB"
    })
    void says_bytes_in_the_largest_unit_that_fits(long bytes, String text) {
        assertThat(Amounts.bytes(bytes)).isEqualTo(text);
    }

    @Test
    void says_durations_for_people() {
        assertThat(Amounts.duration(Duration.ofMillis(1234))).isEqualTo("1.23 s");
        assertThat(Amounts.duration(Duration.ofSeconds(75))).isEqualTo("1:15");
        assertThat(Amounts.duration(Duration.ofSeconds(3_723))).isEqualTo("1:02:03");
        assertThat(Amounts.count(1_234_567)).isEqualTo("1,234,567");
    }

    @Test
    void escapes_whatever_a_terminal_would_obey() {
        assertThat(Printable.line("plain é 漢 😀 %")).isEqualTo("plain é 漢 😀 %");
        assertThat(Printable.line("a\nb\u001b[2J\u0007\u007f")).isEqualTo("a%0Ab%1B[2J%07%7F");
        assertThat(Printable.line("\u009b31m\u2028\u202e"))
                .isEqualTo("%C2%9B31m%E2%80%A8%E2%80%AE");
    }

    @Test
    void shows_a_system_with_its_folders_targets_and_deviations() {
        SystemStatus status =
                new SystemStatus(
                        "1.0",
                        4711,
                        Instant.parse("2026-03-01T12:00:00Z"),
                        List.of(
                                new FolderStatus(
                                        "photos",
                                        "/photos",
                                        "watching",
                                        false,
                                        12,
                                        20_001,
                                        1 << 30,
                                        Optional.of(Instant.parse("2026-03-01T12:30:00Z")),
                                        Optional.of(Instant.parse("2026-03-01T12:44:00Z")),
                                        2,
                                        40_003,
                                        Map.of("DL-2004", 3L),
                                        List.of(
                                                new Problem(
                                                        "d/x",
                                                        "DL-2003",
                                                        "Give it.",
                                                        3,
                                                        Optional.of(
                                                                Instant.parse(
                                                                        "2026-03-01T12:41:00Z"))),
                                                new Problem("fifo", "DL-2004", "It is none.")),
                                        List.of(
                                                new Parked(
                                                        "0123456789ab",
                                                        "waiting",
                                                        "DL-3020",
                                                        1_200,
                                                        1_300,
                                                        Instant.parse("2026-03-01T12:20:00Z"),
                                                        List.of("a", "b"),
                                                        Optional.empty())),
                                        List.of(new Problem(".", "DL-3001", "The root is away.")),
                                        List.of(new Problem(".", "DL-3011", "A clock is behind.")),
                                        List.of(
                                                target("nas", 12, 0, 0, Map.of()),
                                                target(
                                                        "usb",
                                                        10,
                                                        2,
                                                        1_500,
                                                        Map.of("DL-3003", 7L, "DL-2011", 1L))))));

        assertThat(StatusTable.lines(status))
                .containsExactly(
                        "driftless 1.0, process 4711, since 2026-03-01T12:00:00Z",
                        "photos  /photos  watching, commit 12, 20,001 entries, 1.00 GiB;"
                                + " more was found than is committed",
                        "  last full scan 2026-03-01T12:30:00Z, 2 since the start; 40,003 entries looked at",
                        "  next full scan 2026-03-01T12:44:00Z",
                        "  not carried over as it is: 3 × DL-2004",
                        "    DL-2003 d/x: Give it. (failed 3 times, next try 2026-03-01T12:41:00Z)",
                        "    DL-2004 fifo: It is none.",
                        "  DL-3001 The root is away.",
                        "  DL-3011 A clock is behind.",
                        "  DL-3020 1,200 removals wait for approval since 2026-03-01T12:20:00Z,"
                                + " id 0123456789ab, 1,300 entries: a, b, …",
                        "  nas  /mnt/nas  mirror: converged at commit 12",
                        "    equal to the source at commit 12; metadata proven at 2026-03-01T12:40:00Z,"
                                + " content proven since 2026-03-01T12:20:00Z",
                        "    changed by others and found: 2 × extra, 1 × missing",
                        "  usb  /mnt/usb  mirror: applying at commit 10, 2 behind for 1:15, 1,500 to do",
                        "    not equal to the source: 2 commits behind, 1,500 paths to do, 8 deviating;"
                                + " not scanned yet, content not proven of every file",
                        "    deviations: 1 × DL-2011, 7 × DL-3003",
                        "    DL-3003 a/b: disk full");
        assertThat(status.isConverged()).isFalse();
    }

    @Test
    void of_a_fleet_it_says_what_is_known_and_who_is_silent() {
        TargetStatus silent =
                new TargetStatus(
                        "web-1",
                        "",
                        "",
                        "silent",
                        12,
                        0,
                        0,
                        0,
                        Map.of(),
                        Optional.empty(),
                        List.of(),
                        TargetChecks.NONE,
                        Optional.of(Instant.parse("2026-03-01T12:50:00Z")));
        FolderStatus folder =
                new FolderStatus(
                        "photos",
                        "",
                        "watching",
                        true,
                        12,
                        3,
                        4,
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        0,
                        Map.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(silent));
        SystemStatus status = new SystemStatus("1.0", 1, Instant.EPOCH, List.of(folder));

        assertThat(StatusTable.lines(status))
                .containsExactly(
                        "driftless 1.0, process 1, since 1970-01-01T00:00:00Z",
                        "photos  watching, commit 12, 3 entries, 4 B",
                        "  web-1: silent at commit 12",
                        "    not equal to the source: nothing was heard of it since"
                                + " 2026-03-01T12:50:00Z; not scanned yet, content not proven of"
                                + " every file");
        assertThat(status.isConverged()).isFalse();
    }

    private static TargetStatus target(
            String id, long seq, long behind, long pending, Map<String, Long> deviations) {
        List<Problem> problems =
                deviations.isEmpty()
                        ? List.of()
                        : List.of(new Problem("a/b", "DL-3003", "disk full"));
        return new TargetStatus(
                id,
                "/mnt/" + id,
                "mirror",
                deviations.isEmpty() ? "converged" : "applying",
                seq,
                behind,
                behind > 0 ? 75 : 0,
                pending,
                deviations,
                deviations.isEmpty()
                        ? Optional.of(Instant.parse("2026-03-01T12:20:00Z"))
                        : Optional.empty(),
                problems,
                deviations.isEmpty() ? checks() : TargetChecks.NONE,
                Optional.of(Instant.parse("2026-03-01T12:50:00Z")));
    }

    private static TargetChecks checks() {
        return new TargetChecks(
                Optional.of(Instant.parse("2026-03-01T12:40:00Z")),
                20_001,
                0,
                Map.of("missing", 1L, "extra", 2L));
    }
}
