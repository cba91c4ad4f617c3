package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.plan.Mode;
import io.driftless.reconciler.Schedule;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A settings file in YAML, everything below {@code driftless:}. Relative directories are relative
 * to the file. Unknown keys are refused.
 */
final class SettingsFile {
    private static final int MAX_CHARACTERS = 1 << 20;

    private final Path base;
    private final YamlMap root;

    private SettingsFile(Path base, YamlMap root) {
        this.base = base;
        this.root = root;
    }

    static SettingsFile read(Path file) {
        Path absolute = file.toAbsolutePath();
        Path base = absolute.getParent();
        YamlMap document = YamlMap.of(file.getFileName() + ":", load(file)).allow("driftless");
        YamlMap root = YamlMap.of("driftless", document.values().get("driftless"));
        root.allow(
                "state",
                "store",
                "s3",
                "full-scan",
                "target-scan",
                "scrub",
                "retention",
                "status-port",
                "removals",
                "folders");
        return new SettingsFile(base == null ? absolute : base, root);
    }

    private static Object load(Path file) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setCodePointLimit(MAX_CHARACTERS);
        try (Reader text = Files.newBufferedReader(file)) {
            Object document = new Yaml(new SafeConstructor(options)).load(text);
            if (document == null) {
                throw new SyncException(
                        ErrorCode.BAD_SETTING, "The settings file " + file + " is empty.");
            }
            return document;
        } catch (IOException unreadable) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "The settings file " + file + " cannot be read: " + unreadable + ".",
                    unreadable);
        } catch (YAMLException malformed) {
            String where =
                    String.valueOf(malformed.getMessage()).replaceAll("\\s*\\R\\s*", " ").strip();
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "The settings file " + file + " is not valid YAML: " + where + ".",
                    malformed);
        }
    }

    Optional<Path> state() {
        return root.text("state").map(this::directory);
    }

    /**
     * The store with the file's endpoint and region, where it is an S3 one.
     *
     * @param named the store that goes before the file's
     */
    Optional<StoreSettings> store(Optional<String> named) {
        YamlMap s3 = root.map("s3").allow("endpoint", "region");
        return named.or(() -> root.text("store"))
                .map(StoreSettings::parse)
                .map(store ->
                        store instanceof StoreSettings.S3(var bucket, var prefix, _, _)
                                ? new StoreSettings.S3(
                                        bucket, prefix, s3.text("endpoint"), s3.text("region"))
                                : store);
    }

    RetentionSettings retention() {
        return RetentionSettings.of(root.map("retention"));
    }

    Optional<String> targetScan() {
        return root.text("target-scan");
    }

    Optional<String> scrub() {
        return root.text("scrub");
    }

    Optional<Integer> statusPort() {
        return root.number("status-port")
                .map(port -> (int) Math.clamp(port, -1, Integer.MAX_VALUE));
    }

    GuardWishes guards() {
        YamlMap removals = root.map("removals").allow("ratio", "floor", "window");
        return new GuardWishes(
                removals.text("ratio"), removals.number("floor"), removals.text("window"), false);
    }

    /**
     * @param fullScan the schedule that goes before the file's
     */
    List<FolderSettings> folders(Optional<Schedule> fullScan) {
        Schedule byDefault = fullScan(root).orElse(FolderSettings.DEFAULT_FULL_SCAN);
        List<YamlMap> folders = root.maps("folders");
        TargetNames names = new TargetNames();
        for (YamlMap folder : folders) {
            folder.allow("id", "source", "mode", "full-scan", "targets");
            for (YamlMap target : folder.maps("targets")) {
                target.allow("name", "directory", "mode").text("name").ifPresent(names::take);
            }
        }
        return folders.stream()
                .map(folder -> {
                    Schedule own = fullScan(folder).orElse(byDefault);
                    return folder(folder, names).withFullScan(fullScan.orElse(own));
                })
                .toList();
    }

    private static Optional<Schedule> fullScan(YamlMap map) {
        return map.text("full-scan").map(text -> Schedule.parse(map.keyOf("full-scan"), text));
    }

    private FolderSettings folder(YamlMap folder, TargetNames names) {
        Mode mode = mode(folder).orElse(Mode.MIRROR);
        List<TargetSettings> targets = new ArrayList<>();
        for (YamlMap target : folder.maps("targets")) {
            Path directory = directory(target.required("directory"));
            TargetId id =
                    target.text("name")
                            .map(TargetId::new)
                            .orElseGet(() -> names.nameFor(directory));
            targets.add(new TargetSettings(id, directory, mode(target).orElse(mode)));
        }
        return new FolderSettings(
                new FolderId(folder.required("id")), directory(folder.required("source")), targets);
    }

    private static Optional<Mode> mode(YamlMap map) {
        return map.text("mode")
                .map(word ->
                        Arrays.stream(Mode.values())
                                .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(word))
                                .findFirst()
                                .orElseThrow(() ->
                                        new SyncException(
                                                ErrorCode.BAD_SETTING,
                                                map.keyOf("mode")
                                                        + " is '"
                                                        + word
                                                        + "' but must be mirror or overlay.")));
    }

    private Path directory(String text) {
        return Directories.absolute(text, base);
    }
}
