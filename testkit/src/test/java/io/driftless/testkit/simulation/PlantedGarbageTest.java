package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.CommitLog;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitLog.Pages;
import io.driftless.port.CommitSigner;
import io.driftless.port.GarbageIndex;
import io.driftless.port.GarbageIndex.Garbage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/**
 * Guards of garbage collection, each taken away: the simulation, which is green over the same seeds
 * otherwise, must notice.
 */
@Tag("P1")
class PlantedGarbageTest {
    @TempDir static Path keys;

    private final CommitSigner signer = Ed25519Signer.signing(keys.resolve("commits.key"));

    @Test
    void a_commit_that_does_not_lock_its_packs_is_found() {
        assertThat(problems(commits(draft -> with(draft, Set.of(), draft.pages())))).isNotEmpty();
    }

    @Test
    void a_commit_that_does_not_turn_its_pages_live_is_found() {
        assertThat(problems(commits(draft -> with(draft, draft.packs(), Pages.NONE)))).isNotEmpty();
    }

    @Test
    void a_collector_that_does_not_ask_again_before_it_deletes_is_found() {
        assertThat(
                        Plant.problems(
                                signer,
                                () -> {
                                    Hasty hasty = new Hasty();
                                    return new Plant<>(GarbageIndex.class, hasty::garbage);
                                }))
                .isNotEmpty();
    }

    @Test
    void a_collector_that_does_not_read_pages_back_is_found() {
        assertThat(problems(asking("livePages", 2, 0))).isNotEmpty();
    }

    @Test
    void a_collector_that_leaves_damaged_packs_alone_is_found() {
        assertThat(problems(asking("blocksIn", 1, new UUID(0, 0)))).isNotEmpty();
    }

    /** Where targets cannot give them back either. */
    @Test
    void a_collector_that_does_not_have_lost_blocks_stored_again_is_found() {
        Bugs plant = asking("storeAgain", 1, List.of());
        assertThat(Plant.problems(signer, () -> plant, Simulation::withoutReturns)).isNotEmpty();
    }

    @Test
    void a_pack_whose_trouble_is_taken_for_that_of_the_store_is_found() {
        assertThat(problems(new Plant<>(BlockStore.class, PlantedGarbageTest::blamingItself)))
                .isNotEmpty();
    }

    private static BlockStore blamingItself(BlockStore real) {
        return Plant.answering(
                BlockStore.class,
                (method, arguments) -> {
                    Object answer = method.invoke(real, arguments);
                    return answer instanceof Mono<?> one
                            ? one.onErrorMap(SyncException.class, PlantedGarbageTest::ofTheStore)
                            : answer;
                });
    }

    private static SyncException ofTheStore(SyncException failure) {
        return failure.code() == ErrorCode.STORE_OBJECT_UNREADABLE
                ? new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, "As it was before.")
                : failure;
    }

    private List<String> problems(Bugs plant) {
        return Plant.problems(signer, () -> plant);
    }

    /** The collector's questions of this name have another argument. */
    private static Bugs asking(String question, int number, Object argument) {
        return Plant.asking(
                GarbageIndex.class,
                question,
                arguments -> {
                    arguments[number] = argument;
                    return arguments;
                });
    }

    private static Bugs commits(UnaryOperator<Draft> change) {
        return Plant.asking(
                CommitLog.class,
                "commit",
                arguments -> {
                    arguments[1] = change.apply((Draft) arguments[1]);
                    return arguments;
                });
    }

    private static Draft with(Draft draft, Set<UUID> packs, Pages pages) {
        return new Draft(
                draft.commit(), draft.puts(), draft.removals(), draft.taken(), packs, pages);
    }

    /** Deletes at once what one search saw and the next one did not, whoever uses it by now. */
    private static final class Hasty {
        private final Set<UUID> seen = new HashSet<>();
        private final Set<UUID> known = new HashSet<>();

        /** It forgets nothing when its process starts anew. */
        GarbageIndex garbage(GarbageIndex real) {
            return Plant.answering(
                    GarbageIndex.class,
                    (method, arguments) ->
                            heard(method.getName(), arguments, method.invoke(real, arguments)));
        }

        private Object heard(String name, Object[] arguments, Object result) {
            switch (name) {
                case "beginSearch" -> seen.clear();
                case "see" -> ((Set<?>) arguments[1]).forEach(pack -> seen.add((UUID) pack));
                case "bury" -> {
                    return ((Mono<?>) result).map(buried -> with((Garbage) buried));
                }
                default -> {}
            }
            return result;
        }

        private Garbage with(Garbage buried) {
            List<UUID> packs = new ArrayList<>(buried.packs());
            known.stream().filter(pack -> !seen.contains(pack)).forEach(packs::add);
            known.clear();
            known.addAll(seen);
            return new Garbage(packs, buried.pages());
        }
    }
}
