package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.event.Commit;
import io.driftless.event.Event;
import io.driftless.event.Indexed;
import io.driftless.event.Indexed.RowVersion;
import io.driftless.manifest.ManifestBuilder;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitSigner;
import io.driftless.port.EventBus;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.TargetState;
import io.driftless.port.TargetState.Known;
import io.driftless.transfer.TransferSettings;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/**
 * Guards of indexing and committing, each taken away: the simulation, which is green over the same
 * seeds otherwise, must notice.
 */
@Tag("P1")
@Tag("P6")
class PlantedBugsTest {
    @TempDir static Path keys;

    private final CommitSigner signer = Ed25519Signer.signing(keys.resolve("commits.key"));

    /** A directory that goes leaves what was in it behind: no tree. */
    @Test
    void a_commit_that_removes_a_directory_and_not_what_is_in_it_is_found() {
        Bugs plant =
                Plant.asking(
                        CommitLog.class,
                        "commit",
                        arguments -> {
                            arguments[1] = withoutDescendants((Draft) arguments[1]);
                            return arguments;
                        });

        assertThat(problems(plant)).isNotEmpty();
    }

    private static Draft withoutDescendants(Draft draft) {
        Set<EntryPath> removed = new HashSet<>(draft.removals());
        return new Draft(
                draft.commit(),
                draft.puts(),
                draft.removals().stream().filter(path -> !removed.contains(path.parent())).toList(),
                draft.taken(),
                draft.packs(),
                draft.pages());
    }

    /** Pages made of what was seen last name bytes that nobody has stored. */
    @Test
    void a_commit_made_of_observed_entries_in_place_of_committed_ones_is_found() {
        class Observed {
            private volatile Optional<FolderIndex> rows = Optional.empty();

            <T> T in(Class<T> port, T real) {
                if (real instanceof FolderIndex index) {
                    rows = Optional.of(index);
                }
                return port.equals(CommitLog.class) ? port.cast(log((CommitLog) real)) : real;
            }

            private CommitLog log(CommitLog real) {
                return Plant.answering(
                        CommitLog.class,
                        (method, arguments) ->
                                method.getName().equals("committed") && rows.isPresent()
                                        ? entries(rows.get(), arguments)
                                        : method.invoke(real, arguments));
            }

            @SuppressWarnings("unchecked") // It is what the port declares.
            private static Mono<?> entries(FolderIndex index, Object[] arguments) {
                return index.rows((FolderId) arguments[0], (Collection<EntryPath>) arguments[1])
                        .map(rows -> rows.stream().flatMap(row -> row.entry().stream()).toList());
            }
        }

        assertThat(
                        Plant.problems(
                                signer,
                                () -> {
                                    Observed observed = new Observed();
                                    return new Bugs() {
                                        @Override
                                        public <T> T in(Class<T> port, T real) {
                                            return observed.in(port, real);
                                        }
                                    };
                                }))
                .isNotEmpty();
    }

    /** Of two indexers that look at the same path the one that looked first may write last. */
    @Test
    void a_look_that_replaces_what_was_seen_after_it_is_found() {
        Bugs plant = new Plant<>(FolderIndex.class, PlantedBugsTest::overwriting);

        assertThat(problems(plant)).isNotEmpty();
    }

    private static FolderIndex overwriting(FolderIndex real) {
        return Plant.answering(
                FolderIndex.class,
                (method, arguments) ->
                        method.getName().equals("write")
                                ? Mono.defer(() ->
                                        overwrite(
                                                real,
                                                (FolderId) arguments[0],
                                                rowWrites(arguments[1])))
                                : method.invoke(real, arguments));
    }

    @SuppressWarnings("unchecked") // It is what the port declares.
    private static List<RowWrite> rowWrites(Object argument) {
        return (List<RowWrite>) argument;
    }

    @SuppressWarnings("unchecked")
    private static Mono<List<Optional<Version>>> versions(Object answer) {
        return (Mono<List<Optional<Version>>>) answer;
    }

    private static Mono<List<Optional<Version>>> overwrite(
            FolderIndex real, FolderId folder, List<RowWrite> writes) {
        return real.rows(folder, writes.stream().map(RowWrite::path).toList())
                .flatMap(rows -> {
                    Map<EntryPath, Version> versions = new HashMap<>();
                    rows.forEach(row -> versions.put(row.path(), row.version()));
                    return real.write(
                            folder,
                            writes.stream()
                                    .map(one ->
                                            new RowWrite(
                                                    one.path(),
                                                    Optional.ofNullable(versions.get(one.path())),
                                                    one.state(),
                                                    one.stat(),
                                                    one.entry(),
                                                    one.blocks()))
                                    .toList());
                });
    }

    /** A process that ends between writing a row and telling of it leaves the row to the others. */
    @Test
    void an_indexer_that_tells_only_of_rows_that_it_wrote_is_found() {
        assertThat(Plant.problems(signer, Forgetful::new)).isNotEmpty();
    }

    /** Nobody looks for rows that nobody told of. */
    private static final class Forgetful implements Bugs {
        /** How many rows are asked for where those are looked for. */
        private static final int SWEEP = TransferSettings.defaults().batchRows();

        /** Of the process that is being made. */
        private Set<RowVersion> written = new HashSet<>();

        @Override
        public <T> T in(Class<T> port, T real) {
            if (port.equals(FolderIndex.class)) {
                written = new HashSet<>();
                return port.cast(remembering((FolderIndex) real, written));
            }
            return real instanceof EventBus bus ? port.cast(telling(bus, written)) : real;
        }

        private static FolderIndex remembering(FolderIndex real, Set<RowVersion> written) {
            return Plant.answering(
                    FolderIndex.class,
                    (method, arguments) ->
                            switch (method.getName()) {
                                case "write" ->
                                        versions(method.invoke(real, arguments))
                                                .doOnNext(versions ->
                                                        remember(
                                                                rowWrites(arguments[1]),
                                                                versions,
                                                                written));
                                case "dirtyRows" ->
                                        arguments[2].equals(SWEEP)
                                                ? Mono.just(List.of())
                                                : method.invoke(real, arguments);
                                default -> method.invoke(real, arguments);
                            });
        }

        private static void remember(
                List<RowWrite> writes, List<Optional<Version>> versions, Set<RowVersion> written) {
            for (int i = 0; i < writes.size(); i++) {
                EntryPath path = writes.get(i).path();
                versions.get(i).ifPresent(version -> written.add(new RowVersion(path, version)));
            }
        }

        private static EventBus telling(EventBus real, Set<RowVersion> written) {
            return new ForwardingBus(
                    real,
                    events ->
                            events.stream()
                                    .filter(event ->
                                            !(event instanceof Indexed indexed)
                                                    || written.containsAll(indexed.rows()))
                                    .toList());
        }
    }

    /** What came last in a topic may be an old commit, or nothing. */
    @Test
    void a_newest_commit_that_is_never_said_again_is_found() {
        class Once {
            private long newest;

            EventBus in(EventBus real) {
                return new ForwardingBus(
                        real, events -> events.stream().filter(this::isNew).toList());
            }

            private boolean isNew(Event event) {
                if (!(event instanceof Commit commit)) {
                    return true;
                }
                boolean isNew = commit.seq() > newest;
                newest = Math.max(newest, commit.seq());
                return isNew;
            }
        }

        assertThat(Plant.problems(signer, () -> new Plant<>(EventBus.class, new Once()::in)))
                .isNotEmpty();
    }

    /** Changes are a help; what they come to must have the root that is signed. */
    @Test
    void an_agent_that_does_not_compare_the_root_of_listed_changes_is_found() {
        assertThat(problems(new Plant<>(TargetState.class, PlantedBugsTest::trusting)))
                .isNotEmpty();
    }

    private static TargetState trusting(TargetState real) {
        List<Change> collected = new ArrayList<>();
        return Plant.answering(
                TargetState.class,
                (method, arguments) -> {
                    switch (method.getName()) {
                        case "collect" -> collected.addAll(changes(arguments[0]));
                        case "forgetCollected" -> collected.clear();
                        case "fold" -> {
                            List<Change> all = List.copyOf(collected);
                            collected.clear();
                            return real.known(Optional.empty(), Integer.MAX_VALUE)
                                    .flatMap(known ->
                                            real.fold(
                                                    (UUID) arguments[0],
                                                    (Long) arguments[1],
                                                    rootOf(known, all)));
                        }
                        default -> {}
                    }
                    return method.invoke(real, arguments);
                });
    }

    @SuppressWarnings("unchecked") // It is what the port declares.
    private static List<Change> changes(Object argument) {
        return (List<Change>) argument;
    }

    private static PageHash rootOf(List<Known> known, List<Change> changes) {
        SortedMap<EntryPath, Entry> entries = new TreeMap<>();
        known.forEach(one -> one.desired().ifPresent(entry -> entries.put(one.path(), entry)));
        for (Change change : changes) {
            switch (change) {
                case Change.Put(Entry entry) -> entries.put(entry.path(), entry);
                case Change.Remove(EntryPath path) -> entries.remove(path);
            }
        }
        ManifestBuilder builder = new ManifestBuilder((_, _) -> {});
        entries.values().forEach(builder::add);
        return builder.finish().root();
    }

    /** After a crash between making a file visible and recording it, nothing says whose it is. */
    @Test
    @Tag("P8")
    void an_agent_that_does_not_say_what_it_is_about_to_place_is_found() {
        Bugs plant =
                new Plant<>(
                        TargetState.class,
                        real ->
                                Plant.answering(
                                        TargetState.class,
                                        (method, arguments) ->
                                                method.getName().equals("intend")
                                                        ? Mono.empty()
                                                        : method.invoke(real, arguments)));

        assertThat(Plant.problems(signer, () -> plant, Simulation::leavingTargetsAlone))
                .isNotEmpty();
    }

    private List<String> problems(Bugs plant) {
        return Plant.problems(signer, () -> plant);
    }
}
