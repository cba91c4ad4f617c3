package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a settings file under the key that leads to it, so that every message names the full
 * key.
 */
record YamlMap(String key, Map<?, ?> values) {
    /** The mapping at {@code key}; nothing there counts as an empty one. */
    static YamlMap of(String key, @Nullable Object value) {
        if (value == null) {
            return new YamlMap(key, Map.of());
        }
        if (value instanceof Map<?, ?> map) {
            return new YamlMap(key, map);
        }
        throw bad(key, value, "a mapping of settings");
    }

    /** Refuses every key that is not one of these: a typing error must not go unnoticed. */
    YamlMap allow(String... known) {
        Set<String> names = Set.of(known);
        for (Object name : values.keySet()) {
            if (!(name instanceof String text) || !names.contains(text)) {
                throw new SyncException(
                        ErrorCode.BAD_SETTING,
                        keyOf(String.valueOf(name))
                                + " is not a setting; known are "
                                + String.join(", ", known)
                                + ".");
            }
        }
        return this;
    }

    YamlMap map(String name) {
        return of(keyOf(name), values.get(name));
    }

    Optional<String> text(String name) {
        Object value = values.get(name);
        return switch (value) {
            case null -> Optional.empty();
            case String text when !text.isEmpty() -> Optional.of(text);
            case Number number -> Optional.of(number.toString());
            default -> throw bad(keyOf(name), value, "a text that is not empty");
        };
    }

    String required(String name) {
        return text(name)
                .orElseThrow(() ->
                        new SyncException(ErrorCode.BAD_SETTING, keyOf(name) + " is missing."));
    }

    Optional<Long> number(String name) {
        Object value = values.get(name);
        return switch (value) {
            case null -> Optional.empty();
            case Integer number -> Optional.of(number.longValue());
            case Long number -> Optional.of(number);
            default -> throw bad(keyOf(name), value, "a whole number");
        };
    }

    /** The mappings of a list that has at least one. */
    List<YamlMap> maps(String name) {
        Object value = values.get(name);
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            throw bad(keyOf(name), value, "a list of at least one");
        }
        List<YamlMap> maps = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            maps.add(of(keyOf(name) + "[" + i + "]", list.get(i)));
        }
        return maps;
    }

    String keyOf(String name) {
        return key + "." + name;
    }

    private static SyncException bad(String key, @Nullable Object value, String wanted) {
        return new SyncException(
                ErrorCode.BAD_SETTING,
                value == null
                        ? key + " is missing; it must be " + wanted + "."
                        : key + " is '" + value + "' but must be " + wanted + ".");
    }
}
