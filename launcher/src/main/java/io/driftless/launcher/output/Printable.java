package io.driftless.launcher.output;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Text that does to a terminal nothing but appear: names may hold anything, line ends and escape
 * sequences too.
 */
final class Printable {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Printable() {}

    /**
     * The text with every control character as the {@code %XX} of its bytes, as paths are printed.
     */
    static String line(String text) {
        if (text.chars().noneMatch(Printable::isControl)) {
            return text;
        }
        StringBuilder line = new StringBuilder(text.length() + 8);
        text.chars().forEach(unit -> append(line, (char) unit));
        return line.toString();
    }

    /**
     * The separators are line ends to some terminals, and the embedded marks turn the line's
     * direction.
     */
    private static boolean isControl(int unit) {
        boolean isDirection =
                (unit >= 0x202a && unit <= 0x202e) || (unit >= 0x2066 && unit <= 0x2069);
        return Character.isISOControl(unit) || unit == 0x2028 || unit == 0x2029 || isDirection;
    }

    private static void append(StringBuilder line, char unit) {
        if (!isControl(unit)) {
            line.append(unit);
            return;
        }
        for (byte b : Character.toString(unit).getBytes(StandardCharsets.UTF_8)) {
            line.append('%').append(HEX.toHexDigits(b));
        }
    }
}
