package io.driftless.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.launcher.engine.Engine.VerifyDepth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

class OtherCommandsTest extends CommandLineFixture {
    @Test
    void plan_prints_nothing_but_its_lines_on_standard_output() {
        engine.plan = Flux.just(created("a", "target"), created("b", "target"));

        assertThat(runOnFolder("plan")).isZero();

        assertThat(out()).containsExactly(">f+++++++++ a", ">f+++++++++ b");
        assertThat(err())
                .contains("ready")
                .anyMatch(line -> line.startsWith("2 changes planned in "));
    }

    @Test
    void plan_names_the_target_of_each_line_when_there_are_several() {
        engine.plan = Flux.just(created("a", "one"), created("a", "two"));

        run("plan", "--source=source", "--target=one", "--target=two");

        assertThat(out()).containsExactly("one: >f+++++++++ a", "two: >f+++++++++ a");
    }

    @Test
    void verify_ends_with_0_when_nothing_differs() {
        assertThat(runOnFolder("verify")).isZero();
        assertThat(out()).singleElement().asString().startsWith("no differences found in ");
        assertThat(engine.depths).containsExactly(VerifyDepth.METADATA);
    }

    @Test
    void verify_ends_with_1_and_each_path_when_something_differs() {
        engine.verify = Flux.just(missing("a"), missing("b"));

        assertThat(runOnFolder("verify", "--content")).isEqualTo(1);

        assertThat(err())
                .contains(
                        "DL-2007 target: missing a: no block",
                        "DL-2007 target: missing b: no block");
        assertThat(out()).singleElement().asString().startsWith("2 differences found in ");
        assertThat(engine.depths).containsExactly(VerifyDepth.CONTENT);
    }

    @Test
    void status_says_so_when_nothing_runs() {
        assertThat(run("status")).isEqualTo(2);
        assertThat(err())
                .singleElement()
                .asString()
                .startsWith("driftless: DL-1016 No running system was found. ");
    }

    @Test
    void status_forgives_an_address_that_a_killed_system_left_behind() throws IOException {
        Path state = directory.resolve("home/.local/state/driftless/x");
        Files.createDirectories(state);
        Files.writeString(state.resolve("status"), "http://127.0.0.1:1\n");

        assertThat(run("status")).isEqualTo(2);
        assertThat(err()).singleElement().asString().contains("DL-1016");
    }

    @Test
    void scan_and_retry_say_so_when_nothing_runs() {
        assertThat(run("scan")).isEqualTo(2);
        assertThat(run("scan", "--content")).isEqualTo(2);
        assertThat(run("retry")).isEqualTo(2);
        assertThat(err()).hasSize(3).allMatch(line -> line.contains("DL-1016"));
    }

    @Test
    void a_token_that_cannot_be_read_is_said_and_not_shown() throws IOException {
        Files.writeString(directory.resolve("short"), "tooshort");
        environment.put("DRIFTLESS_TOKEN", "not a token at all");

        assertThat(run("status", "--url=http://127.0.0.1:1", "--token-file=none")).isEqualTo(2);
        assertThat(run("scan", "--url=http://127.0.0.1:1", "--token-file=short")).isEqualTo(2);
        assertThat(run("status", "--url=http://127.0.0.1:1")).isEqualTo(2);

        assertThat(err())
                .hasSize(3)
                .allMatch(line -> line.startsWith("driftless: DL-1002 The token"))
                .noneMatch(line -> line.contains("tooshort") || line.contains("at all"));
    }

    @Test
    void a_system_that_is_named_is_asked_where_nobody_is_at_home() {
        environment.remove("HOME");

        assertThat(run("status", "--url=http://127.0.0.1:1")).isEqualTo(2);
        assertThat(err()).singleElement().asString().contains("DL-1016", "127.0.0.1:1");
    }

    @Test
    void a_token_is_for_systems_that_are_named() {
        environment.put("DRIFTLESS_TOKEN_FILE", "none");

        assertThat(run("status")).isEqualTo(2);
        assertThat(err()).singleElement().asString().contains("DL-1016");
    }

    @Test
    void a_state_directory_that_is_the_empty_text_is_no_system() {
        assertThat(run("status", "--state", "")).isEqualTo(2);
        assertThat(run("scan", "--state=")).isEqualTo(2);

        assertThat(err()).hasSize(2).allMatch(line -> line.startsWith("driftless: DL-1002 "));
    }

    @Test
    void a_command_is_needed() {
        assertThat(run()).isEqualTo(2);
        assertThat(err())
                .singleElement()
                .asString()
                .startsWith("driftless: DL-1001 A command is missing. ");
    }

    @Test
    void an_unknown_option_is_named() {
        assertThat(runOnFolder("sync", "--sauce")).isEqualTo(2);
        assertThat(err())
                .singleElement()
                .asString()
                .startsWith("driftless: DL-1001 ")
                .contains("--sauce");
    }

    @Test
    void a_source_and_a_target_are_needed() {
        assertThat(run("sync", "--target=t")).isEqualTo(2);
        assertThat(run("sync", "--source=source")).isEqualTo(2);
        assertThat(run("sync")).isEqualTo(2);
        assertThat(err())
                .hasSize(3)
                .allMatch(line -> line.startsWith("driftless: DL-1001 "))
                .anyMatch(line -> line.contains("--source is missing"))
                .anyMatch(line -> line.contains("--target is missing"));
    }

    @Test
    void a_mode_beside_a_settings_file_is_refused_and_not_passed_over() {
        assertThat(run("sync", "--config=driftless.yaml", "--mode=overlay")).isEqualTo(2);
        assertThat(err())
                .singleElement()
                .asString()
                .startsWith(
                        "driftless: DL-1001 --config goes without --source, --target and --mode");
    }

    @Test
    void wrong_settings_end_with_2() {
        assertThat(run("sync", "--source=nowhere", "--target=t")).isEqualTo(2);
        assertThat(run("sync", "--source=source", "--target=source/t")).isEqualTo(2);
        assertThat(err().getFirst()).startsWith("driftless: DL-1003 ");
        assertThat(err().getLast()).startsWith("driftless: DL-1005 ");
    }

    @Test
    void control_characters_of_names_and_messages_never_reach_the_terminal() {
        run("sync", "--source=no\u001b[31m\nwhere", "--target=t");

        assertThat(err())
                .singleElement()
                .asString()
                .contains("no%1B[31m%0Awhere")
                .doesNotContain("\u001b");
    }

    @Test
    void help_and_version_go_to_standard_output() {
        assertThat(run("--help")).isZero();
        assertThat(out())
                .anyMatch(line -> line.contains("sync"))
                .anyMatch(line -> line.startsWith("Exit status"));
        assertThat(run("sync", "--help")).isZero();
        assertThat(out()).anyMatch(line -> line.contains("--target"));
        assertThat(run("-V")).isZero();
        assertThat(out().getLast()).startsWith("driftless ");
        assertThat(err()).isEmpty();
    }

    @Test
    void help_names_every_exit_status_and_what_the_environment_can_set() {
        assertThat(run("--help")).isZero();

        assertThat(String.join(" ", out()))
                .contains("0 converged", "1 not", "2 wrong", "3 removals", "130 interrupted")
                .contains(EnvironmentDefaults.OPTIONS);
    }

    @Test
    void a_settings_file_names_several_folders() throws IOException {
        Files.createDirectories(directory.resolve("conf/photos"));
        Files.createDirectories(directory.resolve("conf/music"));
        Files.writeString(
                directory.resolve("conf/driftless.yaml"),
                """
                driftless:
                  state: ../state
                  folders:
                    - id: photos
                      source: photos
                      targets:
                        - directory: ../copies/photos
                    - id: music
                      source: music
                      mode: overlay
                      targets:
                        - name: player
                          directory: ../copies/music
                """);

        assertThat(run("verify", "--config=conf/driftless.yaml")).isZero();

        assertThat(engine.settings.orElseThrow().folders())
                .extracting(folder -> folder.id().value())
                .isEqualTo(List.of("photos", "music"));
        assertThat(directory.resolve("state/lock")).exists();
    }
}
