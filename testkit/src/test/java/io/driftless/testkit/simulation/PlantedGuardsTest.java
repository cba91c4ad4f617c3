package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.guard.Standing;
import io.driftless.guard.Standing.Decision;
import io.driftless.port.CommitSigner;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.TargetTree;
import io.driftless.port.TargetTree.Marker;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/**
 * Guards of parked removals and of who has a target, each taken away: the simulation, which is
 * green over the same seeds otherwise, must notice.
 */
@Tag("P4")
@Tag("P8")
class PlantedGuardsTest {
    @TempDir static Path keys;

    private final CommitSigner signer = Ed25519Signer.signing(keys.resolve("commits.key"));

    @Test
    void a_rejected_removal_that_is_committed_is_found() {
        Bugs plant =
                new Plant<>(
                        ParkedRemovals.class,
                        real ->
                                Plant.answering(
                                        ParkedRemovals.class,
                                        (method, arguments) ->
                                                method.getName().equals("standings")
                                                        ? standings(real, method, arguments)
                                                        : method.invoke(real, arguments)));

        assertThat(Plant.problems(signer, () -> plant, Simulation::askingForRemovals)).isNotEmpty();
    }

    @Test
    void a_rejection_that_is_taken_for_an_approval_is_found() {
        Bugs plant =
                Plant.asking(
                        ParkedRemovals.class,
                        "decide",
                        arguments -> new Object[] {arguments[0], arguments[1], Decision.APPROVED});

        assertThat(Plant.problems(signer, () -> plant, Simulation::askingForRemovals)).isNotEmpty();
    }

    /** Nobody hears of those that were rejected. */
    @SuppressWarnings("unchecked") // It is what the port declares.
    private static Mono<List<Standing>> standings(
            ParkedRemovals real, Method method, Object[] arguments)
            throws IllegalAccessException, InvocationTargetException {
        return ((Mono<List<Standing>>) method.invoke(real, arguments))
                .map(all ->
                        all.stream().filter(one -> one.decision() != Decision.REJECTED).toList());
    }

    @Test
    void a_target_that_two_agents_work_on_at_the_same_time_is_found() {
        assertThat(
                        Plant.problems(
                                signer,
                                () -> {
                                    Unlocked unlocked = new Unlocked();
                                    return new Plant<>(TargetTree.class, unlocked::tree);
                                },
                                Simulation::withTwoAgents))
                .isNotEmpty();
    }

    /** A lock that keeps nobody out: whoever does something has it at that moment. */
    private static final class Unlocked {
        private static final Set<String> FREE = Set.of("ground", "release");

        private final Map<String, TargetTree> holders = new HashMap<>();

        private final Map<TargetTree, Marker> owners = new HashMap<>();

        TargetTree tree(TargetTree real) {
            return Plant.answering(
                    TargetTree.class,
                    (method, arguments) -> {
                        if (method.getName().equals("claim")) {
                            owners.put(real, (Marker) arguments[0]);
                        }
                        boolean isChange =
                                method.getDeclaringClass().equals(TargetTree.class)
                                        && !FREE.contains(method.getName());
                        Object answer = method.invoke(real, arguments);
                        return isChange && owners.containsKey(real)
                                ? taken(real, owners.get(real)).then((Mono<?>) answer)
                                : answer;
                    });
        }

        private Mono<Void> taken(TargetTree real, Marker owner) {
            return Mono.defer(() -> {
                TargetTree before = holders.put(owner.target(), real);
                return before == null || before == real
                        ? Mono.empty()
                        : before.release().then(real.claim(owner)).then();
            });
        }
    }
}
