package io.driftless.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemoryTreeTest {
    private Instant now = Instant.ofEpochSecond(1000);
    private final InstantSource clock = () -> now;
    private final MemoryTree tree = new MemoryTree(clock);

    @Test
    void keeps_the_times_that_posix_keeps() {
        tree.mkdir(path("d"));
        now = now.plusSeconds(1);
        tree.write(path("d/f"), new byte[] {1});
        Timestamp second = new Timestamp(1001, 0);
        assertThat(stat("d/f").metadata().modified()).isGreaterThanOrEqualTo(second);
        assertThat(stat("d").metadata().modified()).isGreaterThanOrEqualTo(second);

        Stat before = stat("d");
        now = now.plusSeconds(1);
        tree.write(path("d/f"), new byte[] {2});
        assertThat(stat("d")).isEqualTo(before);

        tree.chmod(path("d/f"), 0600);
        assertThat(stat("d/f").metadata().modified()).isLessThan(stat("d/f").changed());

        now = now.plusSeconds(1);
        tree.rename(path("d/f"), path("g"));
        assertThat(stat("d").metadata().modified()).isGreaterThanOrEqualTo(new Timestamp(1003, 0));
        assertThat(stat("").metadata().modified()).isGreaterThanOrEqualTo(new Timestamp(1003, 0));
    }

    @Test
    void gives_every_change_a_time_of_its_own_while_the_clock_stands() {
        tree.write(path("f"), new byte[] {1});
        List<Timestamp> times = new ArrayList<>();

        for (int i = 0; i < 10; i++) {
            tree.touch(path("f"), Timestamp.EPOCH);
            times.add(stat("f").changed());
        }

        assertThat(times).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void renames_as_posix_does() {
        tree.mkdir(path("d"));
        tree.mkdir(path("d/e"));
        tree.mkdir(path("empty"));
        tree.write(path("f"), new byte[] {1});
        tree.write(path("g"), new byte[] {2});
        Stat file = stat("f");

        assertThat(tree.rename(path("d"), path("d/e/x"))).isFalse();
        assertThat(tree.rename(path("f"), path("d"))).isFalse();
        assertThat(tree.rename(path("d"), path("f"))).isFalse();
        assertThat(tree.rename(path("empty"), path("d"))).isFalse();
        assertThat(tree.rename(path("nothing"), path("x"))).isFalse();
        assertThat(tree.rename(path("f"), path("no/x"))).isFalse();

        assertThat(tree.rename(path("f"), path("g"))).isTrue();
        assertThat(stat("g").isSameInode(file)).isTrue();
        assertThat(tree.rename(path("d"), path("empty"))).isTrue();
        assertThat(tree.names(path(""))).containsExactly(path("empty"), path("g"));
        assertThat(tree.names(path("empty"))).containsExactly(path("empty/e"));
    }

    @Test
    void shares_the_content_of_two_names() {
        tree.write(path("f"), new byte[] {1});
        tree.hardLink(path("f"), path("g"));

        tree.append(path("f"), new byte[] {2});

        assertThat(tree.bytes(path("g"))).contains(new byte[] {1, 2});
        assertThat(stat("g").links()).isEqualTo(2);
        tree.delete(path("f"));
        assertThat(stat("g").links()).isEqualTo(1);
    }

    @Test
    void edits_parts_of_files() {
        tree.write(path("f"), new byte[] {1, 2, 3});

        tree.overwrite(path("f"), 5, new byte[] {6});
        assertThat(tree.bytes(path("f"))).contains(new byte[] {1, 2, 3, 0, 0, 6});
        tree.truncate(path("f"), 2);
        assertThat(tree.bytes(path("f"))).contains(new byte[] {1, 2});
    }

    @Test
    void refuses_what_a_file_system_refuses_and_changes_nothing() {
        tree.mkdir(path("d"));
        tree.write(path("f"), new byte[] {1});
        tree.symlink(path("l"), LinkTarget.parse("f"));
        var before = tree.snapshot();

        assertThat(tree.write(path("d"), new byte[] {2})).isFalse();
        assertThat(tree.write(path("l"), new byte[] {2})).isFalse();
        assertThat(tree.write(path("f/x"), new byte[] {2})).isFalse();
        assertThat(tree.mkdir(path("f"))).isFalse();
        assertThat(tree.append(path("nothing"), new byte[] {2})).isFalse();
        assertThat(tree.delete(path("nothing"))).isFalse();
        assertThat(tree.chmod(path("nothing"), 0)).isFalse();

        assertThat(tree.snapshot()).isEqualTo(before);
    }

    @Test
    void shows_in_a_snapshot_what_a_manifest_holds() {
        tree.mkdir(path("d"));
        tree.write(path("d/f"), new byte[] {1});
        tree.symlink(path("l"), LinkTarget.parse("../x"));
        tree.makeOther(path("p"));
        tree.mkdir(path(".driftless"));
        tree.write(path(".driftless/own"), new byte[] {2});

        var snapshot = tree.snapshot();

        assertThat(snapshot.keySet()).containsExactly(path(""), path("d"), path("d/f"), path("l"));
        assertThat(snapshot.get(path("d/f"))).isInstanceOf(Entry.FileEntry.class);
        assertThat(snapshot.get(path("l"))).isInstanceOf(Entry.SymlinkEntry.class);
    }

    @Test
    void mounts_another_device_over_a_directory() {
        tree.mkdir(path("d"));
        tree.write(path("d/f"), new byte[] {1});
        long device = stat("d").device();

        assertThat(tree.mount(path("d"))).isTrue();
        assertThat(stat("d").device()).isNotEqualTo(device);
        assertThat(tree.names(path("d"))).isEmpty();
        tree.write(path("d/new"), new byte[] {2});
        assertThat(tree.rename(path("d/new"), path("new"))).isFalse();
        assertThat(tree.delete(path("d"))).isFalse();

        assertThat(tree.unmount(path("d"))).isTrue();
        assertThat(tree.names(path("d"))).containsExactly(path("d/f"));
    }

    @Test
    void tells_listeners_until_they_leave() {
        Set<WatchEvent> told = new LinkedHashSet<>();
        var listening = tree.listen(told::add);

        tree.mkdir(path("d"));
        tree.write(path("d/f"), new byte[] {1});
        tree.mkdir(path(".driftless"));
        listening.dispose();
        tree.write(path("late"), new byte[] {1});

        assertThat(told)
                .contains(new WatchEvent.Appeared(path("d")), new WatchEvent.Changed(path("d/f")))
                .doesNotContain(new WatchEvent.Changed(path("late")))
                .doesNotContain(new WatchEvent.Appeared(path(".driftless")));
    }

    private Stat stat(String path) {
        return ((Found.Present) tree.look(path(path))).stat();
    }

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }
}
