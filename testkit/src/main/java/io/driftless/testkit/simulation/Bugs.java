package io.driftless.testkit.simulation;

/** Guards taken away, to see that it is noticed. */
interface Bugs {
    Bugs NONE =
            new Bugs() {
                @Override
                public <T> T in(Class<T> port, T real) {
                    return real;
                }
            };

    /** The port without a guard of it, or as it is. */
    <T> T in(Class<T> port, T real);
}
