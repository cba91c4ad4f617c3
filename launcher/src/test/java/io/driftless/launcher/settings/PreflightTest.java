package io.driftless.launcher.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.plan.Mode;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
    @TempDir Path given;

    private Path directory;
    private Path source;
    private Preflight preflight;

    @BeforeEach
    void makeDirectories() throws IOException {
        directory = given.toRealPath();
        source = Files.createDirectories(directory.resolve("source"));
        preflight =
                new Preflight(
                        Map.of(
                                "HOME",
                                Files.createDirectories(directory.resolve("home/me")).toString()));
    }

    @Test
    void lets_targets_through_that_are_there_or_not_yet() throws IOException {
        Files.createDirectories(directory.resolve("there"));

        RunSettings checked = preflight.check(settings("there", "not/yet/there"));

        assertThat(targets(checked))
                .containsExactly(directory.resolve("there"), directory.resolve("not/yet/there"));
    }

    @Test
    void turns_every_directory_into_its_real_path() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);

        RunSettings checked =
                preflight.check(
                        settings(folder("default", link.resolve("source"), "link/target"))
                                .withStateDirectory(link.resolve("state")));

        assertThat(checked.folders().getFirst().source()).isEqualTo(source);
        assertThat(targets(checked)).containsExactly(directory.resolve("target"));
        assertThat(checked.stateDirectory()).isEqualTo(directory.resolve("state"));
    }

    @Test
    void refuses_a_source_that_is_missing_or_no_directory() throws IOException {
        Files.writeString(directory.resolve("file"), "");

        assertRefused(
                settings(folder("default", directory.resolve("nowhere"), "t")),
                ErrorCode.SOURCE_MISSING);
        assertRefused(
                settings(folder("default", directory.resolve("file"), "t")),
                ErrorCode.SOURCE_NOT_DIRECTORY);
    }

    @Test
    void refuses_targets_that_overlap_the_source() throws IOException {
        Files.createSymbolicLink(directory.resolve("link"), source);

        assertRefused(settings("source"), ErrorCode.TARGET_INSIDE_SOURCE);
        assertRefused(settings("source/a/b"), ErrorCode.TARGET_INSIDE_SOURCE);
        assertRefused(settings("link/a"), ErrorCode.TARGET_INSIDE_SOURCE);
        assertRefused(settings("other/../source/a"), ErrorCode.TARGET_INSIDE_SOURCE);
        Path deep = Files.createDirectories(directory.resolve("outer/inner"));
        assertRefused(settings(folder("default", deep, "outer")), ErrorCode.SOURCE_INSIDE_TARGET);
    }

    @Test
    void lets_names_through_that_only_begin_alike() {
        assertThat(targets(preflight.check(settings("source2", "source2-copy")))).hasSize(2);
    }

    @Test
    void refuses_targets_that_overlap_each_other() throws IOException {
        Files.createDirectories(directory.resolve("one"));
        Files.createSymbolicLink(directory.resolve("same"), directory.resolve("one"));

        assertRefused(settings("one", "one"), ErrorCode.TARGET_TWICE);
        assertRefused(settings("one", "same"), ErrorCode.TARGET_TWICE);
        assertRefused(settings("one", "one/below"), ErrorCode.TARGET_NESTED);
        assertRefused(settings("new/below", "new"), ErrorCode.TARGET_NESTED);
    }

    @Test
    void refuses_overlaps_between_folders_too() throws IOException {
        Path music = Files.createDirectories(directory.resolve("music"));

        assertRefused(
                settings(folder("photos", source, "copy"), folder("music", music, "copy")),
                ErrorCode.TARGET_TWICE);
        assertRefused(
                settings(folder("photos", source, "music/copy"), folder("music", music, "other")),
                ErrorCode.TARGET_INSIDE_SOURCE);
    }

    @Test
    void refuses_targets_that_would_do_harm() {
        assertRefused(settings("/"), ErrorCode.TARGET_INSIDE_SOURCE, ErrorCode.TARGET_UNSAFE);
        assertRefused(settings("home/me"), ErrorCode.TARGET_UNSAFE);
        assertRefused(settings("home"), ErrorCode.TARGET_UNSAFE);
        assertRefused(settings("/proc/x"), ErrorCode.TARGET_UNSAFE);
    }

    @Test
    void lets_a_directory_in_the_home_be_a_target() {
        assertThat(targets(preflight.check(settings("home/me/copy")))).hasSize(1);
    }

    @Test
    void refuses_targets_that_are_files_or_below_one() throws IOException {
        Files.writeString(directory.resolve("file"), "");
        Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nowhere"));

        assertRefused(settings("file"), ErrorCode.TARGET_NOT_DIRECTORY);
        assertRefused(settings("file/below"), ErrorCode.TARGET_NOT_DIRECTORY);
        assertRefused(settings("dangling"), ErrorCode.TARGET_NOT_DIRECTORY);
    }

    @Test
    void refuses_targets_that_cannot_be_written_to() throws IOException {
        Path locked = Files.createDirectories(directory.resolve("locked"));
        assertThat(locked.toFile().setWritable(false)).isTrue();
        Assumptions.assumeFalse(Files.isWritable(locked), "root may write anywhere");

        assertRefused(settings("locked"), ErrorCode.TARGET_NOT_WRITABLE);
        assertRefused(settings("locked/below"), ErrorCode.TARGET_NOT_WRITABLE);
    }

    @Test
    void refuses_a_state_directory_that_overlaps_a_tree() {
        RunSettings settings = settings("target");

        assertRefused(
                settings.withStateDirectory(source.resolve("state")), ErrorCode.STATE_INSIDE_TREE);
        assertRefused(
                settings.withStateDirectory(directory.resolve("target")),
                ErrorCode.STATE_INSIDE_TREE);
        assertRefused(settings.withStateDirectory(directory), ErrorCode.STATE_INSIDE_TREE);
    }

    @Test
    void refuses_a_state_directory_whose_name_is_no_text() {
        RunSettings settings = settings("target");

        assertRefused(
                settings.withStateDirectory(directory.resolve("caf\uFFFD/state")),
                ErrorCode.BAD_SETTING);
    }

    @Test
    void refuses_what_another_mount_of_one_directory_hides() {
        mounted(bind("/source", "/same"), bind("", "/all"), bind("/outer/in", "/source/m"));

        assertRefused(settings("same"), ErrorCode.TARGET_INSIDE_SOURCE);
        assertRefused(settings("same/new"), ErrorCode.TARGET_INSIDE_SOURCE);
        assertRefused(settings("outer/in/x"), ErrorCode.TARGET_INSIDE_SOURCE);
        assertRefused(settings("all"), ErrorCode.TARGET_UNSAFE, ErrorCode.SOURCE_INSIDE_TARGET);
        assertRefused(settings("outer"), ErrorCode.SOURCE_INSIDE_TARGET);
        assertRefused(settings("one", "all/one"), ErrorCode.TARGET_TWICE);
        assertRefused(settings("one", "all/one/below"), ErrorCode.TARGET_NESTED);
        RunSettings settings = settings("target");
        assertRefused(
                settings.withStateDirectory(directory.resolve("same/state")),
                ErrorCode.STATE_INSIDE_TREE);
        assertRefused(
                settings.withStateDirectory(directory.resolve("all/target/state")),
                ErrorCode.STATE_INSIDE_TREE);
        assertThatThrownBy(() -> preflight.check(settings("same")))
                .hasMessageEndingWith(": the same directory is mounted under both names.");
    }

    @Test
    void lets_other_directories_of_one_file_system_through() {
        mounted(bind("/elsewhere", "/copy"), bind("/other", "/source/m"));

        assertThat(targets(preflight.check(settings("copy", "target")))).hasSize(2);
    }

    private String bind(String from, String to) {
        return "8:1 %1$s%2$s %1$s%3$s rw - ext4 x rw".formatted(directory, from, to);
    }

    private void mounted(String... binds) {
        StringBuilder table = new StringBuilder("10 1 8:1 / / rw - ext4 x rw\n");
        for (int i = 0; i < binds.length; i++) {
            table.append("%d 10 %s%n".formatted(11 + i, binds[i]));
        }
        preflight =
                new Preflight(
                        Map.of("HOME", directory.resolve("home/me").toString()),
                        Mounts.of(table.toString()));
    }

    private RunSettings settings(String... targets) {
        return settings(folder("default", source, targets));
    }

    private RunSettings settings(FolderSettings... folders) {
        return SampleSettings.of(directory.resolve("state"), folders);
    }

    private FolderSettings folder(String id, Path from, String... targets) {
        List<TargetSettings> all = new ArrayList<>();
        for (String target : targets) {
            all.add(
                    new TargetSettings(
                            new TargetId(id + all.size()), directory.resolve(target), Mode.MIRROR));
        }
        return new FolderSettings(new FolderId(id), from, all);
    }

    private static List<Path> targets(RunSettings settings) {
        return settings.folders().getFirst().targets().stream()
                .map(TargetSettings::directory)
                .toList();
    }

    private void assertRefused(RunSettings settings, ErrorCode... codes) {
        assertThatThrownBy(() -> preflight.check(settings))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> assertThat(failure.code()).isIn((Object[]) codes));
    }
}
