package io.driftless.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script at the root of the project, with JDKs and a Maven that only say how they were called.
 */
class DriftlessScriptIT {
    private static final String SAYS_ITS_ARGUMENTS =
            """
            #!/bin/bash
            echo "java of $(basename "$(dirname "$(dirname "$0")")")"
            echo "process $$"
            echo "locale ${LC_ALL:-}"
            printf 'argument %s\\n' "$@"
            exit 7
            """;

    private static final String BUILDS =
            """
            #!/bin/bash
            echo "$@" >>"$PWD/calls"
            [ -f fails ] && echo '[ERROR] it does not compile' && exit 1
            mkdir -p launcher/target/lib
            echo jar >launcher/target/lib/driftless-common-1.jar
            echo jar >launcher/target/lib/other-1.jar
            echo jar >launcher/target/driftless-launcher-1.jar
            """;

    @TempDir Path given;

    private Path directory;
    private Path home;
    private final Map<String, String> environment = new LinkedHashMap<>();

    /** How the script ended. */
    private record Ended(int status, long process, List<String> out, List<String> err) {
        List<String> arguments() {
            return out.stream()
                    .filter(line -> line.startsWith("argument "))
                    .map(line -> line.substring("argument ".length()))
                    .toList();
        }
    }

    @BeforeEach
    void installTheScript() throws IOException {
        directory = given.toRealPath();
        home = Files.createDirectories(directory.resolve("home of it"));
        Path script = Path.of("../driftless").toAbsolutePath();
        Files.copy(script, home.resolve("driftless"));
        environment.put("PATH", directory.resolve("bin") + ":/usr/bin:/bin");
        environment.put("HOME", directory.toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("DRIFTLESS_AOT", "off");
        environment.put("DRIFTLESS_JAVA_HOME", jdk("jdk-25", "25.0.1").toString());
    }

    private Path jdk(String name, String version) throws IOException {
        Path jdk = directory.resolve(name);
        write(jdk.resolve("bin/java"), SAYS_ITS_ARGUMENTS);
        write(jdk.resolve("bin/javac"), "#!/bin/bash\n");
        Files.writeString(
                jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return jdk;
    }

    private Path built() throws IOException {
        Path app = home.resolve("launcher/target/app/20260101-000000-1");
        Files.createDirectories(app.resolve("lib"));
        Files.writeString(app.resolve("driftless.jar"), "jar");
        Files.writeString(app.resolve("in-use"), "");
        return app;
    }

    private void withSources() throws IOException {
        write(directory.resolve("bin/mvn"), BUILDS);
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Files.createDirectories(home.resolve("common/src/main/java"));
        Files.createDirectories(home.resolve("launcher/src/main/java"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Ended run(Path script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectOutput(directory.resolve("out").toFile())
                        .redirectError(directory.resolve("err").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ended(
                process.exitValue(),
                process.pid(),
                Files.readAllLines(directory.resolve("out")),
                Files.readAllLines(directory.resolve("err")));
    }

    private Ended run(String... arguments) throws IOException, InterruptedException {
        return run(home.resolve("driftless"), arguments);
    }

    @Test
    void becomes_the_java_process_with_its_arguments_as_they_are() throws Exception {
        built();

        Ended ended = run("sync", "--source", "a b*", "");

        assertThat(ended.status()).isEqualTo(7);
        assertThat(ended.out()).contains("process " + ended.process());
        assertThat(ended.arguments()).endsWith("sync", "--source", "a b*", "");
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void works_through_links_from_anywhere() throws Exception {
        Path app = built();
        Files.createDirectories(directory.resolve("links"));
        Files.createSymbolicLink(directory.resolve("links/one"), home.resolve("driftless"));
        Files.createSymbolicLink(directory.resolve("links/two"), Path.of("one"));

        Ended ended = run(directory.resolve("links/two"), "-V");

        assertThat(ended.arguments())
                .contains("-jar", app.resolve("driftless.jar").toString(), "-V");
    }

    @Test
    void takes_the_first_jdk_that_is_new_enough() throws Exception {
        built();
        environment.put("DRIFTLESS_JAVA_HOME", "");
        environment.put("JAVA_HOME", jdk("jdk-21", "21.0.9").toString());
        Path next = jdk("jdk-26", "26-ea");
        Files.createDirectories(directory.resolve("bin"));
        Files.createSymbolicLink(directory.resolve("bin/java"), next.resolve("bin/java"));

        assertThat(run().out()).contains("java of jdk-26");

        environment.put("JAVA_HOME", jdk("jdk-25.0.3", "25.0.3").toString());
        assertThat(run().out()).contains("java of jdk-25.0.3");
    }

    @Test
    void says_so_when_the_jdk_that_was_named_is_too_old() throws Exception {
        built();
        environment.put("DRIFTLESS_JAVA_HOME", jdk("jdk-17", "17.0.15").toString());

        Ended ended = run();

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .containsExactly(
                        "driftless: DRIFTLESS_JAVA_HOME is "
                                + directory.resolve("jdk-17")
                                + ", which is no JDK 25 or newer.");
    }

    @Test
    void says_so_when_there_is_nothing_to_run() throws Exception {
        Ended ended = run();

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .containsExactly("driftless: " + home + " holds neither a build nor sources.");
    }

    @Test
    void hands_on_more_options_after_its_own() throws Exception {
        built();
        environment.put("DRIFTLESS_JAVA_OPTS", "-Xmx2g -Dx=y");

        List<String> arguments = run().arguments();

        assertThat(arguments).containsSubsequence("-Xmx640m", "-Xmx2g", "-Dx=y", "-jar");
    }

    @Test
    void uses_the_start_up_cache_where_there_is_one() throws Exception {
        Path app = built();
        Files.writeString(app.resolve("driftless.aot"), "cache");
        assertThat(run().arguments()).noneMatch(argument -> argument.startsWith("-XX:AOTCache"));

        environment.put("DRIFTLESS_AOT", "on");

        assertThat(run().arguments()).contains("-XX:AOTCache=" + app.resolve("driftless.aot"));
    }

    @Test
    void keeps_names_readable_in_the_c_locale() throws Exception {
        built();
        environment.put("LC_ALL", "C");
        assertThat(run().out()).contains("locale C.UTF-8");

        environment.put("LC_ALL", "de_DE.UTF-8");
        assertThat(run().out()).contains("locale de_DE.UTF-8");
    }

    @Test
    void builds_on_first_use_and_after_changes_only() throws Exception {
        withSources();

        assertThat(run().err()).anyMatch(line -> line.startsWith("driftless: building"));
        assertThat(run().err()).isEmpty();
        Path source = Files.writeString(home.resolve("common/src/main/java/A.java"), "class A {}");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        Files.setLastModifiedTime(
                source.getParent(), FileTime.from(Instant.now().minusSeconds(60)));
        Ended third = run();
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(60)));

        assertThat(third.err()).anyMatch(line -> line.startsWith("driftless: building"));
        assertThat(third.status()).isEqualTo(7);
        assertThat(run().err()).isEmpty();
        assertThat(Files.readAllLines(home.resolve("calls")))
                .hasSize(2)
                .allMatch(call -> call.contains("-P quick"));
    }

    @Test
    void runs_a_copy_and_takes_old_copies_away() throws Exception {
        withSources();
        run();
        Path first =
                Path.of(run().arguments().get(run().arguments().indexOf("-jar") + 1)).getParent();
        assertThat(
                        Files.isSameFile(
                                first.resolve("lib/other-1.jar"),
                                home.resolve("launcher/target/lib/other-1.jar")))
                .isTrue();
        assertThat(
                        Files.isSameFile(
                                first.resolve("lib/driftless-common-1.jar"),
                                home.resolve("launcher/target/lib/driftless-common-1.jar")))
                .isFalse();
        Files.delete(home.resolve("launcher/target/.stamp"));

        Ended next = run();

        assertThat(next.arguments()).doesNotContain(first.resolve("driftless.jar").toString());
        assertThat(first).doesNotExist();
    }

    @Test
    void says_what_is_wrong_when_the_build_fails() throws Exception {
        withSources();
        Files.writeString(home.resolve("fails"), "");

        Ended ended = run();

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .contains("[ERROR] it does not compile")
                .anyMatch(line -> line.contains("the build failed, see "));
        assertThat(Files.readAllLines(home.resolve("calls"))).hasSize(1);
    }
}
