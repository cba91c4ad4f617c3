package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of bytes as people write them: {@code 0}, {@code 512KB}, {@code 1GB}, by 1,024. */
final class SizeText {
    private static final Pattern WHOLE = Pattern.compile("(\\d{1,15})(B|KB|MB|GB|TB)?");
    private static final String UNITS = "BKMGT";
    private static final int BITS_PER_UNIT = 10;

    private SizeText() {}

    static long parse(String key, String text) {
        Matcher matcher = WHOLE.matcher(text);
        if (!matcher.matches()) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    key + " is '" + text + "' but must be a size such as 0, 512MB or 1GB.");
        }
        String unit = matcher.group(2);
        int power = unit == null ? 0 : UNITS.indexOf(unit.charAt(0));
        int shift = power * BITS_PER_UNIT;
        return Math.min(Long.parseLong(matcher.group(1)), Long.MAX_VALUE >> shift) << shift;
    }
}
