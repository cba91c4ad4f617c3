package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitSigner;
import io.driftless.port.FolderIndex;
import io.driftless.tree.FolderId;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    private List<String> problems(Bugs plant) {
        return Plant.problems(signer, () -> plant);
    }
}
