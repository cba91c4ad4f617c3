package io.driftless.path;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The printed form of path bytes: UTF-8 text, with {@code %XX} for bytes that are not valid UTF-8,
 * for control characters and for {@code %} itself. Every byte string has exactly one printed form,
 * which reads back to it.
 */
public final class PathText {
    private PathText() {}

    /**
     * The printed form of the first {@code length} bytes; a zero byte, which parts the names of a
     * key, prints as a slash.
     */
    static String encode(byte[] bytes, int length) {
        if (isPlain(bytes, length)) {
            return new String(bytes, 0, length, StandardCharsets.US_ASCII);
        }
        StringBuilder text = new StringBuilder(length);
        int i = 0;
        while (i < length) {
            int size = characterSize(bytes, i, length);
            if (size == 1 && bytes[i] == 0) {
                text.append('/');
            } else if (size == 1 && isPlain(bytes[i])) {
                text.append((char) bytes[i]);
            } else if (size > 1) {
                appendCharacter(text, bytes, i, size);
            } else {
                appendEscape(text, bytes[i]);
                size = 1;
            }
            i += size;
        }
        return text.toString();
    }

    /** The printed form of raw bytes, for messages about names that cannot be paths. */
    public static String print(byte[] bytes) {
        return encode(bytes, bytes.length);
    }

    /** Reads the printed form. */
    public static byte[] decode(String text) {
        byte[] utf8 = utf8(text);
        if (text.indexOf('%') < 0) {
            return utf8;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(utf8.length);
        for (int i = 0; i < utf8.length; i++) {
            if (utf8[i] != '%') {
                bytes.write(utf8[i]);
                continue;
            }
            if (i + 2 >= utf8.length || !isHex(utf8[i + 1]) || !isHex(utf8[i + 2])) {
                throw new SyncException(
                        ErrorCode.NAME_INVALID,
                        "Path text " + text + " has a % without two hex digits.");
            }
            bytes.write(
                    HexFormat.fromHexDigits(new String(utf8, i + 1, 2, StandardCharsets.US_ASCII)));
            i += 2;
        }
        return bytes.toByteArray();
    }

    private static boolean isHex(byte b) {
        return HexFormat.isHexDigit(b);
    }

    /** A text with half a surrogate pair has no bytes of its own: it would read as another path. */
    private static byte[] utf8(String text) {
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[utf8.remaining()];
            utf8.get(bytes);
            return bytes;
        } catch (CharacterCodingException malformed) {
            throw new SyncException(
                    ErrorCode.NAME_INVALID, "Path text is not well-formed Unicode.", malformed);
        }
    }

    private static boolean isPlain(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (!isPlain(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(byte b) {
        return b >= 0x20 && b != '%' && b != 0x7f;
    }

    /**
     * Bytes of the character at {@code at}; 0 where there is no well-formed one, or one of the
     * control characters U+0080 to U+009F.
     */
    private static int characterSize(byte[] bytes, int at, int length) {
        int lead = bytes[at] & 0xff;
        if (lead < 0x80) {
            return 1;
        }
        int size = lead > 0xf4 ? 0 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
        if (size == 0 || at + size > length || !isSecondByte(lead, bytes[at + 1] & 0xff)) {
            return 0;
        }
        for (int i = at + 2; i < at + size; i++) {
            if ((bytes[i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return size;
    }

    /** Keeps out longer forms of shorter characters, surrogates, and what is beyond U+10FFFF. */
    private static boolean isSecondByte(int lead, int second) {
        int lowest =
                switch (lead) {
                    case 0xc2, 0xe0 -> 0xa0;
                    case 0xf0 -> 0x90;
                    default -> 0x80;
                };
        int highest =
                switch (lead) {
                    case 0xed -> 0x9f;
                    case 0xf4 -> 0x8f;
                    default -> 0xbf;
                };
        return second >= lowest && second <= highest;
    }

    private static void appendCharacter(StringBuilder text, byte[] bytes, int at, int size) {
        text.append(new String(bytes, at, size, StandardCharsets.UTF_8));
    }

    private static void appendEscape(StringBuilder text, byte b) {
        text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
    }
}
