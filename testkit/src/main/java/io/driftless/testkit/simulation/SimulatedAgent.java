package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryTargetState;
import io.driftless.adapter.memory.MemoryTargetTree;
import io.driftless.port.TargetState.Known;
import io.driftless.port.TargetState.Position;
import io.driftless.port.TargetTree;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** An agent of a target. What survives its crash is its state, and that can be lost as well. */
final class SimulatedAgent {
    private final SimulatedTarget target;
    private final String name;
    private MemoryTargetTree tree;
    private MemoryTargetState state;
    private int lostStates;

    /**
     * @param name one that no other agent of the target has
     */
    SimulatedAgent(SimulatedTarget target, String name) {
        this.target = target;
        this.name = name;
        this.tree = target.open();
        this.state = MemoryTargetState.create(name);
    }

    String name() {
        return name;
    }

    SimulatedTarget target() {
        return target;
    }

    TargetTree tree() {
        return tree;
    }

    MemoryTargetState state() {
        return state;
    }

    Position position() {
        return Objects.requireNonNull(state.position().block());
    }

    /** Everything that its state says of the target. */
    List<Known> known() {
        return Objects.requireNonNull(state.known(Optional.empty(), Integer.MAX_VALUE).block());
    }

    void crash() {
        target.claims().ended(this);
        tree.crash();
        tree = target.open();
        state = state.reopen();
    }

    /** The next life begins with a state that knows nothing; the marker is where it was. */
    void loseState() {
        lostStates++;
        state = MemoryTargetState.create(name + " without " + lostStates);
    }
}
