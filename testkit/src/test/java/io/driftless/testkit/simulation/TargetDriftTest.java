package io.driftless.testkit.simulation;

import static io.driftless.testkit.simulation.LiveTarget.bytes;
import static io.driftless.testkit.simulation.LiveTarget.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.agent.AgentSettings.Checks;
import io.driftless.event.Report;
import io.driftless.event.Report.Held;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a target that is changed by others while its agent lives. */
@Tag("P9")
@Tag("P4")
class TargetDriftTest {
    private static final Duration INTERVAL = Duration.ofMinutes(10);

    private static final Duration RARELY = Duration.ofDays(30);

    /** Before the next scan of the target, and after all that was done at the start. */
    private static final Duration A_WHILE = Duration.ofSeconds(30);

    /** So many that nobody put there are not removed unasked. */
    private static final int MANY = 60;

    private static final EntryPath MARKER = path(".driftless/marker");

    private static final Checks SCANS_ONLY = new Checks(INTERVAL, 0, Duration.ZERO);

    private Optional<LiveTarget> live = Optional.empty();

    @AfterEach
    void stop() {
        live.ifPresent(LiveTarget::stop);
    }

    private LiveTarget started(Mode mode, Checks checks) {
        LiveTarget target = new LiveTarget(mode, checks);
        live = Optional.of(target);
        MemoryTree source = target.source.tree;
        source.write(path("a"), bytes("alpha"));
        source.write(path("b"), bytes("beta"));
        source.mkdir(path("d"));
        source.write(path("d/f"), bytes("file"));
        source.symlink(path("l"), LinkTarget.parse("a"));
        target.source.commit();
        target.start();
        target.pass(A_WHILE);
        assertThat(target.disk.snapshot()).isEqualTo(source.snapshot());
        assertThat(target.report().isSettled()).isTrue();
        return target;
    }

    private static void isEqualToTheSource(LiveTarget target) {
        assertThat(target.disk.snapshot()).isEqualTo(target.source.tree.snapshot());
        assertThat(target.report().isSettled()).isTrue();
    }

    private static Map<String, Long> drift(LiveTarget target) {
        return target.report().checks().drift();
    }

    @Test
    void what_is_done_to_a_target_is_put_right_within_one_interval_and_counted() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        target.disk.delete(path("a"));
        target.disk.overwrite(path("b"), 0, bytes("BETA"));
        target.disk.chmod(path("d"), 0700);
        target.disk.truncate(path("d/f"), 2);
        target.disk.delete(path("l"));
        target.disk.mkdir(path("l"));
        target.disk.write(path("x"), bytes("extra"));

        target.pass(A_WHILE);
        assertThat(drift(target)).isEmpty();
        target.pass(INTERVAL.minus(A_WHILE));

        isEqualToTheSource(target);
        assertThat(drift(target))
                .containsOnly(
                        Map.entry("missing", 1L),
                        Map.entry("content", 1L),
                        Map.entry("partial", 1L),
                        Map.entry("type", 1L),
                        Map.entry("extra", 1L),
                        Map.entry("metadata", 2L)); // d, and the times of the root
        assertThat(target.trashed()).contains("BETA", "fi", "extra");
    }

    private static void fillWithExtras(LiveTarget target, int count) {
        target.disk.mkdir(path("photos"));
        for (int i = 0; i < count; i++) {
            target.disk.write(path("photos/p" + (1_000 + i)), bytes("picture " + i));
        }
    }

    /** P4: a mirror was pointed at a directory that is somebody's. */
    @Test
    void a_mirror_asks_before_it_removes_much_that_was_never_put_there() {
        LiveTarget target = new LiveTarget(Mode.MIRROR, SCANS_ONLY);
        live = Optional.of(target);
        fillWithExtras(target, MANY);
        target.source.tree.write(path("a"), bytes("alpha"));
        target.source.commit();
        target.start();

        target.pass(A_WHILE);

        assertThat(target.disk.bytes(path("a"))).hasValue(bytes("alpha"));
        assertThat(target.disk.names(path("photos"))).hasSize(MANY);
        assertThat(target.tree.trash()).isEmpty();
        assertThat(target.report().isSettled()).isFalse();
        assertThat(target.report().pending()).isZero();
        assertThat(target.report().deviations()).containsEntry("DL-3021", MANY + 1L);
        Held held = target.report().checks().held().orElseThrow();
        assertThat(held.entries()).isEqualTo(MANY + 1L);

        target.approve(held.id());
        target.pass(A_WHILE);

        isEqualToTheSource(target);
        assertThat(target.trashed()).hasSize(MANY).contains("picture 7");
        assertThat(target.report().checks().held()).isEmpty();
    }

    /** P4: however few they are, where nothing is to stay. */
    @Test
    void a_mirror_of_an_empty_folder_asks_before_it_removes_all_there_is() {
        LiveTarget target = new LiveTarget(Mode.MIRROR, SCANS_ONLY);
        live = Optional.of(target);
        fillWithExtras(target, 2);
        target.source.commit();
        target.start();

        target.pass(A_WHILE);

        assertThat(target.disk.names(path("photos"))).hasSize(2);
        target.approve(target.report().checks().held().orElseThrow().id());
        target.pass(A_WHILE);
        isEqualToTheSource(target);
        assertThat(target.trashed()).hasSize(2);
    }

    /** P4: a file of ours has the name of somebody's directory. */
    @Test
    void a_mirror_asks_before_much_goes_along_with_a_directory_that_is_in_the_way() {
        LiveTarget target = new LiveTarget(Mode.MIRROR, SCANS_ONLY);
        live = Optional.of(target);
        fillWithExtras(target, MANY);
        target.source.tree.write(path("photos"), bytes("a file"));
        target.source.commit();
        target.start();

        target.pass(A_WHILE);

        assertThat(target.disk.names(path("photos"))).hasSize(MANY);
        assertThat(target.tree.trash()).isEmpty();
        Held held = target.report().checks().held().orElseThrow();
        target.approve(held.id());
        target.pass(A_WHILE);
        isEqualToTheSource(target);
        assertThat(target.tree.trash()).isNotEmpty();
        assertThat(target.report().checks().held()).isEmpty();
    }

    /** Found by a scan, and before one, as where a commit comes to that path. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_somebody_made_in_the_place_of_a_file_of_ours_is_counted_before_it_goes(
            boolean isScanned) {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        target.source.tree.write(path("photos"), bytes("a file"));
        target.source.commit();
        target.pass(A_WHILE);
        target.disk.delete(path("photos"));
        fillWithExtras(target, MANY);
        if (!isScanned) {
            target.source.tree.write(path("photos"), bytes("another file"));
            target.source.commit();
        }

        target.pass(INTERVAL);

        assertThat(target.disk.names(path("photos"))).hasSize(MANY);
        assertThat(target.tree.trash()).isEmpty();
        target.approve(target.report().checks().held().orElseThrow().id());
        target.pass(A_WHILE);
        isEqualToTheSource(target);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_little_goes_along_with_a_directory_in_the_place_of_a_file_of_ours(
            boolean isScanned) {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        target.source.tree.write(path("photos"), bytes("a file"));
        target.source.tree.write(path("kept"), bytes("a file"));
        target.source.commit();
        target.pass(A_WHILE);
        target.disk.delete(path("photos"));
        fillWithExtras(target, 3);
        if (!isScanned) {
            target.source.tree.write(path("photos"), bytes("another file"));
            target.source.commit();
        }

        target.pass(isScanned ? INTERVAL : A_WHILE);

        isEqualToTheSource(target);
    }

    @Test
    void an_approval_is_for_what_was_there_and_for_nothing_else() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        fillWithExtras(target, MANY);
        target.pass(INTERVAL);
        Held held = target.report().checks().held().orElseThrow();
        target.disk.write(path("photos/later"), bytes("later"));
        target.pass(INTERVAL);

        target.approve(held.id());
        target.pass(A_WHILE);

        assertThat(target.disk.names(path("photos"))).hasSize(MANY + 1);
        Held next = target.report().checks().held().orElseThrow();
        assertThat(next.id()).isNotEqualTo(held.id());
        target.approve(next.id());
        target.pass(A_WHILE);
        isEqualToTheSource(target);
    }

    @Test
    void an_approval_is_for_the_bytes_that_were_there_and_not_for_their_names() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        fillWithExtras(target, MANY);
        target.pass(INTERVAL);
        Held held = target.report().checks().held().orElseThrow();
        target.pass(INTERVAL);
        assertThat(target.report().checks().held()).contains(held);
        target.disk.write(path("photos/p1007"), bytes("drawing 7"));
        target.pass(INTERVAL);

        target.approve(held.id());
        target.pass(A_WHILE);

        assertThat(target.disk.names(path("photos"))).hasSize(MANY);
        Held next = target.report().checks().held().orElseThrow();
        assertThat(next.id()).isNotEqualTo(held.id());
        target.approve(next.id());
        target.pass(A_WHILE);
        isEqualToTheSource(target);
    }

    @Test
    void what_waits_for_approval_ends_when_somebody_moves_it_away() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        fillWithExtras(target, MANY);
        target.pass(INTERVAL);
        assertThat(target.report().checks().held()).isPresent();

        target.disk.names(path("photos")).forEach(target.disk::delete);
        target.disk.delete(path("photos"));
        target.pass(INTERVAL);

        isEqualToTheSource(target);
        assertThat(target.tree.trash()).isEmpty();
        assertThat(target.report().checks().held()).isEmpty();
    }

    /** The agent dies amid them: it was approved, so nobody is asked for the rest. */
    @Test
    void what_was_approved_goes_on_after_a_crash() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        fillWithExtras(target, MANY);
        target.pass(INTERVAL);
        Held held = target.report().checks().held().orElseThrow();
        target.state.approveExtras().block();

        target.restart();
        target.pass(A_WHILE);

        assertThat(held.entries()).isEqualTo(MANY + 1L);
        isEqualToTheSource(target);
    }

    /** The directory was put there, what is in it was not. */
    @Test
    void what_waits_for_approval_stays_although_its_directory_is_removed_at_the_source() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        for (int i = 0; i < MANY; i++) {
            target.disk.write(path("d/p" + (1_000 + i)), bytes("picture " + i));
        }
        target.pass(INTERVAL);
        Held held = target.report().checks().held().orElseThrow();
        removeDirectory(target);

        target.pass(A_WHILE);

        assertThat(target.disk.names(path("d"))).hasSize(MANY);
        assertThat(target.tree.trash()).isEmpty();
        target.approve(held.id());
        target.pass(INTERVAL);
        isEqualToTheSource(target);
        assertThat(target.trashed()).hasSize(MANY);
    }

    /** Nobody has looked since they came: how much it is tells a scan, before any of it goes. */
    @Test
    void much_that_no_scan_saw_does_not_go_with_its_directory() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        for (int i = 0; i < MANY; i++) {
            target.disk.write(path("d/p" + (1_000 + i)), bytes("picture " + i));
        }
        removeDirectory(target);

        target.pass(A_WHILE);

        assertThat(target.disk.names(path("d"))).hasSize(MANY);
        assertThat(target.tree.trash()).isEmpty();
        Held held = target.report().checks().held().orElseThrow();
        assertThat(held.entries()).isEqualTo(MANY);
        target.disk.write(path("d/late"), bytes("came after all were counted"));
        target.approve(held.id());
        target.pass(INTERVAL);
        isEqualToTheSource(target);
        assertThat(target.trashed()).hasSize(MANY + 1);
    }

    @Test
    void a_little_that_no_scan_saw_goes_before_its_directory_and_is_counted() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        target.disk.mkdir(path("d/theirs"));
        target.disk.write(path("d/theirs/note"), bytes("note"));
        removeDirectory(target);

        target.pass(A_WHILE);

        isEqualToTheSource(target);
        assertThat(target.trashed()).containsExactly("note");
        assertThat(drift(target)).containsEntry("extra", 2L);
    }

    private static void removeDirectory(LiveTarget target) {
        target.source.tree.delete(path("d/f"));
        target.source.tree.delete(path("d"));
        target.source.commit();
    }

    /** A scan finds them in pieces, and work goes on between two of them. */
    @Test
    void many_are_many_although_a_scan_finds_them_in_pieces() {
        LiveTarget target = new LiveTarget(Mode.MIRROR, SCANS_ONLY);
        live = Optional.of(target);
        for (int i = 0; i < 7_000; i++) {
            target.source.tree.write(path("f" + i), bytes("file"));
        }
        target.source.commit();
        target.start();
        target.pass(A_WHILE);
        assertThat(target.report().isSettled()).isTrue();
        fillWithExtras(target, 4_000);

        target.pass(INTERVAL);

        assertThat(target.disk.names(path("photos"))).hasSize(4_000);
        assertThat(target.tree.trash()).isEmpty();
        assertThat(target.report().checks().held().orElseThrow().entries()).isEqualTo(4_001);
    }

    /** Commits go on meanwhile, and what they remove goes: it was put there. */
    @Test
    void what_waits_for_approval_keeps_nothing_else_waiting() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        fillWithExtras(target, MANY);
        target.pass(INTERVAL);
        target.source.tree.delete(path("b"));
        target.source.tree.write(path("c"), bytes("gamma"));
        target.source.commit();

        target.pass(A_WHILE);

        assertThat(target.disk.bytes(path("b"))).isEmpty();
        assertThat(target.disk.bytes(path("c"))).hasValue(bytes("gamma"));
        assertThat(target.disk.names(path("photos"))).hasSize(MANY);
        assertThat(target.report().pending()).isZero();
    }

    @Test
    void other_bytes_of_the_same_size_and_time_are_found_by_the_change_time() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        var modified = target.source.tree.snapshot().get(path("b")).metadata().modified();
        target.disk.overwrite(path("b"), 0, bytes("BETA"));
        target.disk.touch(path("b"), modified);

        target.pass(INTERVAL);

        isEqualToTheSource(target);
        assertThat(drift(target)).containsOnly(Map.entry("content", 1L));
        assertThat(target.trashed()).containsExactly("BETA");
    }

    @Test
    void a_file_that_was_touched_is_read_and_keeps_its_bytes() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        long written = target.report().totals().bytesWritten();
        target.disk.touch(path("b"), new Timestamp(7, 7));

        target.pass(INTERVAL);

        isEqualToTheSource(target);
        assertThat(drift(target)).containsOnly(Map.entry("metadata", 1L));
        assertThat(target.report().totals().bytesWritten()).isEqualTo(written);
        assertThat(target.tree.trash()).isEmpty();
    }

    @Test
    void a_hard_link_to_a_file_is_no_drift() {
        LiveTarget target = started(Mode.OVERLAY, SCANS_ONLY);
        target.disk.hardLink(path("b"), path("elsewhere"));

        target.pass(INTERVAL.multipliedBy(2));

        assertThat(drift(target)).isEmpty();
        assertThat(target.report().isSettled()).isTrue();
    }

    @Test
    void overlay_leaves_what_others_put_there_and_puts_its_own_right() {
        LiveTarget target = started(Mode.OVERLAY, SCANS_ONLY);
        target.disk.write(path("x"), bytes("extra"));
        target.disk.mkdir(path("d/e"));
        target.disk.delete(path("d/f"));
        target.disk.append(path("a"), bytes("!"));

        target.pass(INTERVAL);

        assertThat(target.disk.bytes(path("x"))).contains(bytes("extra"));
        assertThat(target.disk.names(path("d"))).containsExactly(path("d/e"), path("d/f"));
        assertThat(target.disk.bytes(path("a"))).contains(bytes("alpha"));
        assertThat(drift(target)).containsOnly(Map.entry("missing", 1L), Map.entry("content", 1L));
        assertThat(target.trashed()).containsExactly("alpha!");
    }

    @Test
    void a_directory_in_the_way_is_counted_once_however_often_it_is_seen() {
        LiveTarget target = started(Mode.OVERLAY, SCANS_ONLY);
        target.disk.delete(path("a"));
        target.disk.mkdir(path("a"));

        target.pass(INTERVAL.multipliedBy(4));

        assertThat(drift(target)).containsOnly(Map.entry("type", 1L));
        assertThat(target.report().deviations()).containsOnly(Map.entry("DL-2009", 1L));
        assertThat(target.disk.names(path("a"))).isEmpty();
    }

    @Test
    void what_a_commit_changes_is_no_drift() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        for (int i = 0; i < 40; i++) {
            target.source.tree.write(path("d/n" + i % 7), bytes("new " + i));
            target.source.tree.delete(path("d/n" + (i + 3) % 7));
            target.source.commit();
            target.pass(INTERVAL.dividedBy(16));
        }

        isEqualToTheSource(target);
        assertThat(drift(target)).isEmpty();
        assertThat(target.report().checks().looked()).isGreaterThan(5);
    }

    @ParameterizedTest
    @EnumSource
    void a_root_that_was_replaced_stops_the_target_and_nothing_is_deleted(Mode mode) {
        LiveTarget target = started(mode, SCANS_ONLY);
        target.disk.swapRoot();
        target.disk.write(path("theirs"), bytes("theirs"));

        target.pass(INTERVAL.multipliedBy(3));

        assertThat(target.report().deviations()).containsOnly(Map.entry("DL-3001", 1L));
        assertThat(target.disk.bytes(path("theirs"))).contains(bytes("theirs"));
        assertThat(target.disk.bytes(path("a"))).isEmpty();

        target.disk.showRoot();
        target.disk.delete(path("a"));
        target.pass(A_WHILE);

        isEqualToTheSource(target);
    }

    /** A target that was filled before, or whose folder lost its index. */
    @Test
    void what_is_there_stays_until_the_source_was_seen_as_a_whole() {
        LiveTarget target = new LiveTarget(Mode.MIRROR, SCANS_ONLY);
        live = Optional.of(target);
        target.disk.write(path("a"), bytes("alpha"));
        target.disk.mkdir(path("d"));
        target.disk.write(path("d/f"), bytes("file"));
        target.disk.write(path("extra"), bytes("extra"));
        target.source.tree.write(path("b"), bytes("beta"));
        target.source.commitSeenSoFar();
        target.start();

        target.pass(A_WHILE);

        assertThat(target.disk.snapshot())
                .containsOnlyKeys(
                        path(""), path("a"), path("b"), path("d"), path("d/f"), path("extra"));
        assertThat(target.trashed()).isEmpty();
        assertThat(target.report().pending()).isEqualTo(4);

        target.source.tree.write(path("a"), bytes("alpha"));
        target.source.tree.mkdir(path("d"));
        target.source.tree.write(path("d/f"), bytes("file"));
        target.source.commitSeenSoFar();
        target.pass(A_WHILE);
        assertThat(target.trashed()).isEmpty();
        assertThat(target.report().pending()).isEqualTo(1);

        target.source.say(now(target));
        target.pass(A_WHILE);

        isEqualToTheSource(target);
        assertThat(target.trashed()).containsExactly("extra");
    }

    /** As when its file system is not mounted yet when the agent starts. */
    @ParameterizedTest
    @EnumSource
    void a_root_that_was_replaced_while_no_agent_ran_is_neither_filled_nor_emptied(Mode mode) {
        LiveTarget target = started(mode, SCANS_ONLY);
        target.restart(() -> {
            target.disk.swapRoot();
            target.disk.write(path("theirs"), bytes("theirs"));
        });

        target.pass(INTERVAL.multipliedBy(3));

        assertThat(target.report().deviations()).containsOnly(Map.entry("DL-3001", 1L));
        assertThat(target.disk.snapshot()).containsOnlyKeys(path(""), path("theirs"));

        target.disk.showRoot();
        target.disk.delete(path("a"));
        target.pass(A_WHILE);

        isEqualToTheSource(target);
    }

    @Test
    void an_empty_root_on_another_file_system_is_not_filled() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        target.restart(target.disk::swapRoot);

        target.pass(INTERVAL.multipliedBy(3));

        assertThat(target.report().deviations()).containsOnly(Map.entry("DL-3001", 1L));
        assertThat(target.disk.snapshot()).containsOnlyKeys(path(""));
    }

    @Test
    void a_root_without_its_marker_is_known_by_what_is_in_it() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        target.restart(() -> {
            target.disk.delete(path(".driftless"));
            target.disk.delete(path("a"));
        });

        target.pass(A_WHILE);

        isEqualToTheSource(target);
    }

    @Test
    void a_root_that_was_emptied_is_filled_again() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        target.restart(() -> {
            target.disk.delete(path(".driftless"));
            target.disk.names(path("")).forEach(target.disk::delete);
        });

        target.pass(A_WHILE);

        isEqualToTheSource(target);
    }

    @Test
    void a_root_that_a_commit_found_lost_is_scanned_as_soon_as_it_is_back() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        target.disk.hideRoot();
        target.source.tree.write(path("new"), bytes("new"));
        target.source.commit();
        target.pass(A_WHILE);
        assertThat(target.report().deviations()).containsOnly(Map.entry("DL-3001", 1L));

        target.disk.showRoot();
        target.disk.delete(path("a"));
        target.pass(A_WHILE);

        isEqualToTheSource(target);
    }

    /** As when a network file system is mounted again, which gives it another number. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_root_that_is_back_on_another_device_is_known_by_its_marker(boolean hasFiles) {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        if (!hasFiles) {
            target.source.tree.names(path("")).forEach(target.source.tree::delete);
            target.source.tree.mkdir(path("d"));
            target.source.commit();
            target.pass(A_WHILE);
        }
        byte[] marker = target.disk.bytes(MARKER).orElseThrow();

        target.disk.swapRoot();
        target.pass(INTERVAL);
        assertThat(target.report().deviations()).containsOnly(Map.entry("DL-3001", 1L));
        assertThat(target.disk.snapshot()).containsOnlyKeys(path(""));

        target.disk.mkdir(MARKER.parent());
        target.disk.write(MARKER, marker);
        target.pass(A_WHILE);
        isEqualToTheSource(target);
    }

    /** As what is below a mount, where the target was for a while. */
    @Test
    void a_root_that_was_marked_at_another_time_is_another() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        byte[] earlier = target.disk.bytes(MARKER).orElseThrow();
        target.source.tree.write(path("new"), bytes("new"));
        target.source.commit();
        target.pass(A_WHILE);

        target.disk.swapRoot();
        target.disk.mkdir(MARKER.parent());
        target.disk.write(MARKER, earlier);
        target.pass(INTERVAL);

        assertThat(target.report().deviations()).containsOnly(Map.entry("DL-3001", 1L));
        assertThat(target.disk.snapshot()).containsOnlyKeys(path(""));
    }

    @Test
    void bytes_that_changed_below_the_file_system_are_found_by_reading() {
        Checks checks = new Checks(INTERVAL, 64 << 10, Duration.ofMinutes(1));
        LiveTarget target = started(Mode.MIRROR, checks);
        target.disk.rot(path("b"), 2);

        target.pass(INTERVAL.multipliedBy(3));

        isEqualToTheSource(target);
        assertThat(drift(target)).containsOnly(Map.entry("content", 1L));
        assertThat(target.report().proven())
                .hasValueSatisfying(proven ->
                        assertThat(proven).isAfter(now(target).minus(Duration.ofMinutes(15))));
    }

    /** P9: nobody knows what is in it that is not desired. */
    @Test
    void a_directory_of_a_mirror_that_cannot_be_listed_deviates_until_it_can_be() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        closeDirectoryWithAnExtra(target);
        assertThat(target.report().deviations()).containsOnly(Map.entry("DL-2003", 1L));
        assertThat(target.report().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("e"));
        assertThat(target.report().isSettled()).isFalse();

        target.disk.setReadable(path("e"), true);
        target.pass(Duration.ofMinutes(2));

        isEqualToTheSource(target);
        assertThat(target.trashed()).containsExactly("extra");
    }

    @Test
    void a_directory_that_could_not_be_listed_and_is_gone_is_made_again() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        closeDirectoryWithAnExtra(target);

        target.disk.delete(path("e"));
        target.pass(Duration.ofMinutes(2));

        isEqualToTheSource(target);
    }

    @Test
    void a_directory_of_an_overlay_that_cannot_be_listed_hides_nothing() {
        LiveTarget target = started(Mode.OVERLAY, SCANS_ONLY);

        closeDirectoryWithAnExtra(target);

        assertThat(target.report().isSettled()).isTrue();
    }

    private static void closeDirectoryWithAnExtra(LiveTarget target) {
        target.source.tree.mkdir(path("e"));
        target.source.commit();
        target.pass(A_WHILE);
        target.disk.write(path("e/x"), bytes("extra"));
        target.disk.setReadable(path("e"), false);
        target.pass(INTERVAL);
    }

    /** As where the disk has lost a block. */
    @Test
    void bytes_that_cannot_be_read_are_found_by_reading_and_replaced() {
        LiveTarget target = started(Mode.MIRROR, new Checks(INTERVAL, 1 << 20, INTERVAL));
        target.disk.setReadable(path("b"), false);

        target.pass(INTERVAL.multipliedBy(3));

        isEqualToTheSource(target);
        assertThat(drift(target)).containsOnly(Map.entry("content", 1L));
        assertThat(target.trashed()).containsExactly("beta");
        assertThat(target.report().proven())
                .hasValueSatisfying(proven ->
                        assertThat(proven).isAfter(now(target).minus(INTERVAL.multipliedBy(2))));
    }

    @Test
    void files_that_cannot_be_reached_deviate_and_are_as_they_were_once_they_can_be() {
        LiveTarget target = started(Mode.MIRROR, new Checks(RARELY, 64 << 20, INTERVAL));
        target.source.tree.mkdir(path("_"));
        for (int i = 0; i < 2 * MANY; i++) {
            target.source.tree.write(path("_/" + i), bytes("file " + i));
        }
        target.source.commit();
        target.pass(A_WHILE);
        long written = target.report().totals().bytesWritten();
        target.disk.setReadable(path("_"), false);
        target.pass(INTERVAL);
        target.disk.rot(path("b"), 2);

        target.pass(INTERVAL.multipliedBy(2));
        assertThat(target.report().deviations()).containsOnly(Map.entry("DL-2003", 2L * MANY));
        target.disk.setReadable(path("_"), true);
        target.pass(INTERVAL);

        isEqualToTheSource(target);
        assertThat(drift(target)).containsOnly(Map.entry("content", 1L));
        assertThat(target.trashed()).hasSize(1);
        assertThat(target.report().totals().bytesWritten()).isEqualTo(written + "beta".length());
    }

    /** As where the agent is not root. */
    @Test
    void files_that_their_own_mode_closes_keep_no_others_from_being_read() {
        LiveTarget target = started(Mode.MIRROR, new Checks(RARELY, 64 << 20, INTERVAL));
        for (int i = 0; i < 2 * MANY; i++) {
            EntryPath closed = path("_" + i);
            target.source.tree.write(closed, bytes("closed " + i));
            target.source.tree.chmod(closed, 0200);
        }
        target.source.commit();
        target.pass(A_WHILE);
        for (int i = 0; i < 2 * MANY; i++) {
            target.disk.setReadable(path("_" + i), false);
        }
        target.pass(INTERVAL);
        target.disk.rot(path("b"), 2);

        target.pass(INTERVAL.multipliedBy(2));

        isEqualToTheSource(target);
        assertThat(drift(target)).containsOnly(Map.entry("content", 1L));
        assertThat(target.trashed()).hasSize(1);
    }

    @Test
    void no_more_is_read_than_the_budget_allows() {
        Checks checks = new Checks(INTERVAL, 64 << 10, Duration.ZERO);
        LiveTarget target = started(Mode.MIRROR, checks);

        target.pass(Duration.ofHours(10));

        long files = target.report().checks().bytesProven() / "alphabetafile".length() * 3;
        assertThat(files).isBetween(10L * 15, 10L * 16 + 2); // each counts as 4 KiB
    }

    @Test
    void nothing_is_read_again_where_the_budget_is_nothing() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        Optional<Instant> written = target.report().proven();
        target.disk.rot(path("b"), 2);

        target.pass(INTERVAL.multipliedBy(10));

        assertThat(written).isPresent();
        assertThat(target.report().proven()).isEqualTo(written);
        assertThat(target.report().checks().bytesProven()).isZero();
        assertThat(drift(target)).isEmpty();
    }

    @Test
    void an_order_to_scan_is_done_now_and_once() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        target.disk.delete(path("a"));
        target.order(3, 0, 0);

        target.pass(A_WHILE);

        isEqualToTheSource(target);
        Report report = target.report();
        assertThat(report.scan()).isEqualTo(3);
        target.order(3, 0, 0);
        target.pass(A_WHILE);
        assertThat(target.report().saysTheSameAs(Optional.of(report))).isTrue();
    }

    @Test
    void an_order_to_compare_everything_again_reads_every_file() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        target.disk.rot(path("b"), 2);
        Instant before = now(target);
        target.order(0, 1, 0);

        target.pass(A_WHILE);

        isEqualToTheSource(target);
        assertThat(drift(target)).containsOnly(Map.entry("content", 1L));
        assertThat(target.report().resync()).isEqualTo(1);
        assertThat(target.report().proven())
                .hasValueSatisfying(proven -> assertThat(proven).isAfterOrEqualTo(before));
    }

    @Test
    void an_order_that_was_done_is_not_done_again_by_the_next_process() {
        LiveTarget target = started(Mode.MIRROR, SCANS_ONLY);
        target.order(2, 1, 1);
        target.pass(A_WHILE);
        target.disk.rot(path("b"), 2);

        target.restart();
        target.pass(INTERVAL);

        assertThat(target.report().resync()).isEqualTo(1);
        assertThat(target.disk.bytes(path("b"))).isNotEqualTo(Optional.of(bytes("beta")));
        assertThat(drift(target)).isEmpty();
    }

    @Test
    void an_order_to_try_again_does_not_wait_for_the_next_try() {
        LiveTarget target = started(Mode.OVERLAY, SCANS_ONLY);
        target.disk.delete(path("a"));
        target.disk.mkdir(path("a"));
        target.pass(INTERVAL.multipliedBy(2));
        assertThat(target.report().deviations()).isNotEmpty();
        target.disk.delete(path("a"));

        target.order(0, 0, 1);
        target.pass(Duration.ofSeconds(1));

        assertThat(target.disk.bytes(path("a"))).contains(bytes("alpha"));
        assertThat(target.report().retry()).isEqualTo(1);
        assertThat(target.report().deviations()).isEmpty();
    }

    private static Instant now(LiveTarget target) {
        return target.clock.instant();
    }
}
