package io.driftless.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.testing.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class PresenceTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Mono<Void> REFUSED =
            Mono.error(new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, "It refused."));

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final List<String> said = new ArrayList<>();
    private Mono<Void> answer = Mono.empty();
    private Disposable asking = begin();

    private Disposable begin() {
        return Presence.of("Kafka", Mono.defer(() -> answer), timer)
                .map(failure -> failure.map(SyncException::getMessage).orElse("there"))
                .subscribe(said::add);
    }

    @AfterEach
    void end() {
        asking.dispose();
    }

    private String last() {
        return said.getLast();
    }

    @Test
    void a_service_that_goes_at_any_moment_is_said_to_be_away_soon_and_back_soon() {
        Seeds.forEach(random -> {
            asking.dispose();
            answer = Mono.empty();
            asking = begin();
            timer.advanceTimeBy(Duration.ofMillis(random.nextLong(60_000)));
            assertThat(last()).isEqualTo("there");

            answer = random.nextBoolean() ? Mono.never() : REFUSED;
            timer.advanceTimeBy(SOON);
            assertThat(last()).isNotEqualTo("there");
            timer.advanceTimeBy(Duration.ofMillis(random.nextLong(60_000)));
            assertThat(last()).isNotEqualTo("there");

            answer = Mono.empty();
            timer.advanceTimeBy(SOON);
            assertThat(last()).isEqualTo("there");
        });
    }

    @Test
    void the_reason_is_said() {
        answer = REFUSED;
        timer.advanceTimeBy(SOON);
        assertThat(last()).isEqualTo("It refused.");

        answer = Mono.never();
        timer.advanceTimeBy(SOON);
        assertThat(last()).isEqualTo("Kafka did not answer within 2 s.");
    }

    @Test
    void a_single_question_that_is_not_answered_is_passed_over() {
        for (int i = 0; i < 10; i++) {
            answer = i % 2 == 0 ? Mono.never() : Mono.empty();
            timer.advanceTimeBy(Duration.ofSeconds(3));
        }

        assertThat(said).isNotEmpty().containsOnly("there");
    }

    @Test
    void what_is_no_expected_failure_is_a_bug_that_ends_it() {
        List<Throwable> failures = new ArrayList<>();
        Disposable one =
                Presence.of("Kafka", Mono.error(new IllegalStateException("bug")), timer)
                        .subscribe(_ -> {}, failures::add);
        timer.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(one.isDisposed()).isTrue();
        assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void somebody_who_comes_while_it_is_away_is_told_so() {
        asking.dispose();
        said.clear();
        answer = REFUSED;
        asking = begin();

        timer.advanceTimeBy(SOON);

        assertThat(said).isNotEmpty().containsOnly("It refused.");
    }
}
