package io.driftless.adapter.disk;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The one door to the Linux kernel. A call takes up to six numbers or addresses and gives back what
 * the kernel does: zero or more where it went well, the negative errno where it did not. Going by
 * call number instead of by library function leaves no difference between C libraries and their
 * versions.
 */
final class Kernel {
    static final boolean IS_X86 = System.getProperty("os.arch").equals("amd64");

    private static final MethodHandle SYSCALL = syscall();
    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout()
                    .varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private Kernel() {}

    private static MethodHandle syscall() {
        ValueLayout.OfLong number = ValueLayout.JAVA_LONG;
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(
                        number, number, number, number, number, number, number, number),
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(1));
    }

    static long call(Syscall call, long a) {
        return call(call, a, 0, 0, 0, 0, 0);
    }

    static long call(Syscall call, long a, long b) {
        return call(call, a, b, 0, 0, 0, 0);
    }

    static long call(Syscall call, long a, long b, long c) {
        return call(call, a, b, c, 0, 0, 0);
    }

    static long call(Syscall call, long a, long b, long c, long d) {
        return call(call, a, b, c, d, 0, 0);
    }

    static long call(Syscall call, long a, long b, long c, long d, long e) {
        return call(call, a, b, c, d, e, 0);
    }

    /** Begins again where a signal interrupted it. */
    private static long call(Syscall call, long a, long b, long c, long d, long e, long f) {
        MemorySegment captured = Scratch.get().captured();
        long result;
        do {
            result = callOnce(captured, call.number(), a, b, c, d, e, f);
        } while (result == -Errno.EINTR && call.isRepeatable());
        return result;
    }

    private static long callOnce(
            MemorySegment captured, long number, long a, long b, long c, long d, long e, long f) {
        try {
            long result = (long) SYSCALL.invokeExact(captured, number, a, b, c, d, e, f);
            return result == -1 ? -(int) ERRNO.get(captured, 0L) : result;
        } catch (Throwable impossible) {
            throw new AssertionError("a system call throws nothing", impossible);
        }
    }
}
