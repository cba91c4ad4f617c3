package io.driftless.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class HoldingsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Holdings holdings = new Holdings();

    @Test
    void holds_nothing_before_anything_was_taken() {
        holdings.givenBack().block(PATIENCE);
    }

    @Test
    void holds_nothing_where_taking_failed() {
        Flux<Object> flow =
                holdings.using(
                        () -> {
                            throw new IllegalStateException("not to be had");
                        },
                        _ -> Flux.never(),
                        _ -> Mono.empty());

        assertThatThrownBy(() -> flow.blockLast(PATIENCE)).hasMessage("not to be had");

        holdings.givenBack().block(PATIENCE);
    }

    @Test
    void is_over_when_what_was_held_is_given_back_after_a_cancel() {
        Sinks.Empty<Void> closing = Sinks.empty();
        List<String> seen = new ArrayList<>();
        Disposable flow =
                holdings.using(() -> "it", _ -> Flux.never(), _ -> closing.asMono()).subscribe();
        holdings.givenBack().subscribe(_ -> {}, _ -> {}, () -> seen.add("given back"));

        flow.dispose();
        assertThat(seen).isEmpty();
        closing.tryEmitEmpty();

        assertThat(seen).containsExactly("given back");
    }
}
