package io.driftless.hosting;

import io.driftless.error.SyncException;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Binds settings as a start does. */
public final class Settings {
    private Settings() {}

    public static <T> T bind(String prefix, Class<T> type, Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings)).bindOrCreate(prefix, type);
    }

    /** What a start with these settings says. */
    public static String refusal(String prefix, Class<?> type, Map<String, String> settings) {
        try {
            return "taken as " + bind(prefix, type, settings);
        } catch (RuntimeException refused) {
            for (Throwable at = refused; at != null; at = at.getCause()) {
                if (at instanceof SyncException known) {
                    return known.code().id() + " " + known.getMessage();
                }
            }
            throw refused;
        }
    }
}
