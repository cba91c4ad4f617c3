package io.driftless.testkit.simulation;

import io.driftless.port.TargetTree;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;

/**
 * Watches who has one target: from a claim until it is released, or its agent is gone, nobody else
 * gets it, and nobody else changes anything there.
 */
final class Claims {
    /** They change nothing, or say themselves who has the target. */
    private static final Set<String> FREE = Set.of("ground", "claim", "release");

    private final SimulatedTarget target;
    private final List<String> problems = new ArrayList<>();
    private Optional<SimulatedAgent> holder = Optional.empty();

    /** The agent that had the target last, and the state that it had it with. */
    private Optional<SimulatedAgent> last = Optional.empty();

    private String lastState = "";
    private int takeovers;
    private int refusals;

    Claims(SimulatedTarget target) {
        this.target = target;
    }

    List<String> problems() {
        return problems;
    }

    /**
     * How often the target went to another state than the one that it was worked on with, and how
     * often an agent was turned away.
     */
    Map<String, Integer> counts() {
        return Map.of("takeover", takeovers, "refused claim", refusals);
    }

    /** Who had it last, if anybody ever did. */
    Optional<SimulatedAgent> last() {
        return last;
    }

    TargetTree watching(TargetTree tree, SimulatedAgent agent) {
        return (TargetTree)
                Proxy.newProxyInstance(
                        TargetTree.class.getClassLoader(),
                        new Class<?>[] {TargetTree.class},
                        (_, method, arguments) ->
                                watched(agent, method, call(tree, method, arguments)));
    }

    private static Object call(TargetTree tree, Method method, Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(tree, arguments);
        } catch (InvocationTargetException thrown) {
            throw Objects.requireNonNullElse(thrown.getCause(), thrown);
        }
    }

    private Object watched(SimulatedAgent agent, Method method, Object answer) {
        boolean isChange =
                method.getDeclaringClass().equals(TargetTree.class)
                        && !FREE.contains(method.getName());
        if (isChange) {
            return ((Mono<?>) answer).doOnSuccess(_ -> changed(agent, method.getName()));
        }
        return switch (method.getName()) {
            case "claim" ->
                    ((Mono<?>) answer).doOnSuccess(_ -> taken(agent)).doOnError(_ -> refusals++);
            case "release" -> ((Mono<?>) answer).doOnSuccess(_ -> ended(agent));
            default -> answer;
        };
    }

    private void changed(SimulatedAgent agent, String what) {
        if (holder.filter(agent::equals).isEmpty()) {
            problems.add("%s: %s by %s".formatted(whose(), what, agent.name()));
        }
    }

    private void taken(SimulatedAgent agent) {
        if (holder.filter(one -> !one.equals(agent)).isPresent()) {
            problems.add("%s: taken by %s".formatted(whose(), agent.name()));
        }
        String state = agent.position().agent();
        if (last.isPresent() && !lastState.equals(state)) {
            takeovers++;
            target.inherit(agent);
        }
        holder = Optional.of(agent);
        last = holder;
        lastState = state;
    }

    private String whose() {
        return holder.map(SimulatedAgent::name).orElse("nobody") + " has the target";
    }

    /** The agent has the target no more, if it had it. */
    void ended(SimulatedAgent agent) {
        holder = holder.filter(one -> !one.equals(agent));
    }
}
