package io.driftless.launcher.output;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard output and standard error, line by line. On a terminal the last line of standard error
 * may be a progress line, which steps aside for every other one. May be used by several threads;
 * where nobody reads standard output, those wait that print there, and nobody else.
 */
public final class Console {
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final String RESET = "\u001b[0m";

    private final PrintStream out;
    private final PrintStream err;
    private final Terminal terminal;

    /** Held while standard output is written; taken before the lock of this. */
    private final Object results = new Object();

    private boolean showsProgress;

    public Console(PrintStream out, PrintStream err, Terminal terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** How a line looks where there are colours. */
    public enum Style {
        PLAIN(""),
        GOOD("\u001b[32m"),
        BAD("\u001b[31m");

        private final String begin;

        Style(String begin) {
            this.begin = begin;
        }
    }

    public Terminal terminal() {
        return terminal;
    }

    /** A result. May stay in a buffer until {@link #flush}. */
    public void out(String line) {
        synchronized (results) {
            clearProgress();
            out.println(Printable.line(line));
        }
    }

    /** A message beside the results. */
    public void err(String line) {
        err(Style.PLAIN, line);
    }

    public synchronized void err(Style style, String line) {
        clearProgress();
        String text = Printable.line(line);
        boolean isPlain = style == Style.PLAIN || !terminal.hasColor();
        err.println(isPlain ? text : style.begin + text + RESET);
        err.flush();
    }

    /** A stack trace, whose lines stay lines. */
    public synchronized void trace(Throwable failure) {
        clearProgress();
        failure.printStackTrace(err);
        err.flush();
    }

    /**
     * Standard error for those who do not know this console, such as logs; the progress line steps
     * aside too.
     */
    public PrintStream errors() {
        OutputStream aside =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        writeAside(bytes, offset, length);
                    }
                };
        return new PrintStream(aside, true, StandardCharsets.UTF_8);
    }

    private synchronized void writeAside(byte[] bytes, int offset, int length) {
        clearProgress();
        err.write(bytes, offset, length);
        err.flush();
    }

    /** Draws the progress line again; only on a terminal. */
    public void progress(String text) {
        synchronized (results) {
            out.flush();
            draw(Printable.line(text));
        }
    }

    private synchronized void draw(String line) {
        err.print(CLEAR_LINE + line.substring(0, Math.min(line.length(), terminal.columns() - 1)));
        err.flush();
        showsProgress = true;
    }

    /** Takes the progress line away. */
    public synchronized void clearProgress() {
        if (showsProgress) {
            err.print(CLEAR_LINE);
            err.flush();
            showsProgress = false;
        }
    }

    public void flush() {
        synchronized (results) {
            out.flush();
        }
        synchronized (this) {
            err.flush();
        }
    }
}
