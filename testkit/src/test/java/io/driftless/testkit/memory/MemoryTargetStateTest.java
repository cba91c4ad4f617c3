package io.driftless.testkit.memory;

import io.driftless.adapter.memory.MemoryTargetState;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.TargetState;
import io.driftless.testkit.contract.TargetStateContract;
import java.time.Duration;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class MemoryTargetStateTest extends TargetStateContract {
    private MemoryTargetState state = MemoryTargetState.create("agent-1");

    @Override
    protected TargetState state() {
        return state;
    }

    @Override
    protected TargetState reopened(boolean isCrash) {
        state = state.reopen();
        return state;
    }

    @Test
    void can_do_nothing_any_more_when_another_owner_opened_it() {
        MemoryTargetState dead = state;

        reopened(true);

        Assertions.assertThatThrownBy(() -> dead.forgetCollected().block(Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure ->
                                Assertions.assertThat(failure.code())
                                        .isEqualTo(ErrorCode.STATE_IN_USE));
    }
}
